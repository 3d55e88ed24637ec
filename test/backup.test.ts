// Backups while writing goes on, full and based on each other: each is restored and compared with what the collections
// were behind the operation that the backup says.

import assert from "node:assert/strict";
import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { open, restore, type BackupResult, type Database } from "omendb";
import { below, History, historyConfig } from "./backup-history.js";
import { expectError, seededRandom } from "./conformance-expect.js";
import { makeFolder, withDatabase } from "./conformance-place.js";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const { folder, remove } = await makeFolder();
  try {
    await mkdir(folder, { recursive: true });
    await use(folder);
  } finally {
    await remove();
  }
}

async function newHistory(db: Database, name: string): Promise<History> {
  return new History(name, await db.createCollection(name, historyConfig));
}

test("every backup restores to the moment that it says, full or based on another, while writers go on", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), (seed) => withFolder((folder) => runRandomly(folder, seed))),
    { numRuns: 4 },
  );
});

async function runRandomly(folder: string, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const source = join(folder, "source");
  const results: BackupResult[] = [];
  const histories = new Map<string, History>();
  await withDatabase(source, async (db) => {
    for (const name of ["first", "second"]) histories.set(name, await newHistory(db, name));
    const writes: Promise<unknown>[] = [];
    let backup: Promise<void> | undefined;
    for (let step = 0; step < 150 || backup !== undefined; step++) {
      for (const history of histories.values()) writes.push(history.write(random));
      if (step % 40 === 20) {
        const name = `late-${step}`;
        histories.set(name, await newHistory(db, name));
      }
      if (step < 150 && below(random, 8) === 0)
        backup ??= backUp(db, { folder, results, random }).finally(() => (backup = undefined));
      if (writes.length > 6) await Promise.all(writes.splice(0));
    }
    await Promise.all(writes);
    await backUp(db, { folder, results, random });
  });
  for (const { path, collections } of results) {
    const target = join(folder, "restored");
    const restored = await restore(path, target, { replace: true });
    assert.deepEqual(restored.collections, collections);
    await withDatabase(target, async (db) => {
      assert.deepEqual(
        (await db.listCollections()).map(({ name }) => name),
        collections.map(({ name }) => name),
      );
      for (const { name, sequence } of collections) await histories.get(name)!.check(db, sequence);
    });
  }
}

interface BackupPlan {
  readonly folder: string;
  readonly results: BackupResult[];
  readonly random: () => number;
}

async function backUp(db: Database, { folder, results, random }: BackupPlan): Promise<void> {
  const base = results[below(random, results.length + 1)];
  const path = join(folder, `backup-${results.length}`);
  const verify = below(random, 2) === 0 ? "records" : "checksums";
  const result = await db.backup(path, { verify, ...(base === undefined ? {} : { base: base.path }) });
  assert.equal(result.baseId, base?.id);
  results.push(result);
}

test("a backup shows all collections as of one moment", () =>
  withFolder((folder) =>
    withDatabase(join(folder, "source"), async (db) => {
      const first = await newHistory(db, "first");
      const second = await newHistory(db, "second");
      const random = seededRandom(1);
      let isDone = false;
      // Each write of the second collection is asked for when one of the first is durable, and the other way around.
      const writing = (async () => {
        while (!isDone) {
          await first.write(random);
          await second.write(random);
        }
      })();
      for (let i = 0; i < 15; i++) {
        const { collections } = await db.backup(join(folder, `backup-${i}`), { verify: "checksums" });
        const [a, b] = collections.map(({ sequence }) => sequence);
        assert.ok(
          a === b || a === b! + 1,
          `${String(a)} operations on the first, ${String(b)} on the second`,
        );
      }
      isDone = true;
      await writing;
    }),
  ));

