// The fit against lines that are known, and the property that least squares have.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fitLine } from "./linear-fit.js";

test("points on a line give the line", () => {
  const numbers = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(numbers, numbers, fc.uniqueArray(numbers, { minLength: 2 }), (fixed, slope, all) => {
      const fit = fitLine(all.map((x) => ({ x, y: fixed + slope * x })));
      assert.ok(Math.abs(fit!.fixed - fixed) < 1e-6 && Math.abs(fit!.slope - slope) < 1e-6);
    }),
  );
});

test("no line nearby is nearer to the points", () => {
  const points = fc.array(
    fc.record({ x: fc.integer({ max: 99, min: 0 }), y: fc.integer({ max: 99, min: 0 }) }),
  );
  fc.assert(
    fc.property(points, (all) => {
      const fit = fitLine(all);
      if (fit === undefined) return;
      const squares = (fixed: number, slope: number): number =>
        all.reduce((sum, { x, y }) => sum + (y - fixed - slope * x) ** 2, 0);
      const best = squares(fit.fixed, fit.slope);
      for (const [a, b] of [
        [0.1, 0],
        [-0.1, 0],
        [0, 0.01],
        [0, -0.01],
      ] as const) {
        assert.ok(squares(fit.fixed + a, fit.slope + b) >= best - 1e-6);
      }
    }),
  );
});

test("of fewer than two different x there is none", () => {
  assert.equal(fitLine([]), undefined);
  assert.equal(fitLine([{ x: 5, y: 1 }]), undefined);
  assert.equal(
    fitLine([
      { x: 5, y: 1 },
      { x: 5, y: 3 },
    ]),
    undefined,
  );
});
