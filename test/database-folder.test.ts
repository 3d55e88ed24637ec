// A database in a folder: who may open it, what it refuses, and what survives.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { open } from "omendb";
import { expectError, randomVector, seededRandom } from "./conformance-expect.js";
import { makeFolder, withDatabase } from "./conformance-place.js";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const { folder, remove } = await makeFolder();
  try {
    await use(folder);
  } finally {
    await remove();
  }
}

test("a folder is made with those above it", () =>
  withFolder(async (folder) => {
    const deep = join(folder, "a", "b");
    await withDatabase(deep, async (db) => {
      assert.equal((await db.stats()).path, deep);
      assert.equal((await db.stats()).durability, "sync");
    });
    await withDatabase(deep, async (db) => assert.deepEqual(await db.listCollections(), []));
  }));

test("a folder that is open is refused, until it is closed", () =>
  withFolder(async (folder) => {
    const first = await open(folder);
    const error = await expectError(open(folder), "conflict", "folder_locked");
    assert.ok(error.message.includes("this process"), error.message);
    await expectError(open(join(folder, ".", "..", "data")), "conflict", "folder_locked");
    await first.close();
    await withDatabase(folder, async () => undefined);
  }));

test("of two openings at once one wins", () =>
  withFolder(async (folder) => {
    const results = await Promise.allSettled([open(folder), open(folder)]);
    const opened = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    assert.equal(opened.length, 1);
    await opened[0]!.close();
  }));

