// Brute force in blocks against the plainest way to find nearest rows: score all, sort, take the first.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Metric } from "./data-set.js";
import { compareBlock, noNearestRows, preparedQueries } from "./nearest-rows.js";

const places = 4;

/** Small integers: distances are exact, so that rows that are equally near are so here and there. */
const vectorsOf = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: maxLength, maxLength });

/** Cosine squared with its sign instead of cosine: the same order, without rounding of roots. */
function farness(metric: Metric, query: readonly number[], row: readonly number[]): number {
  const dot = query.reduce((sum, q, j) => sum + q * row[j]!, 0);
  if (metric === "dot") return -dot;
  if (metric === "euclidean") return query.reduce((sum, q, j) => sum + (q - row[j]!) ** 2, 0);
  const squares = row.reduce((sum, x) => sum + x * x, 0);
  return squares === 0 ? 0 : (-Math.sign(dot) * (dot * dot)) / squares;
}

function naive(metric: Metric, query: readonly number[], rows: readonly (readonly number[])[]): number[] {
  const all = rows.map((row, i) => ({ i, far: farness(metric, query, row) }));
  all.sort((a, b) => a.far - b.far || a.i - b.i);
  return Array.from({ length: places }, (_, place) => all[place]?.i ?? -1);
}

test("finds what sorting all rows finds, for every metric, of all rows and of a group", () => {
  const cases = fc.integer({ min: 1, max: 5 }).chain((dimension) =>
    fc.record({
      dimension: fc.constant(dimension),
      rows: fc.array(vectorsOf(dimension), { minLength: 1, maxLength: 30 }),
      queries: fc.array(vectorsOf(dimension), { minLength: 1, maxLength: 3 }),
      blockRows: fc.integer({ min: 1, max: 9 }),
      metric: fc.constantFrom<Metric>("dot", "euclidean"),
    }),
  );
  fc.assert(
    fc.property(cases, ({ dimension, rows, queries, blockRows, metric }) => {
      const isOfGroup = (row: number): boolean => row % 3 === 1;
      const nearest = noNearestRows(queries.length, places);
      const nearestOfGroup = noNearestRows(queries.length, places);
      for (let from = 0; from < rows.length; from += blockRows) {
        const part = rows.slice(from, from + blockRows);
        const block = {
          from,
          rowCount: part.length,
          dimension,
          metric,
          vectors: Float32Array.from(part.flat()),
        };
        const flags = Uint8Array.from(part, (_, i) => Number(isOfGroup(from + i)));
        compareBlock(block, preparedQueries(Float32Array.from(queries.flat())), {
          nearest,
          nearestOfGroup,
          isOfGroup: flags,
        });
      }
      for (const [q, query] of queries.entries()) {
        const found = Array.from(nearest.rows.subarray(q * places, (q + 1) * places));
        assert.deepEqual(found, naive(metric, query, rows));
        const ofGroup = rows.map((_, row) => row).filter(isOfGroup);
        const wanted = naive(
          metric,
          query,
          ofGroup.map((row) => rows[row]!),
        ).map((i) => (i < 0 ? -1 : ofGroup[i]!));
        const foundOfGroup = nearestOfGroup.rows.subarray(q * places, (q + 1) * places);
        assert.deepEqual(Array.from(foundOfGroup), wanted);
      }
    }),
  );
});

test("cosine looks at directions alone", () => {
  const rows = [
    [10, 1],
    [0.1, 0.1],
    [-5, 0],
    [0, 0],
  ];
  const nearest = noNearestRows(1, places);
  const block = {
    from: 0,
    rowCount: 4,
    dimension: 2,
    metric: "cosine" as const,
    vectors: Float32Array.from(rows.flat()),
  };
  const nearestOfGroup = noNearestRows(1, places);
  compareBlock(block, Float64Array.of(1, 0.9), { nearest, nearestOfGroup, isOfGroup: new Uint8Array(4) });
  assert.deepEqual(Array.from(nearest.rows), [1, 0, 3, 2]);
  assert.deepEqual(Array.from(nearestOfGroup.rows), [-1, -1, -1, -1]);
});
