// The graph after linking, by one instance of the kernels and by several over one memory: its invariants and recall.

import "./webassembly.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { checkGraph, recallOf } from "./graph-check.suite.js";
import { builds, TestIndex } from "./kernel-harness.suite.js";
import type { KernelSettings } from "./kernel-settings.js";
import { check, clusteredVectors, extremeVectors, metrics, vectorsOf } from "./vectors.suite.js";
import type { KernelModule } from "./wasm-module.js";

const ownMemory = (): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });

/** Links by turns in two instances, a few rows each. */
function linkByTurns(
  module: KernelModule,
  settings: Partial<KernelSettings>,
  vectors: readonly Float32Array[],
): TestIndex {
  const index = new TestIndex(module, { ...settings, threads: 2 }, ownMemory());
  const instances = [index.kernel, index.instance(1)];
  index.add(vectors);
  let linked = 0;
  for (let turn = 0; linked < vectors.length; turn++) {
    const count = instances[turn % 2]?.linkTail(1 + (turn % 7)) ?? 0;
    assert.ok(count > 0);
    linked += count;
  }
  assert.equal(index.kernel.linkTail(1), 0);
  return index;
}

const count = 3000;
const dimension = 20;
const sets: readonly { readonly name: string; readonly vectors: readonly Float32Array[] }[] = [
  { name: "clustered", vectors: clusteredVectors({ count, dimension, seed: 7 }) },
  { name: "identical", vectors: Array.from({ length: count }, () => new Float32Array(dimension).fill(0.5)) },
  { name: "zero", vectors: Array.from({ length: count }, () => new Float32Array(dimension)) },
  {
    name: "along a line",
    vectors: Array.from({ length: count }, (_, i) => new Float32Array(dimension).fill(1).fill(i, 0, 1)),
  },
  {
    name: "pairs of equal vectors",
    vectors: clusteredVectors({ count: count / 2, dimension, seed: 8 }).flatMap((vector) => [vector, vector]),
  },
  {
    name: "extreme",
    vectors: Array.from({ length: 20 }, () => extremeVectors(dimension).map(({ vector }) => vector)).flat(),
  },
  { name: "one row", vectors: [new Float32Array(dimension).fill(1)] },
];

for (const module of builds) {
  for (const { name, vectors } of sets) {
    test(`${module.build}: the graph of ${name} vectors is sound`, () => {
      for (const metric of metrics) {
        for (const maxDegree of name === "clustered" ? [8, 9, 32] : [16]) {
          const depth = checkGraph(linkByTurns(module, { dimension, metric, maxDegree }, vectors));
          // Equal vectors must not make a chain, or linking takes quadratic time.
          if (name === "identical") assert.ok(depth < 40, `depth ${depth}`);
        }
      }
    });
  }

  test(`${module.build}: the graph finds what brute force finds`, () => {
    const [clustered] = sets;
    assert.ok(clustered !== undefined);
    const vectors = new Map(clustered.vectors.entries());
    const queries = clusteredVectors({ count: count + 40, dimension, seed: 7 }).slice(count);
    for (const metric of metrics) {
      for (const fullPrecision of [false, true]) {
        const settings = { dimension, metric, fullPrecision, maxDegree: 32 };
        const index = linkByTurns(module, settings, clustered.vectors);
        checkGraph(index);
        const recall = recallOf({ index, vectors, queries, ef: 100 });
        assert.ok(recall > 0.97, `${metric}: recall ${recall}`);
      }
    }
  });

  test(`${module.build}: the graph of any vectors is sound`, () => {
    check(
      fc.property(
        vectorsOf(60),
        fc.constantFrom(...metrics),
        fc.constantFrom(8, 9, 16, 128),
        fc.boolean(),
        (vectors, metric, maxDegree, fullPrecision) => {
          const dimension = vectors[0]?.length ?? 0;
          const index = new TestIndex(module, { dimension, metric, maxDegree, fullPrecision });
          index.add(vectors);
          assert.equal(index.kernel.linkTail(1000), vectors.length);
          checkGraph(index);
          // With a pool for all of them a search finds every row.
          const [query] = vectors;
          assert.ok(query !== undefined);
          assert.equal(index.search(query, 128, 128).length, vectors.length);
        },
      ),
      100,
    );
  });
}
