// The index over metadata in its file: what is read answers as before and is brought up to the store; whatever is wrong with a
// file, it is not used, and answers are the same.

import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Filter } from "../model/filter.js";
import type { Metadata } from "../model/point.js";
import { MetadataIndex } from "../metadata/metadata-index.js";
import type { EmbeddedCollection } from "./collection.js";
import { type Reopener, withKeptStore } from "./kept-store.suite.js";
import { loadMetadataIndex, metadataPath, saveMetadataIndex } from "./metadata-file.js";
import { wantedFields } from "./metadata-settings.js";

const config = { dimension: 2, metadata: { indexed: { all: true, fields: { text: "text" } } } } as const;
const count = 1200;

function metadataOf(id: number, version: number): Metadata {
  const place = { lat: id % 90, lon: version };
  return {
    id,
    half: id % 2 === 0,
    text: `word${id % 7} of ${version}`,
    tags: [version, `t${id % 3}`],
    place,
  };
}

function pointsOf(ids: readonly number[], version: number) {
  return ids.map((id) => ({ id, vector: [1, id], metadata: metadataOf(id, version) }));
}

const filters: readonly Filter[] = [
  { half: true },
  { id: { $gt: 1000 } },
  { id: 3 },
  { text: { $contains: "word3 2" } },
  { tags: 1 },
  { tags: { $in: ["t1", 2] } },
  { changed: true },
  { place: { $geoBox: { topLeft: { lat: 50, lon: -1 }, bottomRight: { lat: 10, lon: 1.5 } } } },
];

async function answers(collection: EmbeddedCollection): Promise<number[]> {
  const counts: number[] = [];
  for (const filter of filters) counts.push(await collection.count({ filter }));
  return counts;
}

/** Opens, waits for the index, and tells how many walks over all points that took. */
async function walksOfOpening({ store, open }: Reopener): Promise<[EmbeddedCollection, number]> {
  let walks = 0;
  const points = store.points.bind(store);
  store.points = (from) => {
    walks++;
    return points(from);
  };
  const collection = await open();
  await collection.waitForIndex();
  store.points = points;
  return [collection, walks];
}

/** Checks that a collection answers by its index what its points say. */
async function checkAnswers(collection: EmbeddedCollection, expected: readonly number[]): Promise<void> {
  assert.deepEqual(await answers(collection), expected);
  const { metadata } = await collection.verify();
  assert.deepEqual(
    [metadata.isChecked, metadata.missingPoints, metadata.strayPoints, metadata.problems],
    [true, 0, 0, []],
  );
}

/** A collection with a kept index, closed. */
async function kept({ folder, open }: Reopener): Promise<string> {
  const collection = await open();
  await collection.upsert(
    pointsOf(
      Array.from({ length: count }, (_, id) => id),
      1,
    ),
  );
  await collection.waitForIndex();
  await collection.close();
  const path = metadataPath(folder);
  assert.ok((await stat(path)).size > 0);
  return path;
}

/** Writes, replaces, deletes and changes metadata; the file stays what it was. */
async function change(reopener: Reopener): Promise<number[]> {
  const collection = await reopener.open();
  await collection.upsert(pointsOf([5, 6, 7, 2000, 2001], 2));
  await collection.delete([1, 2, 2000]);
  await collection.updateMetadata([3], { set: { changed: true } });
  await collection.updateMetadata({ filter: { id: { $gt: 1190 } } }, { merge: { changed: true } });
  await collection.waitForIndex();
  const expected = await answers(collection);
  await collection.close();
  return expected;
}

test("an index that was kept is read, and brought up to what came later, metadata changes among it", () =>
  withKeptStore(config, async (reopener) => {
    const path = await kept(reopener);
    const before = await stat(path);
    const expected = await change(reopener);
    assert.equal((await stat(path)).mtimeMs, before.mtimeMs);
    const [collection, walks] = await walksOfOpening(reopener);
    assert.equal(walks, 0);
    await checkAnswers(collection, expected);
    await collection.upsert(pointsOf([1, 2, 3, 4], 3));
    await collection.delete([5]);
    await checkAnswers(collection, await answers(collection));
    await collection.close();
  }));

