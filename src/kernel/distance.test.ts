// Dot products, distances and rescoring of the kernels against the specification, bit for bit, in both builds.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Metric } from "./kernel-settings.js";
import { builds, TestIndex } from "./kernel-harness.suite.js";
import { rescoreRowsMax } from "./kernel-settings.js";
import type { ScalarRow } from "./scalar.js";
import { distanceScalar, fromQuery, fromRow, type ScalarDistance } from "./scalar-distance.js";
import { prepareScalar } from "./scalar-query.js";
import { scoreScalar } from "./scalar-rescore.js";
import { check, dimensions, extremeVectors, metrics, vectorsOf } from "./vectors.suite.js";
import type { KernelModule } from "./wasm-module.js";

interface Case {
  readonly module: KernelModule;
  readonly metric: Metric;
  readonly fullPrecision: boolean;
  readonly vectors: readonly Float32Array[];
}

/** The first vector, as a user's query and as a row, against all of them. */
function checkDistances({ module, metric, fullPrecision, vectors }: Case): void {
  const [query] = vectors;
  assert.ok(query !== undefined);
  const index = new TestIndex(module, { dimension: query.length, metric, fullPrecision });
  index.add(vectors);
  const rows = vectors.map((vector) => index.specified(vector));

  index.input(query);
  index.kernel.probePrepare();
  const asQuery = fromQuery(prepareScalar(query, { metric, fullPrecision, build: module.build }), metric);
  assertDistances(index, asQuery, rows);

  const [first] = rows;
  assert.ok(first !== undefined);
  const normMax = metric === "dot" ? Math.max(...rows.map((row) => row.norm)) : 0;
  index.kernel.probeRow(0);
  assertDistances(index, fromRow(first, metric, normMax), rows);
}

/** The prepared query is at distances as specified from the rows, which are numbered by their place. */
function assertDistances(index: TestIndex, from: ScalarDistance, rows: readonly ScalarRow[]): void {
  for (const precision of ["coarse", "fine"] as const) {
    assert.deepEqual(
      index.distances([...rows.keys()], precision),
      rows.map((row) => distanceScalar(from, row, precision)),
    );
  }
}

function checkScores({ module, metric, fullPrecision, vectors }: Case): void {
  const [query] = vectors;
  assert.ok(query !== undefined);
  const dimension = query.length;
  const index = new TestIndex(module, { dimension, metric, fullPrecision, originalsInMemory: true });
  index.add(vectors);
  const specified = vectors.map((vector) => scoreScalar(metric, query, vector));
  const scores = (): number[] =>
    Array.from(new Float64Array(index.memory.buffer, index.kernel.hostScoresAddress(), vectors.length));

  index.input(query);
  index.words(index.kernel.hostRowsAddress(), vectors.length).set(vectors.map((_, i) => i));
  index.kernel.rescoreRows(0, vectors.length);
  assert.deepEqual(scores(), specified);

  const stride = index.kernel.originalStrideBytes();
  new Float64Array(index.memory.buffer, index.kernel.hostScoresAddress(), vectors.length).fill(NaN);
  for (let from = 0; from < vectors.length; from += rescoreRowsMax) {
    const part = vectors.slice(from, from + rescoreRowsMax);
    part.forEach((vector, i) => {
      const place = index.floats(index.kernel.rescoreAddress() + i * stride, stride / 4);
      place.fill(0);
      place.set(vector);
    });
    index.kernel.rescoreVectorsAt(from, part.length);
  }
  assert.deepEqual(scores(), specified);
}

for (const module of builds) {
  test(`${module.build}: distances and scores of extreme vectors are as specified`, () => {
    for (const dimension of dimensions) {
      const all = extremeVectors(dimension).map(({ vector }) => vector);
      for (const metric of metrics) {
        for (const fullPrecision of [false, true]) {
          // Each kind is the query once in small dimensions, a few in large ones.
          const queries = dimension > 600 ? [0, 6, 13] : [...all.keys()];
          for (const place of queries) {
            const vectors = [...all.slice(place), ...all.slice(0, place)];
            checkDistances({ module, metric, fullPrecision, vectors });
            if (place === 0 || dimension < 20) checkScores({ module, metric, fullPrecision, vectors });
          }
        }
      }
    }
  });

  test(`${module.build}: distances and scores of any vectors are as specified`, () => {
    check(
      fc.property(
        vectorsOf(7),
        fc.constantFrom(...metrics),
        fc.boolean(),
        (vectors, metric, fullPrecision) => {
          checkDistances({ module, metric, fullPrecision, vectors });
          checkScores({ module, metric, fullPrecision, vectors });
        },
      ),
      500,
    );
  });

  test(`${module.build}: the greatest integers do not overflow a dot product`, () => {
    const dimension = 4096;
    const one = new Float32Array(dimension).fill(1);
    const other = one.map((_, i) => (i % 2 === 0 ? 1 : -1));
    for (const metric of metrics) {
      checkDistances({
        module,
        metric,
        fullPrecision: false,
        vectors: [one, one, other, one.map((x) => -x)],
      });
    }
  });
}

test("the distance between rows of the dot metric is never far below zero", () => {
  for (const module of builds) {
    check(
      fc.property(
        fc.array(fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }), {
          minLength: 2,
          maxLength: 12,
        }),
        (vectors) => {
          const index = new TestIndex(module, { dimension: 24, metric: "dot" });
          index.add(vectors.map((vector) => Float32Array.from(vector)));
          index.kernel.probeRow(0);
          const normMax = Math.max(...vectors.map((_, row) => index.row(row).norm));
          // Codes are off by up to a hundredth of the lengths; what remains is a squared distance.
          for (const distance of index.distances([...vectors.keys()])) assert.ok(distance >= -0.1 * normMax);
        },
      ),
      60,
    );
  }
});
