// Linking threads that die at any moment: ended from outside, or by a trap of the kernel in their job.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { SeededRandom } from "../base/seeded-random.js";
import { seededRandom } from "../base/seeded-random.js";
import { DyingTrial, RunningThreads } from "./dying-threads.suite.js";
import { clusteredVectors } from "./index-trial.suite.js";
import type { Calibration } from "./search-plan.js";
import { warnOfDeath } from "./thread-death.js";

const shape = { dimension: 12, clusters: 20 };
const timeout = 180_000;

/** Every answer is of rows that there are, and an exact one is that of brute force. */
function checkAnswers({ trial }: DyingTrial, random: SeededRandom): void {
  const query = clusteredVectors({ n: 1, ...shape }, random);
  const wanted = Math.min(10, trial.rows.size);
  const found = trial.search(query, 10, { ef: 64 });
  assert.equal(found.length, wanted);
  assert.equal(new Set(found.map(({ row }) => row)).size, wanted);
  assert.ok(found.every(({ row }) => trial.rows.has(row)));
  assert.deepEqual(
    trial.search(query, 10, { exact: true }).map(({ row }) => row),
    trial.bruteForce(query, 10).map(({ row }) => row),
  );
}

/** Every row is linked and reachable, no list is locked, and walks find what they should. */
async function checkWhole(dying: DyingTrial, random: SeededRandom): Promise<void> {
  const { trial } = dying;
  await trial.index.waitUntilQuiet();
  await dying.checkGraph();
  const { size } = trial.rows;
  const stats = await trial.index.stats();
  assert.deepEqual([stats.liveRows, stats.linkedRows, stats.unreachableRows], [size, size, 0]);
  const recall = trial.recall(clusteredVectors({ n: 40, ...shape }, random), 128);
  assert.ok(recall >= 0.95, `recall@10 ${recall} at ef 128`);
}

/** Resolves when trials have come to their end since those that led to `before`. */
async function untilCalibrated({ maintenance }: DyingTrial, before?: Calibration): Promise<void> {
  while (maintenance.calibrator.calibration === before) await turn();
}

