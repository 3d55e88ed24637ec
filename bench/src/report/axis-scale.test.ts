// Scales keep order, keep what is drawn inside of the axes, and mark what they say they mark.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linearScale, logScale, logScaleOf, recallScale, shortNumber, type AxisScale } from "./axis-scale.js";

const nearly = 1e-6;

function checkScale(scale: AxisScale, values: readonly number[]): void {
  const places = values.toSorted((a, b) => a - b).map(scale.position);
  for (const [i, place] of places.entries()) {
    assert.ok(place >= -nearly && place <= 1 + nearly, `${place} of ${values.join(" ")}`);
    assert.ok(i === 0 || place >= places[i - 1]!);
  }
  assert.ok(scale.ticks.length > 0);
  for (const { value, text } of scale.ticks) {
    const place = scale.position(value);
    assert.ok(place >= -nearly && place <= 1 + nearly, `the mark ${text} is at ${place}`);
  }
}

const positive = fc.array(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 9 });

test("logarithmic scales hold every positive value", () => {
  fc.assert(
    fc.property(positive, (values) => {
      checkScale(logScale(values), values);
      checkScale(logScaleOf(values), values);
    }),
  );
});

test("the scale of recall holds every recall, those of 0 and 1 too", () => {
  const recalls = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 });
  fc.assert(fc.property(recalls, (values) => checkScale(recallScale(values), values)));
});

test("a linear scale begins at 0 and holds the greatest value", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), (greatest) => {
      const scale = linearScale(greatest);
      checkScale(scale, [0, greatest]);
      assert.equal(scale.ticks[0]!.value, 0);
      assert.ok(scale.ticks.length <= 7);
    }),
  );
});

test("numbers are short", () => {
  const cases: readonly [number, string][] = [
    [0.25, "0.25"],
    [250, "250"],
    [5000, "5,000"],
    [25_000, "25k"],
    [100_000, "100k"],
    [1_500_000, "1.5M"],
  ];
  for (const [value, text] of cases) assert.equal(shortNumber(value), text);
});
