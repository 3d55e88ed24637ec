// One test for each way in which lmdb, used naively, loses or alters data: see docs/decisions/lmdb.md.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { xxHash32OfBytes } from "../base/checksum.js";
import type { FailureReport } from "./failing-flush.suite.js";
import { open } from "./lmdb-module.js";
import { openLmdbPointStore } from "./lmdb-point-store.js";
import { PointModel } from "./point-model.suite.js";
import type { PointStore, StoreChange } from "./point-store.js";
import { put, suiteDimensions } from "./point-store.suite.js";
import { emptyStoreMeta, writeStoreMeta } from "./store-meta.js";
import { TestFolders } from "./test-folders.suite.js";

const folders = new TestFolders();
after(() => folders.remove());

const dimensions = suiteDimensions;
const openStore = (folder: string): Promise<PointStore> => openLmdbPointStore(folder, { dimensions });

/** A closed store of `count` points, and its model. */
async function storedPoints(count: number): Promise<{ folder: string; path: string; model: PointModel }> {
  const folder = folders.make();
  const store = await openStore(folder);
  const model = new PointModel();
  await model.commit(
    store,
    Array.from({ length: count }, (_, row) =>
      put({ id: `point ${row}`, row, metadata: `{"marked":"metadata ${row}"}` }),
    ),
  );
  await store.close();
  return { folder, path: join(folder, "data.mdb"), model };
}

describe("what lmdb does with values and keys", () => {
  test("appends out of order would be dropped: rows in any order are stored", async () => {
    const folder = folders.make();
    const store = await openStore(folder);
    const model = new PointModel();
    const rows = (list: number[]): StoreChange[] => list.map((row) => put({ id: row, row }));
    await model.commit(store, rows([9, 3, 7, 1]));
    await model.commit(store, rows([2, 20, 10, 8]));
    await model.commit(store, [{ kind: "remove", id: 20, row: 20 }, ...rows([30])]);
    await model.commit(
      store,
      rows([20, 25, 31]).map((change) => ({ ...change })),
    );
    model.check(store);
    await store.verifyKeys();
    await store.close();
    const reopened = await openStore(folder);
    model.check(reopened);
    await reopened.close();
  });

  test("values are kept by reference: buffers changed before the flush do not matter", async () => {
    const store = await openStore(folders.make());
    // So few are encoded before the event loop turns; only then are the buffers changed, and LMDB still writes.
    const rowCount = 64;
    const vectors = Array.from({ length: rowCount }, (_, row) => Float32Array.of(row, 1, 2));
    const changes = vectors.map((vector, row) => put({ id: row, row, vectors: [vector, undefined] }));
    const committed = store.commit({ sequence: 1, changes });
    setImmediate(() => vectors.forEach((vector) => vector.fill(-1)));
    await committed;
    const target = new Float32Array(3);
    for (let row = 0; row < rowCount; row++) {
      store.readVector(0, row, target, 0);
      assert.deepEqual([...target], [row, 1, 2]);
    }
    await store.close();
  });

  test("shared memory is stored wrongly or refused: vectors in it are copied", async () => {
    const store = await openStore(folders.make());
    const shared = [new Float32Array(new SharedArrayBuffer(12)), new Float32Array(sharedWasmMemory(), 16, 3)];
    const changes = shared.map((vector, row) => {
      vector.set([row, 0.5, -1]);
      return put({ id: row, row, vectors: [vector, undefined] });
    });
    await store.commit({ sequence: 1, changes });
    for (let row = 0; row < 2; row++) {
      const target = new Float32Array(3);
      store.readVector(0, row, target, 0);
      assert.deepEqual([...target], [row, 0.5, -1]);
    }
    await store.close();
  });

  test("u32 keys wrap: rows out of range are refused", async () => {
    const store = await openStore(folders.make());
    for (const row of [-1, 0.5, 2 ** 32, Number.NaN]) {
      assert.throws(() => store.readPoint(row), { name: "AssertionError" });
      assert.throws(() => store.readVector(0, row, new Float32Array(3), 0), { name: "AssertionError" });
    }
    await store.close();
  });

  test("the read buffer is one for all: interleaved reads of stores and walks do not mix", async () => {
    const stores = await Promise.all([0, 1].map(() => openStore(folders.make())));
    for (const [which, store] of stores.entries()) {
      const changes = Array.from({ length: 50 }, (_, row) =>
        put({
          id: row,
          row,
          metadata: `{"of":${which}}`,
          vectors: [Float32Array.of(row, which, 0), undefined],
        }),
      );
      await store.commit({ sequence: 1, changes });
    }
    const target = new Float32Array(3);
    for (const { row, point } of stores[0]!.points()) {
      assert.equal(stores[1]!.readPoint(row)?.metadata, '{"of":1}');
      assert.equal(stores[1]!.readVector(0, row, target, 0), true);
      assert.deepEqual([...target], [row, 1, 0]);
      assert.equal(point.metadata, '{"of":0}');
      assert.equal(stores[0]!.rowOf(row), row);
    }
    for (const store of stores) await store.close();
  });

  test("the read buffer is replaced for a value above 16 MiB: reads go on", async () => {
    const store = await openStore(folders.make());
    await store.commit({ sequence: 1, changes: [put({ id: 1, row: 0 })] });
    assert.ok(store.readPoint(0));
    const other = open(folders.make(), { encoding: "binary", keyEncoding: "binary" });
    const key = Buffer.from("large");
    await other.put(key, Buffer.alloc(2 ** 24 + 3));
    assert.ok(other.getBinaryFast(key));
    const target = new Float32Array(3);
    store.readVector(0, 0, target, 0);
    assert.deepEqual([...target], [0, 1, 2]);
    assert.equal(store.readPoint(0)?.id, 1);
    await other.close();
    await store.close();
  });

  test("a large batch gives way to the event loop and is whole", async () => {
    const store = await openStore(folders.make());
    const changes = Array.from({ length: 5000 }, (_, row) => put({ id: `id ${row}`, row }));
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    count();
    await store.commit({ sequence: 1, changes });
    isDone = true;
    assert.ok(turns >= 4);
    assert.equal([...store.points()].length, 5000);
    await store.close();
  });
});

