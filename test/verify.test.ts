// Verification and repair of whole databases: for each kind of damage one that is planted, found, and mended or named; and
// verification of a database that is being written.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { open, OmenError, repair, verifyFolder, type CheckProblemKind } from "omendb";
import {
  dimension,
  flipBehind,
  flipBit,
  pointCount,
  readAll,
  vectorOf,
  WholeDatabase,
  type DatabaseFiles,
} from "./damaged-database.js";

let whole: WholeDatabase;
before(async () => {
  whole = await WholeDatabase.make();
});
after(() => whole.remove());

/** A damage: how it is made, what must be found, and the ids that must be named as lost; the others must be there. */
interface Damage {
  readonly name: string;
  readonly plant: (files: DatabaseFiles) => Promise<void>;
  readonly kinds: readonly CheckProblemKind[];
  readonly lost: readonly string[];
  /** Whether repair loses nothing. */
  readonly isWhole: boolean;
}

const bytesOf = (vector: Float32Array): Uint8Array => new Uint8Array(vector.buffer);
const text = (string: string): Uint8Array => Buffer.from(string);

const damages: readonly Damage[] = [
  {
    name: "a bit of a vector",
    plant: ({ store }) => flipBehind(store, bytesOf(vectorOf(700)), 10),
    kinds: ["record_damaged"],
    lost: ["film 700"],
    isWhole: false,
  },
  {
    name: "a bit of the metadata of a point",
    plant: ({ store }) => flipBehind(store, text('{"title":"title of 701","version":"a later one"}'), 12),
    kinds: ["record_damaged", "record_missing"],
    lost: ["film 701"],
    isWhole: false,
  },
  {
    name: "a bit of the record of an id",
    // In the table of ids the key is followed by the row; in that of points by the metadata.
    plant: async ({ store }) => {
      const key = Buffer.concat([Buffer.from([3]), text("film 702")]);
      await flipBehindUnless(store, key, text("{"));
    },
    kinds: ["record_damaged"],
    lost: [],
    isWhole: true,
  },
  {
    name: "the header of a checkpoint",
    plant: ({ checkpoint }) => flipBit(checkpoint, 48, 0),
    kinds: ["checkpoint_damaged"],
    lost: [],
    isWhole: true,
  },
  {
    name: "a block of a checkpoint",
    plant: async ({ checkpoint }) => flipBit(checkpoint, (await stat(checkpoint)).size - 999, 3),
    kinds: ["checkpoint_damaged"],
    lost: [],
    isWhole: true,
  },
  {
    name: "a checkpoint that was cut short",
    plant: async ({ checkpoint }) => truncate(checkpoint, (await stat(checkpoint)).size - 1),
    kinds: ["checkpoint_damaged"],
    lost: [],
    isWhole: true,
  },
];

async function flipBehindUnless(path: string, key: Uint8Array, next: Uint8Array): Promise<void> {
  const bytes = await readFile(path);
  let count = 0;
  for (let at = bytes.indexOf(key); at !== -1; at = bytes.indexOf(key, at + 1)) {
    if (bytes[at + key.length] === next[0]) continue;
    bytes[at + key.length + 1]! ^= 1;
    count++;
  }
  assert.ok(count > 0);
  await writeFile(path, bytes);
}

for (const { name, plant, kinds, lost, isWhole } of damages) {
  test(`found, and mended or named: ${name}`, async () => {
    const files = await whole.copy();
    await plant(files);
    const check = await verifyFolder(files.path);
    assert.equal(check.isSound, false);
    for (const kind of kinds)
      assert.ok(
        check.problems.some((problem) => problem.kind === kind),
        kind,
      );
    const dry = await repair(files.path, { dryRun: true });
    assert.deepEqual((await verifyFolder(files.path)).problems, check.problems, "a dry run changes nothing");
    const report = await repair(files.path);
    assert.deepEqual([report.wasSound, report.isWhole, report.after?.isSound], [false, isWhole, true]);
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
    const [collection] = report.collections;
    assert.deepEqual(
      collection?.lost.map(({ id }) => id),
      lost,
    );
    assert.deepEqual(dry.collections[0]?.lost, collection?.lost);
    assert.deepEqual(await readAll(files.path), without(lost));
    const kept = await readdir(join(files.path, "damaged")).catch(() => []);
    assert.equal(kept.length, collection?.setAside === null ? 0 : 1);
    await files.remove();
  });
}