test("a folder that another process has open is refused, until that process ends", () =>
  withFolder(async (folder) => {
    const program = `import { open } from "omendb";
      const db = await open(${JSON.stringify(folder)});
      await db.createCollection("a", { dimension: 1 });
      process.stdout.write("open");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const error = await expectError(open(folder), "conflict", "folder_locked");
    assert.ok(error.message.includes(String(child.pid)), error.message);
    child.kill("SIGKILL");
    await once(child, "exit");
    await withDatabase(folder, async (db) => {
      assert.deepEqual(
        (await db.listCollections()).map((info) => info.name),
        ["a"],
      );
    });
  }));

test("a file, a folder below a file and a folder of something else are refused", () =>
  withFolder(async (folder) => {
    await mkdir(folder);
    const file = join(folder, "notes.txt");
    await writeFile(file, "mine");
    await expectError(open(file), "invalid", "path_not_folder");
    await expectError(open(join(file, "data")), "unavailable", "folder_unusable");
    await expectError(open(folder), "invalid", "not_a_database");
    assert.deepEqual(await readdir(folder), ["notes.txt"], "nothing was written there");
  }));

test("hidden files do not keep a folder from becoming a database", () =>
  withFolder(async (folder) => {
    await mkdir(folder);
    await writeFile(join(folder, ".gitignore"), "*");
    await withDatabase(folder, async (db) => void (await db.createCollection("a", { dimension: 1 })));
    await withDatabase(folder, async (db) => assert.equal((await db.listCollections()).length, 1));
  }));

test("folders that no name leads to are removed, other files stay", () =>
  withFolder(async (folder) => {
    await withDatabase(folder, async (db) => void (await db.createCollection("a", { dimension: 1 })));
    const collections = join(folder, "collections");
    const [kept] = await readdir(collections);
    await mkdir(join(collections, "0123456789abcdef"));
    await writeFile(join(collections, "0123456789abcdef", "data.mdb"), "half");
    await writeFile(join(collections, "notes.txt"), "mine");
    await withDatabase(folder, async () => undefined);
    assert.deepEqual(new Set(await readdir(collections)), new Set([kept, "notes.txt"]));
  }));

test("a dropped collection leaves no files", () =>
  withFolder(async (folder) => {
    await withDatabase(folder, async (db) => {
      const collection = await db.createCollection("a", { dimension: 1 });
      await collection.upsert([{ id: 1, vector: [1] }]);
      await db.dropCollection("a");
      assert.deepEqual(await readdir(join(folder, "collections")), []);
    });
  }));

test("a collection whose files are gone is corrupt, and can be dropped", () =>
  withFolder(async (folder) => {
    await withDatabase(folder, async (db) => void (await db.createCollection("a", { dimension: 1 })));
    const collections = join(folder, "collections");
    const [name] = await readdir(collections);
    await writeFile(join(collections, name!, "data.mdb"), "");
    await withDatabase(folder, async (db) => {
      await expectError(db.collection("a"), "corrupt", "store_missing");
      await expectError(db.collection("a"), "corrupt", "store_missing");
      assert.equal(await db.dropCollection("a"), true);
      await db.createCollection("a", { dimension: 1 });
    });
  }));

test("a reopened database answers as before, hit by hit, with and without its checkpoint", () =>
  withFolder(async (folder) => {
    const random = seededRandom(7);
    const dimension = 24;
    const points = Array.from({ length: 4000 }, (_, id) => ({ id, vector: randomVector(random, dimension) }));
    const queries = Array.from({ length: 20 }, () => ({
      vector: randomVector(random, dimension),
      limit: 20,
      ef: 100,
    }));
    let before: unknown;
    await withDatabase(folder, async (db) => {
      const collection = await db.createCollection("a", { dimension });
      await collection.upsert(points);
      await collection.delete([1, 2, 3]);
      await collection.waitForIndex();
      before = await collection.searchBatch(queries);
    });
    await withDatabase(folder, async (db) => {
      const collection = await db.collection("a");
      assert.deepEqual(await collection.searchBatch(queries), before);
      const stats = await collection.stats();
      assert.equal(stats.indexes[0]!.tailRows, 0, "the checkpoint was used");
      assert.equal(stats.indexes[0]!.unreachableRows, 0);
      const found = await collection.get([0, 5, 3999], { include: ["vector"] });
      assert.deepEqual(
        found.map((point) => point?.vector),
        [0, 5, 3999].map((id) => points[id]!.vector),
      );
    });
  }));

test("a vector that was damaged on the disk is damage to a search that compares it, and to no other", () =>
  withFolder(async (folder) => {
    const random = seededRandom(5);
    const vectors = Array.from({ length: 1200 }, () => randomVector(random, 24));
    await withDatabase(folder, async (db) => {
      const collection = await db.createCollection("a", { dimension: 24 });
      await collection.upsert(vectors.map((vector, id) => ({ id, vector })));
      // With a checkpoint, opening reads no vector.
      await collection.waitForIndex();
    });
    const damaged = Float32Array.from(vectors[300]!);
    await flipBit(folder, Buffer.from(damaged.buffer));
    await withDatabase(folder, async (db) => {
      const collection = await db.collection("a");
      const error = await expectError(
        collection.search({ vector: vectors[300]!, limit: 3 }),
        "corrupt",
        "record_corrupt",
      );
      assert.match(error.message, /vector of field 0 in row 300/);
      const [hit] = await collection.search({ vector: vectors[17]!, limit: 1 });
      assert.equal(hit?.id, 17);
    });
  }));

/** Flips a bit of the last byte of `mark` in whichever files of the folder have it. */
async function flipBit(folder: string, mark: Buffer): Promise<void> {
  let count = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith("data.mdb")) continue;
    const path = join(folder, name);
    const file = await readFile(path);
    for (let at = file.indexOf(mark); at !== -1; at = file.indexOf(mark, at + 1)) {
      file[at + mark.length - 1]! ^= 1;
      count++;
    }
    await writeFile(path, file);
  }
  assert.ok(count > 0, "the mark lies in a file");
}

test("a catalogue that was lost is damage, and no collection goes with it", () =>
  withFolder(async (folder) => {
    await withDatabase(folder, async (db) => {
      await db.createCollection("kept", { dimension: 2 });
    });
    await rm(join(folder, "catalog"), { recursive: true });
    await expectError(open(folder), "corrupt", "store_missing");
    assert.equal((await readdir(join(folder, "collections"))).length, 1);
  }));

test("deleting and writing again does not make a collection grow", () =>
  withFolder(async (folder) => {
    await withDatabase(folder, async (db) => {
      const points = await db.createCollection("points", { dimension: 16 });
      const random = seededRandom(3);
      const write = (from: number, n: number) =>
        points.upsert(
          Array.from({ length: n }, (_, i) => ({ id: from + i, vector: randomVector(random, 16) })),
        );
      await write(0, 2000);
      await points.waitForIndex();
      const rowCounts: number[] = [];
      for (let round = 0; round < 6; round++) {
        await points.delete(Array.from({ length: 1000 }, (_, i) => i));
        await points.waitForIndex();
        await write(0, 1000);
        await points.waitForIndex();
        const { points: count, store, indexes } = await points.stats();
        assert.equal(count, 2000);
        assert.equal(indexes[0]?.unreachableRows, 0);
        rowCounts.push(count + store.freeRows);
      }
      // The first round may run ahead of the checkpoint that frees its rows; none after it may.
      assert.ok(Math.max(...rowCounts) <= 3000, `rows after each round: ${rowCounts.join(" ")}`);
    });
  }));