test("a backup based on another writes what is new alone, and needs that one beside it", () =>
  withFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    let history: History | undefined;
    let sequence = 0;
    await withDatabase(at("source"), async (db) => {
      history = await newHistory(db, "only");
      const random = seededRandom(2);
      for (; sequence < 200; sequence++) await history.write(random);
      const full = await db.backup(at("full"));
      const same = await db.backup(at("same"), { base: at("full") });
      assert.ok(same.writtenBytes < full.writtenBytes / 20, `${same.writtenBytes} of ${full.writtenBytes}`);
      await history.write(random);
      sequence++;
      const third = await db.backup(at("third"), { base: at("same") });
      assert.ok(third.writtenBytes < full.writtenBytes, `${third.writtenBytes} of ${full.writtenBytes}`);
      await mkdir(at("elsewhere"));
      await expectError(db.backup(at("elsewhere/b"), { base: at("full") }), "invalid", "backup_place");
      await expectError(db.backup(at("fourth"), { base: at("source") }), "invalid", "not_a_backup");
      assert.deepEqual(await readdir(at("elsewhere")), []);
    });
    // Under whichever name, but in this folder.
    await rename(at("full"), at("renamed"));
    await restore(at("third"), at("target"));
    await withDatabase(at("target"), (db) => history!.check(db, sequence));
    await rename(at("renamed"), at("elsewhere/full"));
    await expectError(restore(at("third"), at("other")), "not_found", "backup_base_missing");
    assert.ok(!(await readdir(folder)).includes("other"));
  }));

test("a restored database has its checkpoints, unless they were left out", () =>
  withFolder(async (folder) => {
    const source = join(folder, "source");
    await withDatabase(source, async (db) => {
      const collection = await db.createCollection("only", { dimension: 8 });
      const random = seededRandom(3);
      const points = Array.from({ length: 6000 }, (_, id) => ({
        id,
        vector: Array.from({ length: 8 }, () => random() - 0.5),
      }));
      await collection.upsert(points);
      await collection.waitForIndex();
    });
    await withDatabase(source, async (db) => {
      await db.backup(join(folder, "with"));
      await db.backup(join(folder, "without"), { checkpoints: false });
    });
    const linkedRows = async (backup: string): Promise<number> => {
      const target = join(folder, `of-${backup}`);
      await restore(join(folder, backup), target);
      let linked = 0;
      await withDatabase(target, async (db) => {
        const { indexes, points } = await (await db.collection("only")).stats();
        assert.equal(points, 6000);
        linked = indexes[0]!.linkedRows;
      });
      return linked;
    };
    assert.equal(await linkedRows("with"), 6000);
    assert.ok((await linkedRows("without")) < 6000);
  }));

test("collections that were never opened are backed up, opened meanwhile, and dropped afterwards", () =>
  withFolder(async (folder) => {
    const source = join(folder, "source");
    const random = seededRandom(4);
    const pasts: History[] = [];
    await withDatabase(source, async (db) => {
      for (const name of ["a", "b", "c"]) {
        const history = await newHistory(db, name);
        for (let i = 0; i < 20; i++) await history.write(random);
        pasts.push(history);
      }
    });
    await withDatabase(source, async (db) => {
      const backup = db.backup(join(folder, "backup"));
      const opened = await db.collection("a");
      await opened.delete({ filter: { number: { $gte: 0 } } });
      assert.equal(await opened.count(), 0);
      assert.equal(await db.dropCollection("b"), true);
      assert.deepEqual(
        (await backup).collections.map(({ name }) => name),
        ["a", "b", "c"],
      );
      await db.backup(join(folder, "later"));
      assert.equal(await db.dropCollection("c"), true);
    });
    await restore(join(folder, "backup"), join(folder, "target"));
    await withDatabase(join(folder, "target"), async (db) => {
      for (const history of pasts.slice(1)) await history.check(db, 20);
    });
  }));

