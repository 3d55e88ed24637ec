// Compacting: what can be read stays as it was, whatever goes on meanwhile, fails, or kills the process.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type SeededRandom, seededRandom } from "../base/seeded-random.js";
import { canCompact, copyFolder } from "./compact-copy.js";
import { checkScript, scriptDimension } from "./compacting-writer.suite.js";
import { type LmdbPointStoreOptions, openLmdbPointStore } from "./lmdb-point-store.js";
import { PointModel } from "./point-model.suite.js";
import type { PointStore, StoreChange } from "./point-store.js";
import { put } from "./point-store.suite.js";
import { TestFolders } from "./test-folders.suite.js";

const folders = new TestFolders();
after(() => folders.remove());

const dimensions = [256, 2];
const count = 1000;
const kept = 100;

interface Trial {
  readonly folder: string;
  readonly store: PointStore;
  readonly model: PointModel;
}

/** A store of which most points were removed. */
async function emptied(options: Partial<LmdbPointStoreOptions> = {}): Promise<Trial> {
  const folder = folders.make();
  const store = await openLmdbPointStore(folder, { dimensions, ...options });
  const model = new PointModel();
  await model.commit(
    store,
    Array.from({ length: count }, (_, row) => point(row)),
  );
  await model.commit(store, [{ kind: "metadata", id: "point 950", row: 950, metadata: '{"changed":true}' }]);
  await model.commit(
    store,
    Array.from({ length: count - kept }, (_, row) => ({ kind: "remove", id: `point ${row}`, row })),
  );
  return { folder, store, model };
}

function point(row: number): StoreChange {
  const vectors = row % 3 === 0 ? [undefined, Float32Array.of(row, 1)] : [vectorOf(row), undefined];
  return put({ id: `point ${row}`, row, vectors });
}

function vectorOf(row: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, i) => row + i / 7);
}

async function checkAll({ store, model }: Pick<Trial, "store" | "model">): Promise<void> {
  model.check(store);
  await store.verifyKeys();
}

async function checkReopened({ folder, model }: Trial): Promise<void> {
  const store = await openLmdbPointStore(folder, { dimensions, mode: "open" });
  await checkAll({ store, model });
  await store.close();
  assert.deepEqual(namesIn(folder), ["data.mdb", "lock.mdb"]);
}

/** But for the reserve, which is made in the background. */
function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== "reserve.omen")
    .sort();
}

/** Files without a name that this process has open. */
function namelessFiles(folder: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(folder) && target.endsWith(" (deleted)") ? [target] : [];
    } catch {
      return [];
    }
  });
}