function without(ids: readonly string[]): Map<unknown, string> {
  return new Map([...whole.contents].filter(([id]) => !ids.includes(String(id))));
}

test("a sound folder is sound, and repair leaves it as it is", async () => {
  const files = await whole.copy();
  const check = await verifyFolder(files.path);
  assert.deepEqual([check.isSound, check.problems, check.unchecked], [true, [], []]);
  // A verification that reads nothing would pass everything.
  const [collection] = check.collections;
  assert.deepEqual(collection?.store.records, {
    pages: collection?.store.records["pages"],
    meta: 1,
    points: pointCount - 40,
    ids: pointCount - 40,
    "vectors/0": pointCount - 40,
    changes: collection?.store.records["changes"],
  });
  assert.equal(collection?.checkpoints[0]?.state, "whole");
  const report = await repair(files.path);
  assert.deepEqual(
    [report.wasSound, report.isWhole, report.collections, report.catalog],
    [true, true, [], []],
  );
  await files.remove();
});

test("a checkpoint that is not there is told, and is no fault", async () => {
  const files = await whole.copy();
  await rm(files.checkpoint);
  const check = await verifyFolder(files.path);
  assert.deepEqual([check.isSound, check.collections[0]?.checkpoints[0]?.state], [true, "none"]);
  await files.remove();
});

test("a store that is gone is told, and nothing is made up for it", async () => {
  const files = await whole.copy();
  await rm(files.store);
  const check = await verifyFolder(files.path);
  assert.deepEqual([check.isSound, check.problems.map(({ kind }) => kind)], [false, ["store_missing"]]);
  const report = await repair(files.path);
  assert.deepEqual([report.isWhole, report.collections[0]?.store], [false, "impossible"]);
  await rm(files.folder, { recursive: true });
  const gone = await verifyFolder(files.path);
  assert.deepEqual(
    gone.problems.map(({ kind }) => kind),
    ["folder_missing"],
  );
  await files.remove();
});

test("a store that was cut short is told, and repair saves what is left or says that it cannot", async () => {
  const files = await whole.copy();
  await truncate(files.store, Math.floor((await stat(files.store)).size * 0.9));
  const check = await verifyFolder(files.path);
  assert.equal(check.isSound, false);
  const report = await repair(files.path);
  assert.equal(report.isWhole, false);
  const [collection] = report.collections;
  if (collection?.store === "saved") {
    const read = await readAll(files.path);
    for (const [id, point] of read) assert.equal(point, whole.contents.get(id));
    assert.equal(read.size, collection.savedPoints);
  }
  await files.remove();
});

test("a damaged catalogue is written anew with what is whole, and folders that nothing names are kept", async () => {
  const files = await whole.copy();
  await flipBehind(files.catalog, text('"euclidean"'), 3);
  const check = await verifyFolder(files.path);
  assert.deepEqual(
    [check.isSound, check.problems.some(({ kind }) => kind === "record_damaged")],
    [false, true],
  );
  const report = await repair(files.path);
  assert.deepEqual([report.isWhole, report.after?.isSound, report.catalog.length], [false, true, 2]);
  const db = await open(files.path);
  assert.deepEqual(await db.listCollections(), []);
  await db.close();
  const [stamp = ""] = await readdir(join(files.path, "damaged"));
  assert.deepEqual((await readdir(join(files.path, "damaged", stamp))).length, 2);
  await files.remove();
});

