// The write path: group commit, and commits that fail.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OmenError } from "../base/omen-error.js";
import { withKeptStore } from "./kept-store.suite.js";

const config = { dimension: 1, metric: "dot" } as const;
const diskFull = new OmenError("unavailable", "disk_full", "The disk is full.");
const flushFailed = new OmenError("unavailable", "flush_failed", "The disk is broken.");

test("calls made while a commit is in flight share the next one", () =>
  withKeptStore(config, async ({ store, open }) => {
    const collection = await open();
    await Promise.all(Array.from({ length: 100 }, (_, id) => collection.upsert([{ id, vector: [id] }])));
    assert.equal(store.commitCount, 1, "calls of one turn are one group");
    assert.equal(store.state.sequence, 100, "each call is an operation of its own");
    const first = collection.upsert([{ id: 200, vector: [1] }]);
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, collection.upsert([{ id: 201, vector: [1] }]), collection.delete([200])]);
    assert.ok(store.commitCount <= 3);
    assert.deepEqual(await collection.get([200], { include: [] }), [undefined]);
    await collection.close();
  }));

test("a failed commit refuses every call of its group, shows nothing, and gives its rows back", () =>
  withKeptStore(config, async ({ store, open }) => {
    const collection = await open();
    await collection.upsert([{ id: 1, vector: [1], metadata: { old: true } }]);
    store.nextFailure = flushFailed;
    const results = await Promise.allSettled([
      collection.upsert([
        { id: 1, vector: [9] },
        { id: 2, vector: [9] },
      ]),
      collection.updateMetadata([1], { set: {} }),
      collection.delete([1]),
    ]);
    for (const result of results) assert.equal(result.status === "rejected" && result.reason, flushFailed);
    assert.deepEqual(await collection.search({ vector: [1] }), [
      { id: 1, score: 1, metadata: { old: true } },
    ]);
    assert.equal(store.state.sequence, 1);
    await collection.upsert([
      { id: 2, vector: [2] },
      { id: 3, vector: [3] },
    ]);
    assert.equal(store.state.rowEnd, 3, "the rows of the failed commit were used again");
    const hits = await collection.search({ vector: [1], include: [] });
    assert.deepEqual(hits, [
      { id: 3, score: 3 },
      { id: 2, score: 2 },
      { id: 1, score: 1 },
    ]);
    await collection.close();
  }));

test("on a full disk deletions that shared a group with other calls are done without them", () =>
  withKeptStore(config, async ({ store, open }) => {
    const collection = await open();
    await collection.upsert([1, 2, 3].map((id) => ({ id, vector: [id] })));
    const write = (id: number): Promise<unknown> => collection.upsert([{ id, vector: [9] }]);
    store.nextFailure = diskFull;
    const calls = [write(4), collection.delete([1]), write(5), collection.delete([1, 2]), write(6)];
    const results = await Promise.allSettled(calls);
    assert.deepEqual(
      results.map((result): unknown => (result.status === "rejected" ? result.reason : result.value)),
      [diskFull, { deleted: 1 }, diskFull, { deleted: 1 }, diskFull],
    );
    // Until a write has succeeded again, no deletion is in a group with one.
    const before = store.commitCount;
    await Promise.all([
      collection.delete([3]),
      write(7),
      collection.delete([7]),
      write(8),
      collection.delete([8]),
    ]);
    assert.equal(store.commitCount - before, 3);
    assert.equal(await collection.count(), 0);
    await collection.close();
  }));

test("calls that change nothing are no operation", () =>
  withKeptStore(config, async ({ store, open }) => {
    const collection = await open();
    await Promise.all([
      collection.delete([1, 2]),
      collection.updateMetadata([1], { set: {} }),
      collection.upsert([]),
    ]);
    assert.deepEqual([store.commitCount, store.state.sequence], [0, 0]);
    await collection.close();
  }));

test("rows of replaced points are used again", () =>
  withKeptStore(config, async ({ store, open }) => {
    const collection = await open();
    for (let round = 1; round <= 50; round++) {
      await collection.upsert(Array.from({ length: 10 }, (_, id) => ({ id, vector: [round * 10 + id] })));
    }
    assert.ok(store.state.rowEnd <= 30, `${store.state.rowEnd} rows for 10 points`);
    const hits = await collection.search({ vector: [1], limit: 100, include: [] });
    assert.deepEqual(
      hits.map((hit) => hit.score),
      [509, 508, 507, 506, 505, 504, 503, 502, 501, 500],
    );
    await collection.close();
  }));

test("a reopened collection uses gaps between its rows", () =>
  withKeptStore(config, async ({ store, open }) => {
    const first = await open();
    await first.upsert(Array.from({ length: 100 }, (_, id) => ({ id, vector: [id] })));
    await first.delete(Array.from({ length: 50 }, (_, i) => i * 2));
    await first.close();
    const second = await open();
    await second.upsert(Array.from({ length: 50 }, (_, i) => ({ id: 1000 + i, vector: [i] })));
    assert.equal(store.state.rowEnd, 100);
    assert.equal((await second.search({ vector: [1], limit: 1000, include: [] })).length, 100);
    await second.close();
  }));

test("points without vectors take rows and give them back", () =>
  withKeptStore({ vectors: { a: { dimension: 1 }, b: { dimension: 1 } } }, async ({ store, open }) => {
    const collection = await open();
    for (let round = 0; round < 10; round++) {
      await collection.upsert([
        { id: 1 },
        { id: 2, vectors: { a: [1] } },
        { id: 3, vectors: { a: [1], b: [1] } },
      ]);
      await collection.delete([1, 2, 3]);
    }
    assert.ok(store.state.rowEnd <= 6, `${store.state.rowEnd} rows`);
    await collection.close();
  }));
