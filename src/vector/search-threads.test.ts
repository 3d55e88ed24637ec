// Search threads at work on an index. Each check goes on until threads have taken part in it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { seededRandom } from "../base/seeded-random.js";
import { metrics } from "../kernel/vectors.suite.js";
import type { SearchEffort } from "../model/search-effort.js";
import { RunningThreads } from "./dying-threads.suite.js";
import { clusteredVectors, IndexTrial, kinds } from "./index-trial.suite.js";
import type { QueuedSearch } from "./parallel-search.js";
import type { SearchThreads } from "./search-threads.js";
import type { ThreadDeath } from "./thread-death.js";
import type { IndexHits } from "./searcher.js";
import type { VectorIndex } from "./vector-index.js";

const dimension = 24;
const shape = { dimension, clusters: 40 };
const asking: readonly { effort: SearchEffort; limit: number }[] = [
  { effort: { kind: "ef", ef: 64 }, limit: 10 },
  { effort: { kind: "ef", ef: 10 }, limit: 500 },
  { effort: { kind: "recall", recall: 0.99 }, limit: 10 },
  { effort: { kind: "exact" }, limit: 25 },
  { effort: { kind: "exact" }, limit: 2000 },
];

interface Asked {
  readonly vector: Float32Array;
  readonly effort: SearchEffort;
  readonly limit: number;
}

interface Found {
  readonly rows: readonly number[];
  readonly scores: readonly number[];
}

function copyOf({ count, rows, scores }: IndexHits): Found {
  return { rows: [...rows.subarray(0, count)], scores: [...scores.subarray(0, count)] };
}

function alone(index: VectorIndex, asked: readonly Asked[]): Found[] {
  return asked.map(({ vector, ...query }) => copyOf(index.search(vector, query)));
}

function together(index: VectorIndex, asked: readonly Asked[]): Found[] {
  const all: Found[] = [];
  let next = 0;
  index.searchAll((): QueuedSearch | undefined => {
    const i = next++;
    if (i >= asked.length) return undefined;
    const { vector, ...query } = asked[i]!;
    const found = (hits: IndexHits): void => {
      all[i] = copyOf(hits);
    };
    return { vector, query, found, failed: (error) => assert.ifError(error) };
  });
  return all;
}

/** Counts what threads have found for an index. */
function watchThreads(index: VectorIndex): () => number {
  let count = 0;
  const finish = index.finish.bind(index);
  index.finish = (...given) => {
    count++;
    return finish(...given);
  };
  return () => count;
}

function askAll(queries: Float32Array): Asked[] {
  return Array.from({ length: queries.length / dimension }, (_, i) => ({
    vector: queries.subarray(i * dimension, (i + 1) * dimension),
    ...asking[i % asking.length]!,
  }));
}

