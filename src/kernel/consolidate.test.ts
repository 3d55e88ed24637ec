// Consolidation: dead rows leave the graph, which stays sound and goes on finding what a fresh one would.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Metric } from "./kernel-settings.js";
import { checkGraph, consolidate, linksOf, recallOf } from "./graph-check.suite.js";
import { builds, TestIndex } from "./kernel-harness.suite.js";
import { check, clusteredVectors, metrics, seeded } from "./vectors.suite.js";
import type { KernelModule } from "./wasm-module.js";

const dimension = 16;
const settings = { dimension, maxDegree: 24, efConstruction: 64 };

function linkedIndex(
  module: KernelModule,
  vectors: readonly Float32Array[],
  metric: Metric = "cosine",
): TestIndex {
  const index = new TestIndex(module, { ...settings, metric });
  index.add(vectors);
  index.kernel.linkTail(vectors.length);
  return index;
}

/** Rows that no list refers to and that are not linked: as after a release. */
function checkReleased(index: TestIndex, rows: readonly number[]): void {
  for (const row of rows) {
    assert.equal(index.kernel.isLinked(row), 0);
    assert.deepEqual(linksOf(index, row).neighbors, []);
  }
  checkGraph(index);
}

const queriesOf = (seed: number): Float32Array[] =>
  clusteredVectors({ count: 2030, dimension, seed }).slice(2000);

