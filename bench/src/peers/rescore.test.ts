// Rescoring by hand, against sorting by the distance as it is defined.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Metric } from "../data-set.js";
import { RescoringVectors, scaleToUnit } from "./rescore.js";

const distances: Readonly<Record<Metric, (a: Float32Array, b: Float32Array) => number>> = {
  dot: (a, b) => -dot(a, b),
  cosine: (a, b) => -dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1),
  euclidean: (a, b) => a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0),
};

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

describe("rescoring", () => {
  for (const metric of ["cosine", "euclidean", "dot"] as const) {
    it(`finds the nearest of the candidates under ${metric}, in any dimension`, () => {
      const component = fc.integer({ min: -50, max: 50 });
      const cases = fc.integer({ min: 1, max: 9 }).chain((dimension) =>
        fc.record({
          query: fc.array(component, { minLength: dimension, maxLength: dimension }),
          rows: fc.array(fc.array(component, { minLength: dimension, maxLength: dimension }), {
            minLength: 1,
            maxLength: 12,
          }),
          limit: fc.integer({ min: 1, max: 12 }),
        }),
      );
      fc.assert(
        fc.property(cases, ({ query, rows, limit }) => {
          const dimension = query.length;
          const vectors = new RescoringVectors(rows.length, dimension, metric);
          // In two parts, as batches come.
          const half = rows.length >> 1;
          vectors.set(0, Float32Array.from(rows.slice(0, half).flat()));
          vectors.set(half, Float32Array.from(rows.slice(half).flat()));
          const all = BigUint64Array.from(rows, (_, row) => BigInt(row));
          const of = (row: number): number =>
            distances[metric](Float32Array.from(query), Float32Array.from(rows[row]!));
          const found = vectors.nearest(Float32Array.from(query), all, limit).map(of);
          const wanted = rows
            .map((_, row) => of(row))
            .sort((a, b) => a - b)
            .slice(0, limit);
          assert.equal(found.length, wanted.length);
          for (const [i, distance] of found.entries()) assert.ok(Math.abs(distance - wanted[i]!) < 1e-3);
        }),
      );
    });
  }

  it("scales a vector to length 1, and leaves one of zeros as it is", () => {
    const vector = Float32Array.of(3, 4);
    scaleToUnit(vector);
    assert.deepEqual([...vector], [Math.fround(0.6), Math.fround(0.8)]);
    const zeros = new Float32Array(3);
    scaleToUnit(zeros);
    assert.deepEqual([...zeros], [0, 0, 0]);
  });
});
