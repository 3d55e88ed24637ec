// Shortest decimals against what any other number of digits would do.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shortestFloat32 } from "./float-text.js";

const digitsOf = (value: number): number =>
  value.toExponential().replace(/^-?/u, "").replace(/e.*$/u, "").replace(".", "").length;

test("what is printed reads back as the same 32-bit float, in no more digits than any other text needs", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (single) => {
      const shortest = shortestFloat32(single);
      assert.equal(Math.fround(shortest), single);
      for (let digits = 1; digits < digitsOf(shortest); digits++)
        assert.notEqual(Math.fround(Number(single.toPrecision(digits))), single);
    }),
    { numRuns: 2000 },
  );
});

test("examples", () => {
  assert.equal(String(shortestFloat32(Math.fround(0.1))), "0.1");
  assert.equal(String(shortestFloat32(Math.fround(0.8614202))), "0.8614202");
  assert.equal(String(shortestFloat32(3)), "3");
  assert.equal(JSON.stringify(shortestFloat32(-0)), "0");
});