test("where a backup may be written", () =>
  withFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    await withDatabase(at("source"), async (db) => {
      await db.createCollection("only", { dimension: 1 });
      await mkdir(at("empty"));
      await db.backup(at("empty"));
      await db.backup(at("deep/er"));
      await expectError(db.backup(at("empty")), "conflict", "target_not_empty");
      await expectError(db.backup(at("source/backup")), "invalid", "backup_place");
      await writeFile(at("file"), "");
      await expectError(db.backup(at("file")), "invalid", "path_not_folder");
      await expectError(db.backup(at("new"), { base: at("none") }), "invalid", "not_a_backup");
      await expectError(db.backup(""), "invalid", "path");
      await expectError(db.backup(at("new"), { verify: "all" as "records" }), "invalid", "unknown_value");
      await expectError(db.backup(at("new"), { onProgress: 1 as never }), "invalid", "wrong_type");
      const both = await Promise.allSettled([db.backup(at("new")), db.backup(at("new"))]);
      assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
      await restore(at("new"), at("target"));
    });
    const memory = await open(":memory:");
    await expectError(memory.backup(at("memory")), "unsupported", "backup_in_memory");
    await memory.close();
    await expectError(memory.backup(at("memory")), "closed", "database_closed");
  }));

test("progress comes to its end, and one that throws leaves nothing", () =>
  withFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    await withDatabase(at("source"), async (db) => {
      const history = await newHistory(db, "only");
      const random = seededRandom(5);
      for (let i = 0; i < 100; i++) await history.write(random);
      const stages = new Map<string, number>();
      const { totalBytes } = await db.backup(at("backup"), {
        onProgress: ({ stage, doneBytes }) => stages.set(stage, doneBytes),
      });
      assert.deepEqual(Object.fromEntries(stages), { copying: totalBytes, verifying: totalBytes });
      for (const bad of ["copying", "verifying"]) {
        const failing = db.backup(at("failed"), {
          onProgress: ({ stage }) => {
            if (stage === bad) throw new RangeError("made up");
          },
        });
        await assert.rejects(failing, RangeError);
        assert.ok(!(await readdir(folder)).includes("failed"));
      }
      await history.write(random);
    });
    const failing = restore(at("backup"), at("source"), {
      replace: true,
      onProgress: ({ stage }) => {
        if (stage === "writing") throw new RangeError("made up");
      },
    });
    await assert.rejects(failing, RangeError);
    const left = await readdir(at("source"));
    assert.deepEqual(
      left.filter((name) => !name.startsWith("lock.")),
      ["catalog", "collections"],
    );
    await withDatabase(at("source"), async (db) => {
      assert.equal((await (await db.collection("only")).stats()).sequence, 101);
    });
  }));

test("what a backup may be restored into", () =>
  withFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    await withDatabase(at("source"), async (db) => {
      await db.createCollection("only", { dimension: 1 });
      await db.backup(at("backup"));
      await expectError(restore(at("backup"), at("source")), "conflict", "folder_locked");
      await expectError(restore(at("backup"), at("source"), { replace: true }), "conflict", "folder_locked");
    });
    await expectError(restore(at("backup"), at("source")), "conflict", "target_not_empty");
    await expectError(restore(at("backup"), at("backup/in")), "invalid", "backup_place");
    await mkdir(at("other"));
    await writeFile(at("other/file"), "");
    await expectError(restore(at("backup"), at("other"), { replace: true }), "invalid", "not_a_database");
    await expectError(restore(at("other"), at("target")), "invalid", "not_a_backup");
    await expectError(restore(at("backup"), ":memory:"), "invalid", "path");
    // A database without collections has nothing to lose.
    await withDatabase(at("empty"), async () => undefined);
    await restore(at("backup"), at("empty"));
    // A damaged one may be replaced, and nothing else.
    await rm(at("empty/catalog"), { recursive: true });
    await expectError(restore(at("backup"), at("empty")), "conflict", "target_not_empty");
    await restore(at("backup"), at("empty"), { replace: true });
    assert.equal((await readdir(at("empty/collections"))).length, 1);
    await withDatabase(at("empty"), async (db) => assert.equal((await db.listCollections()).length, 1));
    // A copy of a backup is one.
    await cp(at("backup"), at("copied"), { recursive: true });
    await restore(at("copied"), at("target"));
  }));
