// Bits flipped and bytes cut off at random in the file of a store: verification never crashes, hangs, or calls a store sound
// whose points then read differently. LMDB checks none of its pages, so half of the flips go to where those are described.

import assert from "node:assert/strict";
import { readFile, stat, truncate } from "node:fs/promises";
import { after, before, test } from "node:test";
import { repair, verifyFolder, type FolderCheck } from "omendb";
import { flipBit, readAll, WholeDatabase, type DatabaseFiles } from "./damaged-database.js";
import { seededRandom } from "./conformance-expect.js";

const pageBytes = 16_384;
const seed = 20_261_124;
const rounds = 15;
const damagesARound = 10;

let whole: WholeDatabase;
before(async () => {
  whole = await WholeDatabase.make();
});
after(() => whole.remove());

/** Damages the store; says how, for the message of a failure. */
async function damage({ store }: DatabaseFiles, random: (end: number) => number): Promise<string> {
  const { size } = await stat(store);
  if (random(10) === 0) {
    const to = random(size);
    await truncate(store, to);
    return `cut to ${to} bytes`;
  }
  // The header of a page, and the places of its records, lie at its beginning.
  const inHead = random(2) === 0;
  const at = inHead ? random(size / pageBytes) * pageBytes + random(300) : random(size);
  const bit = random(8);
  await flipBit(store, at, bit);
  return `bit ${bit} of byte ${at}, which is ${at % pageBytes} in page ${Math.floor(at / pageBytes)}`;
}

/** Damage found in all rounds. A run in which everything is sound, or nothing, would show nothing. */
const verdicts = { sound: 0, damaged: 0 };

for (let round = 0; round < rounds; round++) {
  test(`random damage, seed ${seed + round}`, async () => {
    const next = seededRandom(seed + round);
    const random = (end: number): number => Math.floor(next() * end);
    for (let i = 0; i < damagesARound; i++) {
      const files = await whole.copy();
      const how = await damage(files, random);
      const check = await verifyFolder(files.path, { silenceMsMax: 20_000 });
      await assertTrue(files, check, how);
      verdicts[check.isSound ? "sound" : "damaged"]++;
      // Repair takes its time: one in ten.
      if (!check.isSound && i === 0) await assertRepaired(files, how);
      await files.remove();
    }
  });
}

async function assertTrue(files: DatabaseFiles, check: FolderCheck, how: string): Promise<void> {
  assert.equal(check.isSound, check.problems.length === 0 && check.unchecked.length === 0, how);
  if (check.isSound) assert.deepEqual(await readAll(files.path), whole.contents, how);
}

/** What is saved reads as before, and what is not is counted. */
async function assertRepaired(files: DatabaseFiles, how: string): Promise<void> {
  const damaged = await readFile(files.store);
  const report = await repair(files.path, { silenceMsMax: 20_000 });
  const [collection] = report.collections;
  assert.ok(collection !== undefined, how);
  if (collection.store === "impossible") {
    assert.deepEqual(await readFile(files.store), damaged, how);
    return;
  }
  assert.equal(report.after?.isSound, true, how);
  const read = await readAll(files.path);
  for (const [id, point] of read) assert.equal(point, whole.contents.get(id), how);
  assert.equal(read.size, collection.savedPoints, how);
  if (collection.lostPoints !== null)
    assert.equal(read.size + collection.lostPoints, whole.contents.size, how);
}

test("some of the damage was found, and some lay where nothing is", () => {
  assert.ok(verdicts.sound > 0 && verdicts.damaged > 0, JSON.stringify(verdicts));
});
