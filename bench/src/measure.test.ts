// Percentiles, medians, recall, and the processor times of this process and those below it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { cpuTimes, median, percentile, recallOf } from "./measure.js";

test("a percentile is a value of which at least that share is not greater", () => {
  const values = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.constantFrom(0, 0.5, 0.95, 0.99), (all, share) => {
      const value = percentile(all, share);
      assert.ok(all.includes(value));
      assert.ok(all.filter((one) => one <= value).length >= share * all.length);
    }),
  );
  assert.equal(percentile([3, 1, 2, 4], 0.5), 3);
  assert.equal(percentile([1, 2], 1), 2);
  assert.equal(percentile([], 0.5), Number.NaN);
});

test("a median leaves as many below as above, and what it is given as it was", () => {
  const given = [5, 1, 4];
  assert.equal(median(given), 4);
  assert.deepEqual(given, [5, 1, 4]);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([7]), 7);
  assert.equal(median([]), Number.NaN);
});

test("recall counts each wanted row once, and no place that is empty", () => {
  assert.equal(recallOf([1, 2, 3], [3, 4]), 0.5);
  assert.equal(recallOf([3, 3, 3], [3, 4]), 0.5);
  assert.equal(recallOf([], [3, 4]), 0);
  assert.equal(recallOf([3], [3, -1, -1]), 1);
  assert.equal(recallOf([3], [-1, -1]), 1);
});

test(
  "what a child used counts as our own, also when it has ended",
  { skip: !existsSync("/proc/self/stat") },
  () => {
    const before = cpuTimes();
    execFileSync(process.execPath, ["-e", "for (const end = Date.now() + 300; Date.now() < end;);"]);
    assert.ok(cpuTimes().ownMs - before.ownMs >= 100);
  },
);
