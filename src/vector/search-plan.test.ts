// Plans from calibrations made by hand, and trials of a real index.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { seededRandom } from "../base/seeded-random.js";
import { IndexTrial, clusteredVectors } from "./index-trial.suite.js";
import { planSearch, trialWalks, type Calibration, type PlanInput } from "./search-plan.js";

const half = trialWalks.length / 2;

/** Recalls and distances of the coarse walks, from narrow to wide; fine ones find as much at twice the distances. */
function calibrationOf(recalls: readonly number[], distances: readonly number[]): Calibration {
  const coarse = recalls.map((recall, i) => ({ recall, distances: distances[i]! }));
  const fine = coarse.map((outcome) => ({ ...outcome, distances: outcome.distances * 2 }));
  return { linkedRows: 50_000, outcomes: [...coarse, ...fine] };
}

const rising = [0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999];
const growing = [300, 400, 500, 600, 800, 1200, 2000, 4000];
const input: PlanInput = {
  recall: 0.99,
  limit: 10,
  liveRows: 50_000,
  coarseBytes: 272,
  fineBytes: 536,
  calibration: calibrationOf(rising, growing),
};

test("the narrowest walk that reaches the recall is planned", () => {
  const plan = planSearch(input);
  assert.deepEqual(plan, { kind: "walk", walk: trialWalks[4], distances: 800 });
  const between = planSearch({ ...input, recall: 0.975 });
  assert.ok(between.kind === "walk");
  for (const setting of ["slack", "ef"] as const) {
    assert.ok(between.walk[setting] > trialWalks[2]![setting]);
    assert.ok(between.walk[setting] < trialWalks[3]![setting]);
  }
});

test("more wanted rows need more candidates, fewer do not need fewer", () => {
  const efOf = (limit: number): number => {
    const plan = planSearch({ ...input, limit });
    return plan.kind === "walk" ? plan.walk.ef : 0;
  };
  assert.equal(efOf(1), efOf(10));
  assert.equal(efOf(30), 3 * efOf(10));
});

test("all rows are compared where no walk finds enough, where that is cheap, and where nothing is known and it is not dear", () => {
  const scan = { kind: "scan" };
  const poor = calibrationOf(
    rising.map((recall) => recall / 2),
    growing,
  );
  assert.deepEqual(planSearch({ ...input, calibration: poor }), scan);
  assert.deepEqual(planSearch({ ...input, liveRows: 600 }), scan);
  assert.deepEqual(planSearch({ ...input, calibration: undefined, liveRows: 20_000 }), scan);
  assert.equal(planSearch({ ...input, calibration: undefined, liveRows: 2_000_000 }).kind, "walk");
});

test("a finer walk is planned where only it finds enough", () => {
  const coarse = calibrationOf(
    rising.map((recall) => recall * 0.9),
    growing,
  );
  const outcomes = [
    ...coarse.outcomes.slice(0, half),
    ...calibrationOf(rising, growing).outcomes.slice(half),
  ];
  const plan = planSearch({ ...input, calibration: { linkedRows: 50_000, outcomes } });
  assert.ok(plan.kind === "walk" && plan.walk.fine);
});

test("a higher recall never gives a narrower walk", () => {
  const recall = fc.double({ min: 0.5, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(recall, recall, (a, b) => {
      const [low, high] = [
        planSearch({ ...input, recall: Math.min(a, b) }),
        planSearch({ ...input, recall: Math.max(a, b) }),
      ];
      if (low.kind === "scan") return high.kind === "scan";
      return high.kind === "scan" || (low.walk.slack <= high.walk.slack && low.walk.ef <= high.walk.ef);
    }),
  );
});

test("an index tries walks on its own rows, and what it plans reaches the recall", async () => {
  const dimension = 160;
  const shape = { dimension, clusters: 60 };
  const random = seededRandom(21);
  const trial = await IndexTrial.create(shape);
  // Of one drawing, because each has centers of its own.
  const vectors = clusteredVectors({ n: 9050, ...shape }, random);
  trial.insert(vectors.subarray(0, 9000 * dimension));
  await trial.index.waitUntilLinked();
  while ((await trial.index.stats()).plan.calibratedRows !== 9000) await new Promise(setImmediate);
  const { plan } = await trial.index.stats();
  assert.equal(plan.kind, "walk");
  const recall = trial.recall(vectors.subarray(9000 * dimension), { recall: 0.99 });
  assert.ok(recall >= 0.97, `recall ${recall}`);
  await trial.close();
});

test("vectors without structure are compared one by one rather than missed", async () => {
  const dimension = 200;
  const random = seededRandom(22);
  const gaussian = (n: number): Float32Array =>
    Float32Array.from({ length: n * dimension }, () => random.normal());
  const trial = await IndexTrial.create({ dimension });
  trial.insert(gaussian(6000));
  await trial.index.waitUntilLinked();
  assert.ok(trial.recall(gaussian(30), { recall: 0.99 }) >= 0.95);
  while ((await trial.index.stats()).plan.calibratedRows !== 6000) await new Promise(setImmediate);
  assert.ok(trial.recall(gaussian(30), { recall: 0.99 }) >= 0.95);
  await trial.close();
});