test("an open folder, a missing one and another one are refused", async () => {
  const files = await whole.copy();
  const db = await open(files.path);
  for (const call of [verifyFolder, repair]) {
    await assert.rejects(call(files.path), isCode("folder_locked"));
    await assert.rejects(call(join(files.path, "nowhere")), isCode("folder_not_found"));
    await assert.rejects(call(files.store), isCode("path_not_folder"));
    await assert.rejects(call(files.folder), isCode("not_a_database"));
    await assert.rejects(call(":memory:"), isCode("path"));
    // @ts-expect-error There is no such option.
    await assert.rejects(call(files.path, { deep: true }), isCode("unknown_field"));
  }
  await db.close();
  await files.remove();
});

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof OmenError && error.code === code;
}

test("an open database tells damage of its file, of a checkpoint and of the catalogue", async () => {
  const files = await whole.copy();
  await flipBehind(files.store, bytesOf(vectorOf(700)), 10);
  const db = await open(files.path);
  const films = await db.collection("films");
  const check = await films.verify();
  assert.deepEqual(
    [check.isSound, check.problems.map(({ kind, place }) => [kind, place])],
    [false, [["record_damaged", "vectors/0"]]],
  );
  await flipBit(files.checkpoint, 48, 0);
  await flipBehind(files.catalog, text('"euclidean"'), 3);
  const all = await db.verify();
  const kinds = new Set(all.problems.map(({ kind }) => kind));
  assert.equal(all.isSound, false);
  for (const kind of ["record_damaged", "checkpoint_damaged", "catalog_damaged"] as const)
    assert.ok(kinds.has(kind), kind);
  assert.deepEqual(JSON.parse(JSON.stringify(all)), all);
  await db.close();
  await files.remove();
});

test("a collection that cannot be opened is told by the database", async () => {
  const files = await whole.copy();
  await truncate(files.store, 100_000);
  const db = await open(files.path);
  const check = await db.verify();
  assert.deepEqual([check.isSound, check.collections.length, check.unchecked.length], [false, 0, 1]);
  assert.equal(check.problems[0]?.collection, "films");
  await db.close();
  await files.remove();
});

for (const place of ["a folder", ":memory:"]) {
  test(`a database is sound while it is written, in ${place}`, async () => {
    const files = await whole.copy();
    const db = await open(place === ":memory:" ? place : files.path);
    const films = await db.createCollection("more", {
      vectors: { a: { dimension }, b: { dimension, metric: "dot" } },
      originals: "memory",
    });
    let isWriting = true;
    let parts = 0;
    const write = async (): Promise<void> => {
      for (let i = 0; isWriting; i++) {
        const ids = Array.from({ length: 60 }, (_, j) => (i * 37 + j * 11) % 3_000);
        await films.upsert(
          ids.map((id) => ({
            id,
            vectors: { a: vectorOf(id + 1), ...(id % 3 > 0 ? { b: vectorOf(i) } : {}) },
            metadata: { i },
          })),
        );
        await films.delete(ids.slice(0, 20));
      }
    };
    const writing = write();
    for (let i = 0; i < 4; i++) {
      const check = await db.verify({ onProgress: () => void parts++ });
      assert.deepEqual([check.problems, check.unchecked, check.isSound], [[], [], true]);
    }
    isWriting = false;
    await writing;
    assert.ok(parts > 0);
    const check = await films.verify();
    assert.deepEqual([check.isSound, check.indexes.length], [true, 2]);
    assert.ok(
      check.store.points > 0 &&
        check.indexes.every(({ checkedRows, recall }) => checkedRows > 0 && recall !== null),
    );
    await db.close();
    await files.remove();
  });
}

test("what onProgress throws ends the verification", async () => {
  const files = await whole.copy();
  const onProgress = (): never => {
    throw new RangeError("enough");
  };
  await assert.rejects(verifyFolder(files.path, { onProgress }), RangeError);
  const db = await open(files.path);
  await assert.rejects(db.verify({ onProgress }), RangeError);
  await db.close();
  await files.remove();
});

test("a process that does nothing but verify lives until it has, also while rows are consolidated", () => {
  const child = fileURLToPath(new URL("./verify-child.js", import.meta.url));
  // It ended without a word, with exit code 13, where nothing but threads was waited for.
  assert.equal(execFileSync(process.execPath, [child], { encoding: "utf8" }), "sound\n");
});
