// Flat scans against the specification and against brute force: the tail, listed rows, and exact scans, whose
// candidates must hold every row of the true answer. In both builds.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Metric } from "./kernel-settings.js";
import { builds, TestIndex } from "./kernel-harness.suite.js";
import { fromQuery } from "./scalar-distance.js";
import { prepareScalar } from "./scalar-query.js";
import { bestScalar, scoreScalar } from "./scalar-rescore.js";
import { exactCandidatesScalar, scanScalar } from "./scalar-scan.js";
import { check, clusteredVectors, extremeVectors, metrics, vectorsOf } from "./vectors.suite.js";
import type { KernelModule } from "./wasm-module.js";

interface Case {
  readonly module: KernelModule;
  readonly metric: Metric;
  readonly fullPrecision: boolean;
  readonly vectors: readonly Float32Array[];
  readonly query: Float32Array;
  readonly k: number;
}

function indexOf({ module, metric, fullPrecision, vectors, query }: Case): TestIndex {
  const index = new TestIndex(module, { dimension: query.length, metric, fullPrecision });
  index.add(vectors);
  return index;
}

/** The candidates are as specified; none of the true answer is missing; rescored, they are the true answer. */
function checkExact(one: Case): void {
  const { module, metric, fullPrecision, vectors, query, k } = one;
  const index = indexOf(one);
  const found = index.exact(query, k);
  assert.ok(found !== undefined);
  const prepared = prepareScalar(query, { metric, fullPrecision, build: module.build });
  const rows = vectors.map((vector) => index.specified(vector));
  const exact = { from: fromQuery(prepared, metric), query: prepared, metric, k };
  assert.deepEqual(found, exactCandidatesScalar(exact, rows));
  const best = bestScalar(metric, query, vectors, k);
  const sign = metric === "euclidean" ? 1 : -1;
  const rescored = found
    .map((row) => ({ row, score: scoreScalar(metric, query, vectors[row] ?? query) }))
    .sort((a, b) => sign * (a.score - b.score) || a.row - b.row);
  assert.deepEqual(rescored.slice(0, k), best);
}

/** The nearest by code of a tail, in order, are as specified. */
function checkTail(one: Case): void {
  const { module, metric, fullPrecision, vectors, query, k } = one;
  const index = indexOf(one);
  const prepared = prepareScalar(query, { metric, fullPrecision, build: module.build });
  const rows = vectors.map((vector) => index.specified(vector));
  const specified = scanScalar(fromQuery(prepared, metric), rows, k).map(({ row }) => row);
  assert.deepEqual(index.search(query, 16, k), specified);
}

for (const module of builds) {
  test(`${module.build}: scans of extreme vectors are as specified, and exact ones are exact`, () => {
    for (const dimension of [1, 2, 7, 16, 33, 128, 1000, 4096]) {
      const all = extremeVectors(dimension).map(({ vector }) => vector);
      const vectors = dimension > 500 ? all : [...all, ...all.map((vector) => vector.map((x) => x * 0.5))];
      for (const metric of metrics) {
        for (const fullPrecision of [false, true]) {
          for (const query of dimension > 500 ? [0, 6, 12].map((i) => all[i]) : all) {
            assert.ok(query !== undefined);
            for (const k of [1, 5]) {
              checkExact({ module, metric, fullPrecision, vectors, query, k });
              checkTail({ module, metric, fullPrecision, vectors, query, k });
            }
          }
        }
      }
    }
  });

  test(`${module.build}: scans of any vectors are as specified, and exact ones are exact`, () => {
    check(
      fc.property(
        vectorsOf(12),
        fc.constantFrom(...metrics),
        fc.boolean(),
        fc.integer({ min: 1, max: 14 }),
        ([query, ...vectors], metric, fullPrecision, k) => {
          assert.ok(query !== undefined);
          checkExact({ module, metric, fullPrecision, vectors, query, k });
          checkTail({ module, metric, fullPrecision, vectors, query, k });
        },
      ),
      350,
    );
  });

  test(`${module.build}: exact scans of clustered vectors keep few rows and the right ones`, () => {
    const dimension = 48;
    const vectors = clusteredVectors({ count: 3000, dimension, seed: 1 });
    const queries = clusteredVectors({ count: 5, dimension, seed: 2 });
    for (const metric of metrics) {
      for (const fullPrecision of [false, true]) {
        const index = new TestIndex(module, { dimension, metric, fullPrecision });
        index.add(vectors);
        for (const query of queries) {
          const found = index.exact(query, 10) ?? [];
          const best = bestScalar(metric, query, vectors, 10);
          for (const { row } of best) assert.ok(found.includes(row));
          // Otherwise the bound would be right and of no use.
          assert.ok(found.length < (fullPrecision ? 20 : 1500), `${metric}: ${found.length} candidates`);
        }
      }
    }
  });
}