for (const module of builds) {
  test(`${module.build}: half of the rows, the entry among them, leave the graph`, () => {
    for (const metric of metrics) {
      const vectors = clusteredVectors({ count: 2000, dimension, seed: 9 });
      const index = linkedIndex(module, vectors, metric);
      const entry = index.header("entry");
      for (let row = 0; row < 2000; row += 2) index.kernel.remove(row);
      index.kernel.remove(entry);
      const released = consolidate(index);
      assert.ok(released.length >= 1000);
      assert.notEqual(index.header("entry"), entry);
      checkReleased(index, released);
      const left = new Map([...vectors.entries()].filter(([row]) => index.kernel.isLive(row) !== 0));
      const fresh = linkedIndex(module, [...left.values()], metric);
      const renumbered = new Map([...left.values()].entries());
      const freshRecall = recallOf({ index: fresh, vectors: renumbered, queries: queriesOf(9), ef: 64 });
      const again = linkedIndex(module, vectors, metric);
      for (const row of released) again.kernel.remove(row);
      consolidate(again);
      const recall = recallOf({ index: again, vectors: left, queries: queriesOf(9), ef: 64 });
      assert.ok(recall > freshRecall - 0.03, `${metric}: ${recall} after, ${freshRecall} fresh`);
    }
  });

  test(`${module.build}: all but a few rows leave the graph, and all rows do`, () => {
    const vectors = clusteredVectors({ count: 2000, dimension, seed: 10 });
    for (const keptCount of [0, 1, 2, 7, 100]) {
      const index = linkedIndex(module, vectors);
      const random = seeded(keptCount);
      const kept = new Set(Array.from({ length: keptCount }, () => Math.floor(random() * 2000)));
      for (let row = 0; row < 2000; row++) if (!kept.has(row)) index.kernel.remove(row);
      checkReleased(index, consolidate(index));
      const found = index.search(vectors[0] ?? new Float32Array(), 200, 200);
      assert.deepEqual(
        found.toSorted((a, b) => a - b),
        [...kept].toSorted((a, b) => a - b),
      );
      // The freed rows are used again.
      vectors.forEach((vector, row) => {
        if (kept.has(row)) return;
        index.encode(row, vector);
        index.kernel.publish(row);
      });
      assert.equal(index.kernel.linkTail(5000), 2000 - kept.size);
      checkGraph(index);
      const recall = recallOf({ index, vectors: new Map(vectors.entries()), queries: queriesOf(10), ef: 64 });
      assert.ok(recall > 0.93, `recall ${recall} with ${keptCount} kept`);
    }
  });

  test(`${module.build}: a tenth of the rows stays connected and found`, () => {
    const vectors = clusteredVectors({ count: 6000, dimension, seed: 11 });
    const index = linkedIndex(module, vectors);
    for (let row = 0; row < 6000; row++) if (row % 10 !== 3) index.kernel.remove(row);
    checkReleased(index, consolidate(index));
    const left = new Map([...vectors.entries()].filter(([row]) => row % 10 === 3));
    const recall = recallOf({ index, vectors: left, queries: queriesOf(11), ef: 64 });
    assert.ok(recall > 0.9, `recall ${recall}`);
  });

  test(`${module.build}: ten times half of the rows are replaced`, () => {
    const vectors = clusteredVectors({ count: 2000, dimension, seed: 12 });
    const index = linkedIndex(module, vectors);
    const fresh = recallOf({ index, vectors: new Map(vectors.entries()), queries: queriesOf(12), ef: 64 });
    const random = seeded(12);
    for (let cycle = 0; cycle < 10; cycle++) {
      const removed = vectors.map((_, row) => row).filter(() => random() < 0.5);
      for (const row of removed) index.kernel.remove(row);
      const released = consolidate(index);
      assert.deepEqual(released, removed);
      checkReleased(index, released);
      for (const row of removed) {
        index.encode(row, vectors[row] ?? new Float32Array());
        index.kernel.publish(row);
      }
      assert.equal(index.kernel.linkTail(2000), removed.length);
      checkGraph(index);
    }
    const recall = recallOf({ index, vectors: new Map(vectors.entries()), queries: queriesOf(12), ef: 64 });
    assert.ok(recall > fresh - 0.02, `${recall} after, ${fresh} fresh`);
  });

  test(`${module.build}: equal vectors, and vectors along a line, are consolidated`, () => {
    const equal = Array.from({ length: 1500 }, () => new Float32Array(dimension).fill(1));
    const line = equal.map((vector, i) => vector.map((x, place) => (place === 0 ? i : x)));
    for (const vectors of [equal, line]) {
      const index = linkedIndex(module, vectors, "euclidean");
      for (let cycle = 0; cycle < 10; cycle++) {
        for (let row = 0; row < 1500; row++) if ((row + cycle) % 2 === 0) index.kernel.remove(row);
        const released = consolidate(index);
        checkReleased(index, released);
        for (const row of released) {
          index.encode(row, vectors[row] ?? new Float32Array());
          index.kernel.publish(row);
        }
        index.kernel.linkTail(2000);
        checkGraph(index);
      }
      // The front half: a long way down the tree is condemned at once.
      for (let row = 0; row < 750; row++) index.kernel.remove(row);
      checkReleased(index, consolidate(index));
    }
  });

  test(`${module.build}: any rows removed, in any steps, leave a sound graph`, () => {
    const vectors = clusteredVectors({ count: 300, dimension, seed: 13 });
    const step = fc.record({
      share: fc.constantFrom(0.05, 0.3, 0.6, 0.95, 1),
      seed: fc.nat(1_000_000),
      consolidates: fc.boolean(),
      entry: fc.boolean(),
    });
    check(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(8, 9, 12),
        (steps, maxDegree) => {
          const index = new TestIndex(module, { dimension, maxDegree, efConstruction: 24 });
          index.add(vectors);
          index.kernel.linkTail(1000);
          for (const { share, seed, consolidates, entry } of steps) {
            const random = seeded(seed);
            for (let row = 0; row < 300; row++) if (random() < share) index.kernel.remove(row);
            if (entry && index.header("entry") < 300) index.kernel.remove(index.header("entry"));
            if (consolidates) checkReleased(index, consolidate(index));
            for (let row = 0; row < 300; row++) {
              if (index.kernel.isLinked(row) !== 0 || index.kernel.isLive(row) !== 0 || random() < 0.3)
                continue;
              index.encode(row, vectors[row] ?? new Float32Array());
              index.kernel.publish(row);
            }
            index.kernel.linkTail(1000);
            checkGraph(index);
          }
          checkReleased(index, consolidate(index));
        },
      ),
      40,
    );
  });
}
