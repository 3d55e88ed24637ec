// Work in slices: short work is done at once, long work lets the event loop turn, and an end on the way cleans up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInSlices } from "./time-slices.js";

function* countTo(end: number): Generator<void, number> {
  for (let i = 0; i < end; i++) yield;
  return end;
}

function* endless(log: string[]): Generator<void, never> {
  try {
    for (;;) yield;
  } finally {
    log.push("closed");
  }
}

test("short work gives its result at once", () => {
  assert.equal(runInSlices(countTo(5)), 5);
});

test("long work lets timers and I/O run", async () => {
  let hasTurned = false;
  setTimeout(() => (hasTurned = true), 0);
  // Work that ends only if the event loop turns meanwhile.
  function* untilTurned(): Generator<void, string> {
    while (!hasTurned) yield;
    return "done";
  }
  assert.equal(await runInSlices(untilTurned()), "done");
});

test("work that is ended between slices lets go of what it holds", async () => {
  const log: string[] = [];
  const work = runInSlices(endless(log), () => {
    throw new Error("ended");
  });
  await assert.rejects(async () => work, /ended/);
  assert.deepEqual(log, ["closed"]);
});
