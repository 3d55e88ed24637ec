// Searches shared with threads against the same searches one by one: the same hits, whatever the threads do.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../base/seeded-random.js";
import { clusteredVectors, IndexTrial } from "./index-trial.suite.js";
import { MadeUpThreads, searchForAll, type Step } from "./made-up-threads.suite.js";
import type { QueuedSearch } from "./parallel-search.js";
import { SearchDesk } from "./search-desk.js";
import type { IndexQuery } from "./searcher.js";

const dimension = 160;
const shape = { dimension, clusters: 40 };

interface Outcome {
  hits: { row: number; score: number }[] | undefined;
  error: unknown;
}

/** Gives the searches one by one, and keeps what becomes of each. */
function queue(queries: readonly { vector: Float32Array; query: IndexQuery }[]): {
  next: () => QueuedSearch | undefined;
  outcomes: Outcome[];
} {
  const outcomes: Outcome[] = queries.map(() => ({ hits: undefined, error: undefined }));
  let at = 0;
  const next = (): QueuedSearch | undefined => {
    if (at === queries.length) return undefined;
    const outcome = outcomes[at]!;
    return {
      ...queries[at++]!,
      found: ({ count, rows, scores }) => {
        outcome.hits = Array.from({ length: count }, (_, i) => ({ row: rows[i]!, score: scores[i]! }));
      },
      failed: (error) => {
        outcome.error = error;
      },
    };
  };
  return { next, outcomes };
}

for (const quantization of ["int8", "none"] as const) {
  test(`searches shared with threads find what they find one by one: ${quantization}`, async () => {
    const random = seededRandom(31);
    const trial = await IndexTrial.create({ ...shape, quantization });
    const vectors = clusteredVectors({ n: 6200, ...shape }, random);
    const rows = trial.insert(vectors.subarray(0, 6000 * dimension));
    await trial.index.waitUntilLinked();
    trial.remove(rows.slice(0, 500));
    // Some rows of a tail beside the graph.
    trial.insert(vectors.subarray(6000 * dimension, 6020 * dimension));
    const efforts = [
      { kind: "ef", ef: 40 },
      { kind: "exact" },
      { kind: "ef", ef: 120 },
    ] as const satisfies readonly IndexQuery["effort"][];
    const queries = Array.from({ length: 150 }, (_, i) => ({
      vector: vectors.slice((6020 + i) * dimension, (6021 + i) * dimension),
      query: { limit: 1 + (i % 30), effort: efforts[i % efforts.length]! },
    }));
    for (let round = 0; round < 4; round++) {
      const { next, outcomes } = queue(queries);
      trial.index.searchAll(next);
      for (const [i, { hits, error }] of outcomes.entries()) {
        assert.equal(error, undefined);
        const { vector, query } = queries[i]!;
        const alone = trial.index.search(vector, query);
        const expected = Array.from({ length: alone.count }, (_, place) => ({
          row: alone.rows[place]!,
          score: alone.scores[place]!,
        }));
        assert.deepEqual(hits, expected);
      }
      // Gives threads that are still starting a chance to take part in the next round.
      await new Promise(setImmediate);
    }
    await trial.close();
  });
}

test("a search whose answer is refused fails alone", async () => {
  const random = seededRandom(32);
  const trial = await IndexTrial.create(shape);
  const vectors = clusteredVectors({ n: 1500, ...shape }, random);
  trial.insert(vectors);
  const query: IndexQuery = { limit: 5, effort: { kind: "exact" } };
  const { next, outcomes } = queue(
    Array.from({ length: 20 }, (_, i) => ({
      vector: vectors.slice(i * dimension, (i + 1) * dimension),
      query,
    })),
  );
  let count = 0;
  trial.index.searchAll(() => {
    const search = next();
    if (search === undefined || count++ !== 7) return search;
    return {
      ...search,
      found: () => {
        throw new Error("refused");
      },
    };
  });
  for (const [i, { hits, error }] of outcomes.entries()) {
    if (i === 7) assert.match(String(error), /refused/);
    else assert.equal(hits?.[0]?.row, i);
  }
  await trial.close();
});

test("each search is told once what it was to find, whatever threads do and leave undone", () => {
  const fate = fc.record({ isForHost: fc.boolean(), isGivenBack: fc.boolean(), fails: fc.boolean() });
  // The searches of several runs, over one desk and the same threads.
  const runs = fc.array(fc.array(fate, { maxLength: 40 }), { minLength: 1, maxLength: 4 });
  const steps = fc.array(fc.constantFrom<Step>("take", "tell", "rest"), { maxLength: 200, size: "max" });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), runs, steps, (slotCount, rounds, some) => {
      const desk = new SearchDesk(slotCount);
      const threads = new MadeUpThreads(new SearchDesk(slotCount, desk.buffer), some);
      for (const fates of rounds) {
        threads.fates = fates;
        const told = searchForAll(desk, fates, () => threads.act());
        assert.deepEqual(
          told,
          fates.map(({ fails }, row) => [`${row} ${fails ? "fails" : "found"}`]),
        );
      }
    }),
  );
});

test("an assertion in the middle of a run leaves nothing queued", () => {
  const desk = new SearchDesk(4);
  const fates = Array.from({ length: 3 }, () => ({ isForHost: false, isGivenBack: false, fails: false }));
  let moment = 0;
  const breakOnce = (): void => {
    if (++moment === 5) throw new Error("broken");
  };
  assert.throws(() => searchForAll(desk, fates, breakOnce), /broken/);
  assert.equal(desk.claim(1), -1);
  assert.deepEqual(searchForAll(desk, fates, () => {}).flat(), ["0 found", "1 found", "2 found"]);
});
