// What is made of the outcomes of trials, with slices made by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Calibrator, type RunSlice } from "./calibrator.js";
import { trialWalks } from "./search-plan.js";

const everyRow = { isLive: () => 1, isLinked: () => 1 };
const wantedOfRow = 10;

/** Trials in which the walk at a place misses as many rows of a row's ten as `missed` says. */
function slicesThatMiss(missed: (walk: number, row: number) => number, jobs: number[][]): RunSlice {
  return (job) => {
    assert.ok(job.kind === "calibrate");
    jobs.push([...job.rows]);
    const sum = (walk: number): number =>
      job.rows.reduce((count, row) => count + wantedOfRow - missed(walk, row), 0);
    const found = trialWalks.map((_, walk) => sum(walk));
    const distances = trialWalks.map((_, walk) => job.rows.length * (walk + 1) * 100);
    const wanted = job.rows.length * wantedOfRow;
    return Promise.resolve({ index: 0, result: job.rows.length, trials: { wanted, found, distances } });
  };
}

test("a recall is the share found over all slices; distances are those of one walk", async () => {
  const calibrator = new Calibrator(everyRow);
  const jobs: number[][] = [];
  const missed = (walk: number, row: number): number => (row + walk) % 7;
  await calibrator.run(slicesThatMiss(missed, jobs), { rowEnd: 9000, linkedRows: 9000, isSettled: true });
  const rows = jobs.flat();
  const { outcomes, linkedRows } = calibrator.calibration!;
  assert.equal(linkedRows, 9000);
  outcomes.forEach(({ recall, distances }, walk) => {
    const lost = rows.reduce((sum, row) => sum + missed(walk, row), 0);
    assert.equal(recall, Math.fround((rows.length * wantedOfRow - lost) / (rows.length * wantedOfRow)));
    assert.equal(distances, (walk + 1) * 100);
  });
});

test("more rows are tried when nothing is left to link, and where trials are broken off nothing is taken over", async () => {
  const calibrator = new Calibrator(everyRow);
  const [linking, settled]: [number[][], number[][]] = [[], []];
  const index = { rowEnd: 9000, linkedRows: 9000 };
  const run = (jobs: number[][], isSettled: boolean): Promise<boolean> =>
    calibrator.run(
      slicesThatMiss(() => 0, jobs),
      { ...index, isSettled },
    );
  await run(linking, false);
  const before = calibrator.calibration;
  await run(settled, true);
  assert.equal(settled.flat().length, 2 * linking.flat().length);
  assert.notEqual(calibrator.calibration, before);
  const kept = calibrator.calibration;
  assert.equal(calibrator.isDue(9000, true), false);
  assert.equal(
    await calibrator.run(() => Promise.resolve(undefined), {
      rowEnd: 9000,
      linkedRows: 20_000,
      isSettled: true,
    }),
    false,
  );
  assert.equal(calibrator.calibration, kept);
  assert.equal(calibrator.isDue(20_000, true), true, "they are made again");
});
