// The desk between host and threads: who gets a slot, and who is woken.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { SearchDesk } from "./search-desk.js";

test("a slot goes from free to queued to claimed to found, and belongs to one at a time", () => {
  const host = new SearchDesk(2);
  const thread = new SearchDesk(2, host.buffer);
  assert.equal(thread.claim(1), -1);
  assert.equal(host.takeBack(), -1);
  const slot = host.freeSlot();
  host.slots[slot]!.query[7] = 3.5;
  host.queue(slot);
  const other = host.freeSlot();
  assert.notEqual(other, slot);
  assert.equal(thread.claim(1), slot);
  assert.equal(thread.claim(1), -1);
  assert.equal(host.takeBack(), -1);
  assert.equal(host.foundSlot(), -1);
  assert.equal(thread.slots[slot]!.query[7], 3.5);
  thread.slots[slot]!.rows[0] = 9;
  thread.tell(slot);
  assert.equal(host.foundSlot(), slot);
  assert.equal(host.slots[slot]!.rows[0], 9);
  host.queue(other);
  assert.equal(host.freeSlot(), -1);
  assert.equal(host.takeBack(), other);
  assert.equal(thread.claim(1), -1);
  host.release(slot);
  assert.equal(host.freeSlot(), slot);
});

test("what a thread had that died is free again, and nothing else is", () => {
  const desk = new SearchDesk(4);
  for (let slot = 0; slot < 4; slot++) desk.queue(slot);
  assert.deepEqual([desk.claim(3), desk.claim(4), desk.claim(3)], [0, 1, 2]);
  desk.tell(0);
  desk.freeSlotsOf(3);
  assert.equal(desk.foundSlot(), 0);
  assert.equal(desk.freeSlot(), 2);
  desk.queue(2);
  assert.deepEqual([desk.claim(3), desk.claim(3), desk.claim(3)], [2, 3, -1]);
});

test("slots do not overlap", () => {
  const desk = new SearchDesk(3);
  for (const [slot, { words, query, rows }] of desk.slots.entries()) {
    words.fill(slot + 1);
    query.fill(slot + 1);
    rows.fill(slot + 1);
    desk.queue(slot);
  }
  for (const [slot, { words, query, rows }] of desk.slots.entries()) {
    for (const part of [words, query, rows]) assert.ok(part.every((value) => value === slot + 1));
    assert.equal(desk.takeBack(), slot);
  }
});

/** A thread that sleeps until the bell rings. */
function sleeper(desk: SearchDesk): {
  readonly heard: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
} {
  const code = `
    import { workerData, parentPort } from "node:worker_threads";
    import { SearchDesk } from ${JSON.stringify(new URL("./search-desk.js", import.meta.url).href)};
    const desk = new SearchDesk(2, workerData);
    const heard = desk.listen();
    parentPort.postMessage("listens");
    desk.sleep(heard, 0);
    parentPort.postMessage("woke");
  `;
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const worker = new Worker(url, { workerData: desk.buffer });
  const heard = (): Promise<unknown> =>
    new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  return { heard, end: () => worker.terminate() };
}

test("a thread that heard the bell does not sleep; those that sleep are woken", async () => {
  const desk = new SearchDesk(2);
  const heard = desk.listen();
  desk.ring();
  desk.sleep(heard, 0);
  const sleepers = [sleeper(desk), sleeper(desk)];
  await Promise.all(sleepers.map((one) => one.heard()));
  const woken = sleepers.map((one) => one.heard());
  desk.wakeAll();
  assert.deepEqual(await Promise.all(woken), ["woke", "woke"]);
  await Promise.all(sleepers.map((one) => one.end()));
});

test("a thread that sleeps can be ended", async () => {
  const one = sleeper(new SearchDesk(2));
  assert.equal(await one.heard(), "listens");
  await one.end();
});