test("writes and questions that come while the index is read find it right", () =>
  withKeptStore(config, async (reopener) => {
    await kept(reopener);
    await change(reopener);
    const collection = await reopener.open();
    const calls: Promise<unknown>[] = [];
    for (let round = 0; round < 40; round++) {
      calls.push(collection.upsert(pointsOf([round, 3000 + round], 4)));
      calls.push(collection.count({ filter: { tags: 4 } }));
      calls.push(collection.updateMetadata([100 + round], { merge: { changed: true } }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(calls);
    await collection.waitForIndex();
    const counts = await answers(collection);
    await checkAnswers(collection, counts);
    assert.equal(await collection.count({ filter: { tags: 4 } }), 80);
    await collection.close();
  }));

test("a file that is damaged, cut, of other settings, too old or from the future is not used", () =>
  withKeptStore(config, async (reopener) => {
    const path = await kept(reopener);
    const good = await readFile(path);
    const expected = await change(reopener);
    const damaged = Buffer.from(good);
    damaged[good.length >> 1]! ^= 1;
    for (const bytes of [
      damaged,
      good.subarray(0, good.length >> 1),
      Buffer.alloc(0),
      Buffer.concat([good, good]),
    ]) {
      await writeFile(path, bytes);
      const [collection, walks] = await walksOfOpening(reopener);
      assert.equal(walks, 1);
      await assert.rejects(stat(path), { code: "ENOENT" });
      await checkAnswers(collection, expected);
      await collection.close();
    }
    // Closing kept a new one.
    const [again, walks] = await walksOfOpening(reopener);
    assert.equal(walks, 0);
    await again.indexMetadata(["half"]);
    await again.waitForIndex();
    await again.close();
    await writeFile(path, good);
    const [other, otherWalks] = await walksOfOpening(reopener);
    assert.equal(otherWalks, 1);
    assert.deepEqual(await answers(other), expected);
    await other.indexMetadata(config.metadata.indexed);
    await other.waitForIndex();
    await other.close();
    await reopener.store.trimChanges(reopener.store.state.sequence);
    await writeFile(path, good);
    const [late, lateWalks] = await walksOfOpening(reopener);
    assert.equal(lateWalks, 1);
    await checkAnswers(late, expected);
    await late.close();
  }));

test("a file from the future, as after restoring a backup, is not used and goes away", () =>
  withKeptStore(config, async (future) => {
    await kept(future);
    const from = await kept(future);
    await withKeptStore(config, async (reopener) => {
      const path = metadataPath(reopener.folder);
      await copyFile(from, path);
      const first = await reopener.open();
      await first.waitForIndex();
      await assert.rejects(stat(path), { code: "ENOENT" });
      await first.upsert(pointsOf([1], 1));
      await first.close();
      await copyFile(from, path);
      const [again, walks] = await walksOfOpening(reopener);
      assert.equal(walks, 1);
      await assert.rejects(stat(path), { code: "ENOENT" });
      assert.equal(await again.count({ filter: { tags: 1 } }), 1);
      await again.close();
    });
  }));

test("an index that was found to be wrong is not kept, and made anew by the next opening", () =>
  withKeptStore(config, async (reopener) => {
    const path = await kept(reopener);
    // Whole, and not what the store says.
    const wrong = (await loadMetadataIndex(path, wantedFields(config.metadata.indexed), () => true))!;
    wrong.index.set(3, wrong.index.prepare('{"half":"other"}'));
    await saveMetadataIndex(path, wrong.index, wrong.sequence);
    const [collection, walks] = await walksOfOpening(reopener);
    assert.equal(walks, 0);
    const { metadata } = await collection.verify();
    assert.ok(metadata.problems.length > 0);
    await assert.rejects(stat(path), { code: "ENOENT" });
    await collection.upsert(
      pointsOf(
        Array.from({ length: count }, (_, id) => id + 5000),
        1,
      ),
    );
    await collection.close();
    const [again, walksAgain] = await walksOfOpening(reopener);
    assert.equal(walksAgain, 1);
    await checkAnswers(again, await answers(again));
    await again.close();
  }));

test("any byte that is another one is found, and any byte that is missing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "omendb-metadata-"));
  const path = metadataPath(folder);
  const index = new MetadataIndex("all", "filled");
  for (let row = 0; row < 5; row++) index.set(row, index.prepare(JSON.stringify(metadataOf(row, 1))));
  await saveMetadataIndex(path, index, 12);
  const good = await readFile(path);
  const load = () => loadMetadataIndex(path, "all", () => true);
  assert.equal((await load())!.sequence, 12);
  for (let at = 0; at < good.length; at++) {
    const bytes = Buffer.from(good);
    bytes[at]! ^= 1 << (at % 8);
    await writeFile(path, bytes);
    assert.equal(await load(), undefined, `byte ${at}`);
    await assert.rejects(stat(path));
    if (at % 7 > 0) continue;
    await writeFile(path, good.subarray(0, at));
    assert.equal(await load(), undefined, `${at} bytes`);
  }
  await rm(folder, { recursive: true });
});