describe("damage", () => {
  const marks: [string, () => Buffer, (store: PointStore) => unknown][] = [
    ["metadata", () => Buffer.from("metadata 7"), (store) => store.readPoint(7)],
    ["an id in its point", () => Buffer.from('point 7{"marked'), (store) => store.readPoint(7)],
    [
      "a vector",
      () => bytesOf(Float32Array.of(8, 1, 2)),
      (store) => store.readVector(0, 8, new Float32Array(3), 0),
    ],
    ["an id", () => Buffer.from("point 9"), (store) => [...store.ids()]],
    ["row changes", () => bytesOf(Uint32Array.of(5, 6, 7, 8, 9, 10)), (store) => [...store.changesSince(0)!]],
  ];
  for (const [what, mark, read] of marks) {
    test(`a flipped bit in ${what} is found when it is read`, async () => {
      const { folder, path } = await storedPoints(12);
      flipBits(path, mark());
      const store = await openStore(folder);
      assert.throws(() => read(store), { kind: "corrupt" });
      await store.close();
    });
  }

  test("a flipped bit in a vector that is read unchecked does not go with its checksum", async () => {
    const { folder, path } = await storedPoints(12);
    const target = new Float32Array(3);
    const read = (store: PointStore): { readonly sum: number; readonly stored: number } => {
      const stored = store.readVectorUnchecked?.(0, 8, target, 0);
      return { sum: xxHash32OfBytes(bytesOf(target), 8), stored: stored! };
    };
    const whole = await openStore(folder);
    const before = read(whole);
    assert.equal(before.sum, before.stored);
    assert.equal(whole.readVectorUnchecked?.(0, 12, target, 0), -1);
    await whole.close();
    flipBits(path, bytesOf(Float32Array.of(8, 1, 2)));
    const damaged = await openStore(folder);
    const after = read(damaged);
    assert.equal(after.stored, before.stored);
    assert.notEqual(after.sum, after.stored);
    await damaged.close();
  });

  test("a flipped bit in the meta record is found at once", async () => {
    const { folder, path } = await storedPoints(12);
    flipBits(path, bytesOf(Uint32Array.of(12, 2)));
    await assert.rejects(openStore(folder), { kind: "corrupt", code: "meta_corrupt" });
  });

  test("a file cut short, which would be a SIGBUS, is refused", async () => {
    const { folder, path } = await storedPoints(500);
    const { size } = statSync(path);
    for (const bytes of [size - 1, size - 16384, 40000]) {
      truncateSync(path, bytes);
      await assert.rejects(openStore(folder), { kind: "corrupt", code: "file_truncated" });
    }
    for (const bytes of [16400, 100]) {
      truncateSync(path, bytes);
      await assert.rejects(openStore(folder), { kind: "corrupt", code: "file_damaged" });
    }
  });

  test("a file that is not LMDB's is refused", async () => {
    const { folder, path } = await storedPoints(1);
    writeFileSync(path, "x".repeat(100_000));
    await assert.rejects(openStore(folder), { kind: "corrupt", code: "file_damaged" });
  });

  test("an emptied or missing file is not taken for a new store", async () => {
    const { folder, path } = await storedPoints(1);
    truncateSync(path, 0);
    const missing = { kind: "corrupt", code: "store_missing" };
    await assert.rejects(openLmdbPointStore(folder, { dimensions, mode: "open" }), missing);
    await assert.rejects(openLmdbPointStore(join(folder, "none"), { dimensions, mode: "open" }), missing);
  });

  test("a store that exists is not created again", async () => {
    const { folder } = await storedPoints(1);
    const create = openLmdbPointStore(folder, { dimensions, mode: "create" });
    await assert.rejects(create, { kind: "conflict", code: "store_exists" });
  });

  test("other dimensions are refused", async () => {
    const { folder } = await storedPoints(1);
    const other = openLmdbPointStore(folder, { dimensions: [3, 3] });
    await assert.rejects(other, { kind: "corrupt", code: "dimensions_mismatch" });
  });

  test("an unknown format version is refused", async () => {
    const { folder } = await storedPoints(1);
    const record = Buffer.from(writeStoreMeta(emptyStoreMeta(dimensions), 2));
    await alter(folder, "meta", (table) => table.put(Buffer.from("state"), record));
    await assert.rejects(openStore(folder), { kind: "unsupported", code: "format_version" });
  });

  test("a store whose meta record is gone is refused", async () => {
    const { folder } = await storedPoints(1);
    await alter(folder, "meta", (table) => table.remove(Buffer.from("state")));
    await assert.rejects(openStore(folder), { kind: "corrupt", code: "keys_missing" });
    const strictly = openLmdbPointStore(folder, { dimensions, mode: "open" });
    await assert.rejects(strictly, { kind: "corrupt", code: "meta_corrupt" });
  });

  for (const name of ["points", "vectors/0", "vectors/1"]) {
    test(`a row missing from ${name} is found at once, one in place of another when keys are verified`, async () => {
      const { folder } = await storedPoints(12);
      await alter(folder, name, (table) => table.remove(5));
      await assert.rejects(openStore(folder), { kind: "corrupt", code: "keys_missing" });
      await alter(folder, name, (table) => table.put(400, Buffer.alloc(16)));
      const store = await openStore(folder);
      await assert.rejects(store.verifyKeys(), { kind: "corrupt", code: "keys_missing" });
      await store.close();
    });
  }

  test("row changes with one missing are never handed out", async () => {
    const { folder } = await storedPoints(2);
    await alter(folder, "changes", (table) => {
      for (const key of table.getKeys()) table.remove(key);
      table.put(Buffer.alloc(8, 1), Buffer.alloc(8));
    });
    const store = await openStore(folder);
    assert.throws(() => store.changesSince(0), { kind: "corrupt", code: "keys_missing" });
    await store.close();
  });
});

