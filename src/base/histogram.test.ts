// A histogram against sorting values by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Histogram } from "./histogram.js";

const bounds = [0.5, 1, 10, 1000];
const values = fc.array(
  fc.oneof(fc.constantFrom(...bounds, 0), fc.double({ min: 0, max: 2000, noNaN: true })),
);

/** The bucket of a value: the first whose bound it does not exceed. */
function naive(recorded: readonly number[]): number[] {
  return [...bounds, Number.POSITIVE_INFINITY].map(
    (bound, i) => recorded.filter((value) => value <= bound && !(i > 0 && value <= bounds[i - 1]!)).length,
  );
}

function histogramOf(recorded: readonly number[]): Histogram {
  const histogram = new Histogram(bounds);
  for (const value of recorded) histogram.record(value);
  return histogram;
}

test("values are counted in the bucket of the first bound that they do not exceed", () => {
  fc.assert(
    fc.property(values, (recorded) => {
      const { counts, count, sum, bounds: told } = histogramOf(recorded).read();
      assert.deepEqual(counts, naive(recorded));
      assert.equal(count, recorded.length);
      assert.equal(
        sum,
        recorded.reduce((total, value) => total + value, 0),
      );
      assert.deepEqual(told, bounds);
    }),
  );
});

test("added histograms are one of all values, and the added one stays as it is", () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const [left, right] = [histogramOf(a), histogramOf(b)];
      const before = right.read();
      left.add(right);
      assert.deepEqual(left.read().counts, naive([...a, ...b]));
      assert.deepEqual(right.read(), before);
    }),
  );
});

test("what was read does not change when more is recorded", () => {
  const histogram = histogramOf([1]);
  const read = histogram.read();
  const copy = structuredClone(read);
  histogram.record(3);
  assert.deepEqual(read, copy);
});
