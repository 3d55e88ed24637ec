// Searches among the rows that a filter lets through, against brute force: by walks and by scans, with filters that have
// nothing to do with the vectors and with ones that select a part of the space.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom, type SeededRandom } from "../base/seeded-random.js";
import { metrics } from "../kernel/vectors.suite.js";
import { planFiltered } from "./filtered-plan.js";
import { clusteredVectors, IndexTrial, kinds, plainScore } from "./index-trial.suite.js";
import type { SearchPlan } from "./search-plan.js";

const dimension = 24;
const shape = { dimension, clusters: 60 };

/** A share of the rows drawn at random, or those nearest to one of them. */
function allowedOf(trial: IndexTrial, share: number, isNear: boolean, random: SeededRandom): Uint32Array {
  const all = [...trial.rows.keys()];
  if (!isNear) return Uint32Array.from(all.filter(() => random.next() < share)).sort();
  const centre = trial.rows.get(all[random.below(all.length)]!)!;
  const distance = (row: number): number => plainScore("euclidean", centre, trial.rows.get(row)!);
  const byDistance = all.map((row) => ({ row, d: distance(row) })).sort((a, b) => a.d - b.d);
  return Uint32Array.from(byDistance.slice(0, share * all.length), ({ row }) => row).sort();
}

/** Checks that hits are the allowed rows and as many as there can be; returns how many of the best were found. */
function foundAmong(trial: IndexTrial, query: Float32Array, limit: number, allowed: Uint32Array): number {
  const eligible = new Set(allowed);
  const found = trial.search(query, limit, { recall: 0.99, allowed });
  assert.equal(found.length, Math.min(limit, eligible.size));
  assert.equal(new Set(found.map(({ row }) => row)).size, found.length);
  for (const { row } of found) assert.ok(eligible.has(row), `row ${row} is not allowed`);
  const best = new Set(trial.bruteForce(query, limit, eligible).map(({ row }) => row));
  return found.filter(({ row }) => best.has(row)).length / Math.min(limit, eligible.size);
}

describe("search under a filter", () => {
  for (const metric of metrics) {
    for (const kind of kinds) {
      const name = `${metric}, ${kind.quantization}, originals ${kind.originals}`;
      it(`finds the best of the allowed rows, all that are asked for: ${name}`, async () => {
        const random = seededRandom(37);
        const trial = await IndexTrial.create({ dimension, metric, ...kind });
        const vectors = clusteredVectors({ n: 6025, ...shape }, random);
        const rows = trial.insert(vectors.subarray(25 * dimension));
        await trial.index.waitUntilLinked();
        while ((await trial.index.stats()).plan.calibratedRows === 0) await new Promise(setImmediate);
        trial.remove(rows.filter((row) => row % 10 === 3));
        trial.insert(clusteredVectors({ n: 40, ...shape }, random));
        const queries = vectors.subarray(0, 25 * dimension);
        for (const share of [0.002, 0.05, 0.5, 0.9, 1]) {
          for (const isNear of [false, true]) {
            const allowed = allowedOf(trial, share, isNear, random);
            let recall = 0;
            for (let i = 0; i < queries.length; i += dimension)
              recall += foundAmong(trial, queries.subarray(i, i + dimension), 10, allowed) / 25;
            assert.ok(recall >= 0.95, `recall@10 ${recall} with a share of ${share}, near: ${isNear}`);
          }
        }
        const half = allowedOf(trial, 0.5, false, random);
        const many = foundAmong(trial, queries.subarray(0, dimension), 2000, half);
        assert.ok(many >= 0.95, `recall@2000 ${many}`);
        await trial.close();
      });
    }
  }

  it("falls back to comparing where a walk does not find as many as there are", async () => {
    const random = seededRandom(41);
    const trial = await IndexTrial.create({ dimension });
    const rows = trial.insert(clusteredVectors({ n: 5000, ...shape }, random));
    await trial.index.waitUntilLinked();
    const query = clusteredVectors({ n: 1, ...shape }, random);
    // Rows that were removed stay in the filter's set: a walk finds them and has to leave them out.
    const allowed = Uint32Array.from(rows);
    trial.remove(rows.slice(20));
    const found = trial.search(query, 100, { allowed, ef: 100 });
    assert.equal(found.length, 20);
    await trial.close();
  });
});

describe("plan under a filter", () => {
  const bytes = { coarse: 272, fine: 536 };
  const unfiltered: SearchPlan = { kind: "walk", walk: { ef: 96, slack: 0.06, fine: false }, distances: 800 };
  const planOf = (
    allowedRows: number,
    liveRows = 50_000,
    plan: SearchPlan = unfiltered,
  ): ReturnType<typeof planFiltered> => planFiltered(plan, { allowedRows, liveRows }, bytes);

  it("compares few rows, and all where there is no walk to follow", () => {
    assert.equal(planOf(0).kind, "scan");
    assert.equal(planOf(512).kind, "scan");
    assert.equal(planOf(500, 500).kind, "scan");
    assert.equal(planOf(40_000, 50_000, { kind: "scan" }).kind, "scan");
    // A small share of many rows: neighbors of neighbors are not allowed either.
    assert.equal(planOf(3_000, 10_000_000).kind, "scan");
  });

  it("walks among many rows, further where their share is smaller, and never without end", () => {
    let slack = 0;
    for (const allowedRows of [50_000, 25_000, 10_000, 5_000]) {
      const plan = planOf(allowedRows);
      assert.ok(plan.kind === "walk");
      assert.ok(plan.walk.slack >= unfiltered.walk.slack && plan.walk.slack >= slack);
      assert.ok(plan.walk.ef >= unfiltered.walk.ef);
      assert.ok(plan.distanceMax > 0 && plan.distanceMax < 3 * allowedRows);
      ({ slack } = plan.walk);
    }
  });

  it("leaves a walk that was asked for by its candidates as wide as it was asked for", () => {
    const given: SearchPlan = { kind: "walk", walk: { ef: 64, slack: -1, fine: false } };
    const plan = planOf(25_000, 50_000, given);
    assert.ok(plan.kind === "walk");
    assert.deepEqual(plan.walk, { ef: 64, slack: -1, fine: false });
  });
});
