// Waiting for an index while others write: it ends when what was there is linked, not when nobody writes any more.

import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../base/seeded-random.js";
import { clusteredVectors, IndexTrial } from "./index-trial.suite.js";

const dimension = 8;

function vectors(n: number, seed: number): Float32Array {
  return clusteredVectors({ n, dimension, clusters: 20 }, seededRandom(seed));
}

/** Writes in every turn of the event loop until `wait` is over; true if it was over before the writer had enough. */
async function isOverWhileWriting(
  wait: Promise<void>,
  write: (turn: number) => void,
  turnsMax: number,
): Promise<boolean> {
  let isOver = false;
  void wait.then(() => (isOver = true));
  for (let turn = 0; turn < turnsMax && !isOver; turn++) {
    write(turn);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return isOver;
}

test(
  "what was there at the call is linked, whatever is written meanwhile",
  { timeout: 120_000 },
  async () => {
    const trial = await IndexTrial.create({ dimension });
    const before = trial.insert(vectors(3000, 1));
    const more = vectors(2, 2);
    trial.index.beginWrite();
    const wait = trial.index.waitUntilLinked();
    const quiet = trial.index.waitUntilQuiet();
    let isQuiet = false;
    void quiet.then(() => (isQuiet = true));
    assert.equal(await isOverWhileWriting(wait, () => void trial.insert(more), 100_000), true);
    assert.equal(isQuiet, false);
    trial.index.endWrite();
    // A row that was not linked would be free at once.
    trial.remove(before.slice(0, 50));
    assert.deepEqual(trial.index.takeFreeRows(), []);
    await quiet;
    assert.equal((await trial.index.stats()).tailRows, 0);
    await trial.close();
  },
);

test(
  "a consolidation that was due is over, whatever is removed meanwhile",
  { timeout: 120_000 },
  async () => {
    const trial = await IndexTrial.create({ dimension });
    let rows = trial.insert(vectors(2000, 3));
    await trial.index.waitUntilLinked();
    trial.remove(rows.slice(0, 900));
    rows = rows.slice(900);
    const wait = trial.index.waitUntilLinked();
    const replace = (turn: number): void => {
      trial.remove(rows.splice(0, 10));
      rows.push(...trial.insert(vectors(10, 4 + turn)));
    };
    assert.equal(await isOverWhileWriting(wait, replace, 100_000), true);
    await trial.index.waitUntilQuiet();
    const { tailRows, unreachableRows } = await trial.index.stats();
    assert.deepEqual([tailRows, unreachableRows], [0, 0]);
    await trial.close();
  },
);

test("rows that are waited for and then removed are not waited for any more", async () => {
  const trial = await IndexTrial.create({ dimension });
  const rows = trial.insert(vectors(30, 5));
  const wait = trial.index.waitUntilLinked();
  trial.remove(rows);
  await wait;
  await trial.close();
});

test(
  "rows written while a consolidation is running are waited for like others",
  { timeout: 120_000 },
  async () => {
    const trial = await IndexTrial.create({ dimension });
    for (let round = 0; round < 10; round++) {
      const rows = trial.insert(vectors(2000, 20 + round));
      await trial.index.waitUntilQuiet();
      trial.remove(rows.slice(0, 1200));
      trial.insert(vectors(400, 40 + round));
      await trial.index.waitUntilLinked();
      assert.equal((await trial.index.stats()).tailRows, 0);
    }
    await trial.close();
  },
);