test("an exact scan finds a near row beside one whose norm overflows", () => {
  for (const module of builds) {
    const vectors = [Float32Array.of(2 ** 125, 0), Float32Array.of(0, 2 ** 63.8)];
    const query = Float32Array.of(1, 0);
    for (const metric of metrics) checkExact({ module, metric, fullPrecision: false, vectors, query, k: 1 });
  }
});

test("an exact scan tells denormal vectors apart", () => {
  for (const module of builds) {
    const vectors = Array.from({ length: 40 }, (_, i) =>
      Float32Array.of((i % 7) * 2 ** -149, 2 ** -149 * (i % 3)),
    );
    for (const metric of metrics) {
      for (const fullPrecision of [false, true]) {
        for (const scale of [2 ** -149, 1, 2 ** 100]) {
          checkExact({ module, metric, fullPrecision, vectors, query: Float32Array.of(scale, scale), k: 3 });
        }
      }
    }
  }
});

test("an exact scan over listed rows passes over those that are not live", () => {
  for (const module of builds) {
    const vectors = clusteredVectors({ count: 1100, dimension: 8, seed: 3 });
    const index = new TestIndex(module, { dimension: 8 });
    index.add(vectors);
    for (let row = 0; row < 1100; row += 3) index.kernel.remove(row);
    const listed = vectors.map((_, i) => i).filter((i) => i % 2 === 0);
    const [query] = vectors;
    assert.ok(query !== undefined);
    const found = index.exactOf(query, 5, listed) ?? [];
    assert.ok(found.every((row) => row % 2 === 0 && row % 3 !== 0));
    const eligible = listed.filter((row) => row % 3 !== 0);
    const best = bestScalar(
      "cosine",
      query,
      eligible.map((row) => vectors[row] ?? query),
      5,
    );
    for (const { row } of best) assert.ok(found.includes(eligible[row] ?? -1));
  }
});

test("an exact scan gives up rather than lose a row, where more than it can keep are alike", () => {
  const [module] = builds;
  assert.ok(module !== undefined);
  const index = new TestIndex(module, { dimension: 1, maxDegree: 8 });
  const same = Float32Array.of(1);
  const rowCount = 65_536 + 1024;
  index.grow(rowCount);
  for (let row = 0; row < rowCount; row++) {
    index.encode(row, same);
    index.kernel.publish(row);
  }
  assert.equal(index.exact(same, 1), undefined);
  // Rows that come nearer and nearer: candidates are dropped, and time stays linear.
  for (let row = 0; row < rowCount; row++) index.kernel.remove(row);
  const wide = new TestIndex(module, { dimension: 1, metric: "euclidean", maxDegree: 8 });
  wide.grow(rowCount);
  for (let row = 0; row < rowCount; row++) {
    wide.encode(row, Float32Array.of(1 + (rowCount - row)));
    wide.kernel.publish(row);
  }
  const found = wide.exact(same, 1);
  assert.ok(found === undefined || found.includes(rowCount - 1));
});

test("hits come in the order of code distances, equal ones by row, and only live ones", () => {
  for (const module of builds) {
    const index = new TestIndex(module, { dimension: 3, metric: "euclidean" });
    const vectors = Array.from({ length: 60 }, (_, i) => Float32Array.of(i % 5, 0, 0));
    index.add(vectors);
    index.kernel.remove(20);
    const query = Float32Array.of(0, 0, 0);
    const expected = vectors
      .map((_, row) => row)
      .filter((row) => row !== 20)
      .sort((a, b) => (a % 5) - (b % 5) || a - b);
    assert.deepEqual(index.search(query, 16, 60), expected);
    assert.deepEqual(index.search(query, 16, 7), expected.slice(0, 7));
    index.words(index.kernel.hostRowsAddress(), 7).set([9, 1, 8, 1, 0, 4_000_000, 3]);
    index.kernel.sortHostRows(7);
    assert.deepEqual(
      Array.from(index.words(index.kernel.hostRowsAddress(), 7)),
      [0, 1, 1, 3, 8, 9, 4_000_000],
    );
  }
});

test("rows whose distances overflow are found, if last", () => {
  for (const module of builds) {
    const greatest = 3.4028234663852886e38;
    const index = new TestIndex(module, { dimension: 2, metric: "euclidean" });
    index.add([Float32Array.of(greatest, 0), Float32Array.of(-greatest, 0), Float32Array.of(1, 1)]);
    for (const query of [
      Float32Array.of(greatest, 0),
      Float32Array.of(1, 0),
      Float32Array.of(-greatest, 1),
    ]) {
      assert.equal(index.search(query, 16, 3).length, 3);
    }
  }
});