describe("search threads", () => {
  for (const metric of metrics) {
    for (const kind of kinds) {
      it(`find what the host finds: ${metric}, ${kind.quantization}, originals ${kind.originals}`, async () => {
        const random = seededRandom(3);
        const trial = await IndexTrial.create({ ...shape, metric, ...kind });
        const rows = trial.insert(clusteredVectors({ n: 5000, ...shape }, random));
        await trial.index.waitUntilLinked();
        while ((await trial.index.stats()).plan.calibratedRows === 0) await turn();
        trial.remove(rows.filter((row) => row % 10 === 0));
        trial.insert(clusteredVectors({ n: 40, ...shape }, random));
        const asked = askAll(clusteredVectors({ n: 100, ...shape }, random));
        const expected = alone(trial.index, asked);
        const before = (await trial.index.stats()).searches;
        const foundByThreads = watchThreads(trial.index);
        let rounds = 0;
        for (; foundByThreads() < 50; rounds++) {
          assert.deepEqual(together(trial.index, asked), expected);
          await turn();
        }
        assert.equal((await trial.index.stats()).searches, before + rounds * asked.length);
        await trial.close();
      });
    }
  }

  it("see every row that was written and none that was removed, while rows are linked and consolidated", async () => {
    const random = seededRandom(17);
    const trial = await IndexTrial.create({ ...shape, metric: "euclidean" });
    const foundByThreads = watchThreads(trial.index);
    for (let step = 0; step < 60 || foundByThreads() < 100; step++) {
      const written = clusteredVectors({ n: 100, ...shape }, random);
      const rows = trial.insert(written);
      if (trial.rows.size > 3000) trial.remove([...trial.rows.keys()].filter(() => random.next() < 0.3));
      const asked = askAll(written).map((one) => ({ ...one, effort: { kind: "ef", ef: 128 } as const }));
      for (const [i, found] of together(trial.index, asked).entries()) {
        assert.equal(found.rows.length, Math.min(asked[i]!.limit, trial.rows.size));
        assert.equal(new Set(found.rows).size, found.rows.length);
        assert.ok(found.rows.every((row) => trial.rows.has(row)));
        if (trial.rows.has(rows[i]!)) assert.deepEqual([found.rows[0], found.scores[0]], [rows[i], 0]);
      }
      await turn();
    }
    await trial.close();
  });

  it("that die change no answer and are replaced", { timeout: 120_000 }, async () => {
    const random = seededRandom(29);
    const deaths: ThreadDeath[] = [];
    for (let round = 0; round < 4; round++) {
      const trial = await IndexTrial.create(shape, { onDeath: (death) => deaths.push(death) });
      trial.insert(clusteredVectors({ n: 3000, ...shape }, random));
      await trial.index.waitUntilLinked();
      const { searching } = trial.options.threads;
      // None links any more: those that start from now on are search threads.
      const running = new RunningThreads();
      const foundByThreads = watchThreads(trial.index);
      const asked = askAll(clusteredVectors({ n: 50, ...shape }, random));
      const expected = alone(trial.index, asked);
      for (let count = 0; count < 2; count++) {
        assert.deepEqual(together(trial.index, asked), expected);
        for (let turns = 1 + random.below(4); turns > 0; turns--) await turn();
        running.endOne(random);
        assert.deepEqual(together(trial.index, asked), expected);
        await running.haveEnded();
        assert.equal(searching.runningThreads, 1);
        assert.deepEqual(together(trial.index, asked), expected);
        assert.equal(searching.runningThreads, 2);
        // Slots that a dead thread had would be missing in the end.
        const enough = foundByThreads() + 30;
        while (foundByThreads() < enough) {
          assert.deepEqual(together(trial.index, asked), expected);
          await turn();
        }
      }
      running.stop();
      await trial.close();
    }
    assert.equal(deaths.length, 8);
  });

  it("that die again and again are not replaced any more, and the host goes on alone", async () => {
    const random = seededRandom(29);
    const deaths: ThreadDeath[] = [];
    const trial = await IndexTrial.create(shape, { onDeath: (death) => deaths.push(death) });
    trial.insert(clusteredVectors({ n: 3000, ...shape }, random));
    await trial.index.waitUntilLinked();
    const { searching } = trial.options.threads;
    // No thread can open this, and one that reads of it dies.
    const bad = { module: {}, memory: {}, settings: {} };
    searching.deskFor(searching.attach(), bad as unknown as Parameters<SearchThreads["deskFor"]>[1]);
    const asked = askAll(clusteredVectors({ n: 50, ...shape }, random));
    const expected = alone(trial.index, asked);
    while (searching.isUsable) {
      assert.deepEqual(together(trial.index, asked), expected);
      await turn();
    }
    assert.equal(deaths.length, 3);
    assert.equal(trial.index.canShare({ limit: 10, effort: { kind: "ef", ef: 64 } }), false);
    assert.deepEqual(together(trial.index, asked), expected);
    await trial.close();
  });

  it("start with the first searches that wait together, and end when they are told to", async () => {
    const trial = await IndexTrial.create(shape);
    trial.insert(clusteredVectors({ n: 1000, ...shape }, seededRandom(31)));
    const { searching } = trial.options.threads;
    const asked = [...trial.rows.values()]
      .slice(0, 4)
      .map((vector): Asked => ({ vector, effort: { kind: "exact" }, limit: 3 }));
    alone(trial.index, asked);
    assert.equal(searching.runningThreads, 0);
    together(trial.index, asked);
    assert.equal(searching.runningThreads, 2);
    await trial.close();
    assert.equal(searching.runningThreads, 0);
  });
});