describe("linking threads that die", () => {
  it(
    "while rows come and go, are linked and consolidated, and are saved, lose nothing",
    { timeout },
    async (t) => {
      const seed = Math.trunc(Math.random() * 2 ** 32);
      t.diagnostic(`seed ${seed}`);
      const random = seededRandom(seed);
      const folder = await mkdtemp(join(tmpdir(), "omendb-dying-"));
      const threads = new RunningThreads();
      const dying = await DyingTrial.create({ metric: "euclidean", durable: true, ...shape });
      const { trial } = dying;
      const isEnough = (): boolean => dying.lostOf("link") >= 30 && dying.lostOf("reparent", "repair") >= 10;
      for (let round = 0; !isEnough(); round++) {
        trial.insert(clusteredVectors({ n: 400 + random.below(600), ...shape }, random));
        if (trial.rows.size > 2500) trial.remove([...trial.rows.keys()].filter(() => random.next() < 0.4));
        const linked = trial.index.waitUntilQuiet();
        const saved =
          random.next() < 0.3 ? trial.index.saveCheckpoint(join(folder, "index"), round) : undefined;
        const counted = random.next() < 0.3 ? trial.index.stats() : undefined;
        for (let deaths = 1 + random.below(2); deaths > 0; deaths--) {
          for (let turns = random.below(60); turns > 0; turns--) await turn();
          threads.endOne(random);
          checkAnswers(dying, random);
        }
        await Promise.all([linked, saved, counted, threads.haveEnded()]);
        checkAnswers(dying, random);
        if (round % 4 === 0) await checkWhole(dying, random);
      }
      await checkWhole(dying, random);
      threads.stop();
      await dying.close();
      await rm(folder, { recursive: true });
    },
  );

  it("over trials leave the graph as it was, and the trials are made again", { timeout }, async () => {
    const random = seededRandom(5);
    const threads = new RunningThreads();
    for (let round = 0; round < 3; round++) {
      const dying = await DyingTrial.create(shape, { linkingThreads: 1 });
      dying.trial.insert(clusteredVectors({ n: 4500, ...shape }, random));
      await dying.trial.index.waitUntilLinked();
      while (dying.maintenance.calibrator.calibration === undefined && dying.lost.length === 0) {
        threads.endOne(random);
        await turn();
      }
      await untilCalibrated(dying);
      assert.ok(dying.lost.length > 0 && dying.lost.every(({ isGraphDamaged }) => !isGraphDamaged));
      await checkWhole(dying, random);
      await dying.close();
    }
    threads.stop();
  });

  for (const kind of ["link", "reparent", "repair", "calibrate"] as const) {
    it(`of a trap in a job (${kind}) that does not come again lose nothing`, { timeout }, async () => {
      const random = seededRandom(7);
      const dying = await DyingTrial.create(shape, { linkingThreads: 1 });
      const { trial } = dying;
      trial.insert(clusteredVectors({ n: 3000, ...shape }, random));
      await trial.index.waitUntilLinked();
      let expected = 0;
      // A death over a consolidation leaves nothing to consolidate, and so nothing to trap again.
      for (const count of kind === "reparent" || kind === "repair" ? [1, 1, 1] : [1, 2, 2]) {
        const before = dying.maintenance.calibrator.calibration;
        dying.plantTraps(kind, count);
        // Enough for a consolidation and for other trials.
        const { size } = trial.rows;
        trial.remove([...trial.rows.keys()].slice(0, size / 4));
        trial.insert(clusteredVectors({ n: size, ...shape }, random));
        await checkWhole(dying, random);
        await untilCalibrated(dying, before);
        expected += count;
        while (dying.lost.length < expected) await turn();
      }
      assert.equal(dying.deaths.length, expected);
      assert.ok(dying.deaths.every(({ cause }) => cause.message.includes("memory access out of bounds")));
      await dying.close();
    });
  }

  it("again and again are given up, and searches and writes go on", { timeout }, async () => {
    const random = seededRandom(11);
    const dying = await DyingTrial.create(shape, { linkingThreads: 1 });
    const { trial } = dying;
    trial.insert(clusteredVectors({ n: 3000, ...shape }, random));
    dying.plantTraps("link", Infinity);
    const failed = { kind: "unavailable", code: "linking_failed" };
    await assert.rejects(trial.index.waitUntilLinked(), failed);
    assert.equal(dying.deaths.length, 3);
    checkAnswers(dying, random);
    const vector = new Float32Array(shape.dimension).fill(9);
    const [row] = trial.insert(vector);
    assert.equal(trial.search(vector, 1)[0]?.row, row);
    await assert.rejects(trial.index.waitUntilLinked(), failed);
    assert.equal((await trial.index.stats()).linkedRows, 0);
    await dying.close();
  });

  it("leave other indexes of the database alone", { timeout }, async () => {
    const random = seededRandom(13);
    const first = await DyingTrial.create(shape);
    const second = await DyingTrial.create({ ...shape, threads: first.trial.options.threads });
    first.plantTraps("link", Infinity);
    for (const { trial } of [second, first]) trial.insert(clusteredVectors({ n: 3000, ...shape }, random));
    await Promise.all([
      assert.rejects(first.trial.index.waitUntilLinked(), { code: "linking_failed" }),
      checkWhole(second, random),
    ]);
    assert.equal(second.lost.length, 0);
    await first.trial.index.close();
    await second.close();
    await first.close();
  });

  it("are told as a warning where nobody else is told", { timeout }, async () => {
    const dying = await DyingTrial.create(shape, { onDeath: warnOfDeath });
    const warned = once(process, "warning");
    dying.plantTraps("link", 1);
    dying.trial.insert(clusteredVectors({ n: 3000, ...shape }, seededRandom(19)));
    await dying.trial.index.waitUntilLinked();
    assert.match(String(await warned), /^OmenDBWarning: /);
    await dying.close();
  });
});