function firstOf(walk: IterableIterator<unknown>): unknown {
  return walk.next().value as unknown;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("compacting", { skip: !canCompact && "files that are open cannot be replaced" }, () => {
  test("gives the free pages back and changes nothing that can be read", async () => {
    const trial = await emptied();
    const { folder, store, model } = trial;
    const before = store.fileBytes();
    const used = store.usedBytes();
    assert.ok(used < before / 4, `${used} of ${before} bytes are used`);
    await store.compact();
    assert.equal(store.fileBytes(), used, "the pages are counted exactly");
    assert.equal(store.usedBytes(), used);
    await checkAll(trial);
    await model.commit(store, [point(3), point(4)]);
    await model.trim(store, 3);
    await checkAll(trial);
    await store.compact();
    await checkAll(trial);
    await store.close();
    assert.deepEqual(namelessFiles(folder), []);
    await checkReopened(trial);
  });

  test("an empty store stays one", async () => {
    const folder = folders.make();
    const store = await openLmdbPointStore(folder, { dimensions });
    await store.compact();
    const model = new PointModel();
    model.check(store);
    await model.commit(store, [point(1)]);
    await store.close();
    const reopened = await openLmdbPointStore(folder, { dimensions, mode: "open" });
    model.check(reopened);
    await reopened.close();
  });

  test("goes on beside reads, writes and walks, which keep what they began with", async () => {
    const trial = await emptied();
    const { folder, store, model } = trial;
    const expected = [[...store.ids()], [...store.points()], [...store.rows(5)], [...store.rowsOf(0)]];
    const expectedChanges = [...store.changesSince(0)!];
    const walks = [store.ids(), store.points(), store.rows(5), store.rowsOf(0)];
    const begun = walks.map((walk) => [firstOf(walk)]);
    const changes = store.changesSince(0)!;
    const firstChange = firstOf(changes);

    const vector = new Float32Array(256);
    let isDone = false;
    const compacted = store.compact().finally(() => (isDone = true));
    const written = model.commit(store, [point(7)]);
    while (!isDone) {
      assert.equal(store.readVector(0, 950, vector, 0), true);
      assert.deepEqual(vector, vectorOf(950));
      assert.equal(store.rowOf("point 950"), 950);
      assert.equal([...store.rows()].length, store.state.pointCount);
      await nextTurn();
    }
    await compacted;
    await written;
    await model.commit(store, [{ kind: "remove", id: "point 999", row: 999 }, point(8)]);
    model.check(store);

    if (process.platform === "linux") assert.ok(namelessFiles(folder).length > 0, "walks keep the old file");
    for (const [i, walk] of walks.entries()) begun[i]!.push(...walk);
    assert.deepEqual(begun, expected);
    assert.deepEqual([firstChange, ...changes], expectedChanges);
    // Closing the old file takes a turn in another thread.
    while (namelessFiles(folder).length > 0) await nextTurn();
    model.check(store);
    await store.close();
  });

  test("a walk that is left ends with the store, in whichever file it is", async () => {
    const trial = await emptied();
    const walk = trial.store.points();
    walk.next();
    await trial.store.compact();
    const later = trial.store.points();
    later.next();
    await trial.store.close();
    for (const left of [walk, later])
      assert.throws(() => left.next(), { kind: "closed", code: "store_closed" });
    assert.deepEqual(namelessFiles(trial.folder), []);
    await checkReopened(trial);
  });

  test("closing waits for it, and it does not begin after that", async () => {
    const trial = await emptied();
    const { store } = trial;
    const before = store.fileBytes();
    await Promise.all([store.compact(), store.close()]);
    await assert.rejects(store.compact(), { kind: "closed", code: "store_closed" });
    await checkReopened(trial);
    const reopened = await openLmdbPointStore(trial.folder, { dimensions, mode: "open" });
    assert.ok(reopened.fileBytes() < before / 4);
    await reopened.close();
  });

  const other = async (): Promise<string> => {
    const folder = folders.make();
    const store = await openLmdbPointStore(folder, { dimensions });
    await store.commit({ sequence: 3, changes: [point(1)] });
    await store.close();
    return join(folder, "data.mdb");
  };
  const failures: [string, Partial<LmdbPointStoreOptions>, object][] = [
    ["an error", { onCopied: () => Promise.reject(new Error("injected")) }, { message: "injected" }],
    [
      "a copy cut short",
      { onCopied: async (folder) => truncateSync(join(folder, "data.mdb"), 200_000) },
      { code: "file_truncated" },
    ],
    [
      "a copy that is not one",
      { onCopied: async (folder) => writeFileSync(join(folder, "data.mdb"), Buffer.alloc(100_000)) },
      { code: "file_damaged" },
    ],
    [
      "a copy of something else",
      { onCopied: async (folder) => copyFileSync(await other(), join(folder, "data.mdb")) },
      { code: "meta_corrupt" },
    ],
    ["a disk without room for the copy", { freeBytes: async () => 2 ** 20 }, { code: "disk_full" }],
  ];
  for (const [what, options, error] of failures) {
    test(`${what} leaves all as it was`, async () => {
      const trial = await emptied(options);
      const { folder, store, model } = trial;
      const before = store.fileBytes();
      const walk = store.points();
      walk.next();
      await assert.rejects(store.compact(), error);
      assert.equal(store.fileBytes(), before);
      assert.equal(existsSync(copyFolder(folder)), false);
      assert.equal([...walk].length, kept - 1);
      await model.commit(store, [point(5)]);
      await checkAll(trial);
      await store.close();
      await checkReopened(trial);
    });
  }

  test("a copy that vanishes before it is renamed leaves all as it was", async () => {
    const trial = await emptied();
    const compacted = trial.store.compact();
    // LMDB makes the second file when it opens the copy; flushing takes turns after that.
    await removeOnceThere(trial.folder, { awaited: "lock.mdb", removed: "data.mdb" });
    await assert.rejects(compacted, { code: "ENOENT" });
    await trial.model.commit(trial.store, [point(5)]);
    await checkAll(trial);
    await trial.store.close();
    await checkReopened(trial);
  });

  test("a failure behind the renaming stops writes until the store is opened again", async () => {
    const trial = await emptied();
    const { store } = trial;
    const compacted = store.compact();
    await removeOnceThere(trial.folder, { awaited: "lock.mdb", removed: "lock.mdb" });
    const poisoned = { kind: "unavailable", code: "poisoned" };
    await assert.rejects(compacted, poisoned);
    await assert.rejects(store.commit({ sequence: 5000, changes: [point(5)] }), poisoned);
    await assert.rejects(store.compact(), poisoned);
    await checkAll(trial);
    await store.close();
    await checkReopened(trial);
  });

  test("what a crash left of a copy is removed at the next opening", async () => {
    const trial = await emptied();
    await trial.store.close();
    mkdirSync(copyFolder(trial.folder));
    writeFileSync(join(copyFolder(trial.folder), "data.mdb"), "half");
    await checkReopened(trial);
  });

  test("a kill at any moment loses nothing", { timeout: 60_000 }, async (t) => {
    const seed = Date.now() % 2 ** 32;
    t.diagnostic(`seed ${seed}`);
    const random = seededRandom(seed);
    let compactions = 0;
    // Side by side, since most of the time goes into starting programs and flushing.
    const runs = [1, 2, 3, 4].map(async () => {
      const folder = folders.make();
      for (let cycle = 0; cycle < 5; cycle++) {
        const { acknowledged, compacted } = await writeUntilKilled(folder, random);
        compactions += compacted;
        const store = await openLmdbPointStore(folder, { dimensions: [scriptDimension] });
        assert.ok(store.state.sequence >= acknowledged, `${acknowledged} acknowledged, seed ${seed}`);
        checkScript(store);
        await store.verifyKeys();
        await store.close();
        assert.deepEqual(namesIn(folder), ["data.mdb", "lock.mdb"]);
      }
    });
    await Promise.all(runs);
    t.diagnostic(`${compactions} compactions finished`);
  });
});

/** Removes a file of the copy in the first turn in which another one is there. */
async function removeOnceThere(
  folder: string,
  { awaited, removed }: { readonly awaited: string; readonly removed: string },
): Promise<void> {
  while (!existsSync(join(copyFolder(folder), awaited))) await nextTurn();
  rmSync(join(copyFolder(folder), removed));
}

/** Runs the program and kills it some time after it has begun to compact for the first time. */
async function writeUntilKilled(
  folder: string,
  random: SeededRandom,
): Promise<{ acknowledged: number; compacted: number }> {
  const program = fileURLToPath(new URL("./compacting-writer.suite.js", import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const delayMs = random.next() * 120;
  let output = "";
  let isDoomed = false;
  child.stdout.on("data", (text: Buffer) => {
    output += text.toString();
    if (isDoomed || !output.includes("compacting")) return;
    isDoomed = true;
    setTimeout(() => child.kill("SIGKILL"), delayMs);
  });
  const signal = await new Promise((resolve) => child.once("close", (_, by) => resolve(by)));
  assert.equal(signal, "SIGKILL", `the program must not end by itself; it printed ${output}`);
  const lines = output.split("\n");
  const acknowledged = lines.slice(0, -1).filter((line) => /^\d+$/.test(line));
  return {
    acknowledged: Number(acknowledged.at(-1) ?? 0),
    compacted: lines.filter((line) => line === "compacted").length,
  };
}
