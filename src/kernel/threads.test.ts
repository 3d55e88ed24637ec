// Several threads link one index while the host writes, removes, searches and consolidates: the graph stays sound.

import "./webassembly.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkGraph, consolidate, recallOf } from "./graph-check.suite.js";
import { builds, TestIndex } from "./kernel-harness.suite.js";
import { LinkingThreads } from "./linking-thread.suite.js";
import { clusteredVectors, seeded } from "./vectors.suite.js";
import type { KernelModule } from "./wasm-module.js";

const dimension = 24;
const count = 5000;
const vectors = clusteredVectors({ count: count + 40, dimension, seed: 14 });
const queries = vectors.splice(count);

const indexFor = (module: KernelModule, maxDegree: number): TestIndex => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
  return new TestIndex(module, { dimension, maxDegree, efConstruction: 48, threads: 4 }, memory);
};

async function untilLinked(index: TestIndex): Promise<void> {
  while (index.kernel.countLive() > index.kernel.countLiveLinked()) await turn();
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

for (const module of builds) {
  test(`${module.build}: threads link what the host writes, and every row is found meanwhile`, async () => {
    for (const maxDegree of [8, 24]) {
      const index = indexFor(module, maxDegree);
      const threads = new LinkingThreads(index);
      for (let row = 0; row < count; row += 250) {
        index.add(vectors.slice(row, row + 250), row);
        const [last] = index.search(vectors[row + 249] ?? new Float32Array(), 32, 1);
        assert.equal(last, row + 249, "a written row is found at once");
        const found = index.search(vectors[0] ?? new Float32Array(), 400, 400);
        assert.equal(new Set(found).size, found.length);
        await turn();
      }
      await untilLinked(index);
      const linked = await threads.stop();
      assert.equal(
        linked.reduce((sum, one) => sum + one, 0),
        count,
      );
      checkGraph(index);
      if (maxDegree === 24) {
        const recall = recallOf({ index, vectors: new Map(vectors.entries()), queries, ef: 96 });
        assert.ok(recall > 0.95, `recall ${recall}`);
      }
    }
  });

  test(`${module.build}: rows are consolidated and used again while threads link`, async () => {
    for (const same of [false, true]) {
      const index = indexFor(module, 12);
      const threads = new LinkingThreads(index);
      const random = seeded(15);
      const vectorOf = (row: number): Float32Array => vectors[same ? 0 : row] ?? new Float32Array();
      let free = Array.from({ length: 2000 }, (_, row) => row);
      index.grow(free.length);
      for (let cycle = 0; cycle < 8; cycle++) {
        for (const row of free) {
          index.encode(row, vectorOf(row));
          index.kernel.publish(row);
        }
        // Some cycles begin while most of the rows are still being linked.
        if (cycle % 2 === 0) await untilLinked(index);
        else await turn();
        free = [];
        for (let row = 0; row < 2000; row++) {
          if (random() < 0.5 && index.kernel.remove(row) === 1) free.push(row);
        }
        free.push(...consolidate(index, threads));
        await turn();
      }
      await untilLinked(index);
      threads.pause();
      checkGraph(index);
      threads.resume();
      await threads.stop();
      assert.deepEqual(consolidate(index), []);
    }
  });
}