describe("failed flushes", { skip: process.platform === "win32" && "there is no ulimit" }, () => {
  test("poison the store until it is opened again, and nothing acknowledged is lost", async () => {
    const folder = folders.make();
    const report = await runFailingFlush([folder, "sound"]);
    assert.deepEqual(
      { failure: report.failure, again: report.again, trim: report.trim },
      { failure: "unavailable/flush_failed", again: "unavailable/poisoned", trim: "unavailable/poisoned" },
    );
    await checkAfterFailure(folder, report);
  });

  test("of a full disk are told as such, and do not poison", async () => {
    const folder = folders.make();
    const report = await runFailingFlush([folder, "full"]);
    assert.equal(report.failure, "unavailable/disk_full");
    assert.equal(report.again, "unavailable/disk_full");
    assert.notEqual(report.trim, "unavailable/poisoned");
    await checkAfterFailure(folder, report);
  });
});

test("a worker thread reads what was committed before it opened the store", async () => {
  const { folder } = await storedPoints(20);
  const store = await openStore(folder);
  const source = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData.module).then(async ({ openLmdbPointStore }) => {
      const store = await openLmdbPointStore(workerData.folder, { dimensions: workerData.dimensions });
      const target = new Float32Array(3);
      const sums = [...store.points()].map(({ row }) => (store.readVector(0, row, target, 0), target[0]));
      await store.close();
      parentPort.postMessage(sums);
    });`;
  const module = new URL("./lmdb-point-store.js", import.meta.url).href;
  const worker = new Worker(source, { eval: true, workerData: { module, folder, dimensions } });
  const rows = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  assert.deepEqual(
    rows,
    Array.from({ length: 20 }, (_, row) => row),
  );
  await worker.terminate();
  await store.commit({ sequence: 9, changes: [put({ id: 1, row: 30 })] });
  assert.equal(store.rowOf(1), 30);
  await store.close();
});

/** The declarations of Node 20 do not know WebAssembly. */
function sharedWasmMemory(): SharedArrayBuffer {
  type Memory = new (limits: object) => { buffer: SharedArrayBuffer };
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: Memory } };
  return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer;
}

function bytesOf(array: Float32Array | Uint32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/** Flips the lowest bit of the last byte of every place where `mark` lies in the file. */
function flipBits(path: string, mark: Buffer): void {
  const file = readFileSync(path);
  let found = 0;
  for (let at = file.indexOf(mark); at !== -1; at = file.indexOf(mark, at + 1)) {
    const last = at + mark.length - 1;
    file[last] = file[last]! ^ 1;
    found++;
  }
  assert.ok(found > 0, "the mark must lie in the file");
  writeFileSync(path, file);
}

interface RawTable {
  put(key: number | Buffer, value: Buffer): unknown;
  remove(key: number | Buffer): unknown;
  getKeys(): Iterable<Buffer>;
}

/** Changes a table behind the back of the store. */
async function alter(folder: string, name: string, change: (table: RawTable) => void): Promise<void> {
  const root = open(folder, {
    noSubdir: false,
    overlappingSync: false,
    pageSize: 16384,
    maxDbs: 8,
    encoding: "binary",
  });
  const keyEncoding = name === "points" || name.startsWith("vectors") ? "uint32" : "binary";
  const table = root.openDB(name, { encoding: "binary", keyEncoding }) as unknown as RawTable;
  await root.batch(() => change(table));
  await root.close();
}

/** Runs the program under a limit of 2 MiB a file. */
async function runFailingFlush(programArguments: string[]): Promise<FailureReport> {
  const program = fileURLToPath(new URL("./failing-flush.suite.js", import.meta.url));
  const command = ["-c", 'ulimit -f 4096; exec "$0" "$@"', process.execPath, program, ...programArguments];
  const child = spawn("sh", command, { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  const exitCode = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(exitCode, 0, `the program must end well; it printed ${output}`);
  return JSON.parse(output) as FailureReport;
}

async function checkAfterFailure(
  folder: string,
  { sequence, pointCount, readAfter }: FailureReport,
): Promise<void> {
  assert.ok(pointCount >= 100);
  assert.equal(readAfter, pointCount);
  const store = await openLmdbPointStore(folder, { dimensions: [256], mode: "open" });
  assert.equal(store.state.sequence, sequence);
  assert.equal([...store.points()].length, pointCount);
  await store.verifyKeys();
  const [vector] = [new Float32Array(256)];
  await store.commit({
    sequence: sequence + 1,
    changes: [put({ id: "new", row: pointCount, vectors: [vector] })],
  });
  await store.close();
}
