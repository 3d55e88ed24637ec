// The graph after linking, by one instance of the kernels and by several over one memory: its invariants and recall.

import "./webassembly.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { checkGraph, recallOf } from "./graph-check.suite.js";
import { builds, TestIndex } from "./kernel-harness.suite.js";
import { blockRows, type KernelSettings } from "./kernel-settings.js";
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

for (const module of builds) {
  test(`${module.build}: all rows leave the graph at once and are linked anew, whatever threads left behind`, () => {
    const settings = { dimension, maxDegree: 16, efConstruction: 64, threads: 2 };
    const index = new TestIndex(module, settings, ownMemory());
    const vectors = clusteredVectors({ count, dimension, seed: 11 });
    index.add(vectors);
    index.kernel.linkTail(count);
    for (let row = 0; row < count; row += 3) index.kernel.remove(row);
    for (let row = 0; row < count; row += 6) index.kernel.condemn(row);
    // Lists are locked, half written, and of rows claimed; the scratch of the thread that did it is full of marks.
    for (let row = 0; row < count; row += 5) {
      const block = index.kernel.blockAddress(Math.floor(row / blockRows)) >>> 0;
      const links = block + blockRows / 2 + (row % blockRows) * index.kernel.linkStrideBytes();
      index.words(links, 2).set([0x8000_0310, row ^ 1]);
      index.words(block + blockRows / 4, blockRows / 32).fill(0xffff_ffff);
    }
    const thread = index.instance(1);
    const bitSetBytes = (thread.inputAddress() - thread.allowedAddress()) >>> 0;
    index.words(thread.allowedAddress() - 3 * bitSetBytes, Math.ceil(count / 32)).fill(0xffff_ffff);
    index.kernel.unlinkAll();
    assert.deepEqual([index.kernel.countLiveLinked(), index.header("linkedCount")], [0, 0]);
    thread.clearScratch();
    const live = index.kernel.countLive();
    assert.equal(thread.linkTail(count), live);
    checkGraph(index);
    const left = new Map([...vectors.entries()].filter(([row]) => row % 3 !== 0));
    const queries = clusteredVectors({ count: 50, dimension, seed: 12 });
    assert.ok(recallOf({ index, vectors: left, queries, ef: 64 }) > 0.95);
  });
}
