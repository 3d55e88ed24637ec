// A process that reads a store for another one: its crash, its silence and its hunger for memory are told as damage of the
// store, and every table is looked at all the same. And a check beside commits and compacting sees one state.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { checkStore, type CheckStoreOptions } from "./check-store.js";
import { openLmdbPointStore } from "./lmdb-point-store.js";
import type { PointStore } from "./point-store.js";
import { TestFolders } from "./test-folders.suite.js";

const folders = new TestFolders();
after(() => folders.remove());

const limits = { silenceMsMax: 30_000, memoryBytesMax: 2 ** 30 };
const dimension = 8;

async function write(store: PointStore, from: number, count: number): Promise<void> {
  const changes = Array.from({ length: count }, (_, i) => {
    const row = from + i;
    const vectors = [new Float32Array(dimension).fill(row)];
    const replacedRow = store.rowOf(row) === -1 ? -1 : row;
    return { kind: "put", id: row, row, replacedRow, metadata: `{"row":${row}}`, vectors } as const;
  });
  await store.commit({ sequence: store.state.sequence + 1, changes });
}

/** Checks a sound store of 500 points in another process, to which something is done. */
async function checkWith(options: Partial<CheckStoreOptions>): ReturnType<typeof checkStore> {
  const folder = folders.make();
  const store = await openLmdbPointStore(folder, { dimensions: [dimension] });
  await write(store, 0, 500);
  await store.close();
  return checkStore({ folder, dimensions: [dimension] }, { limits, ...options });
}

test("a sound store is read to its end", async () => {
  const { check, problems } = await checkWith({});
  assert.deepEqual(problems, []);
  const records = {
    pages: check.records["pages"],
    meta: 1,
    points: 500,
    ids: 500,
    "vectors/0": 500,
    changes: 1,
  };
  assert.deepEqual(check, { isChecked: true, inOtherProcess: true, sequence: 1, points: 500, records });
});

for (const [name, signal, kind] of [
  ["crashes", "SIGSEGV", "store_crashed"],
  ["is silent", "SIGSTOP", "store_silent"],
] as const) {
  test(`a process that ${name} is told, and another one goes on`, async () => {
    let startedCount = 0;
    const { check, problems } = await checkWith({
      limits: { ...limits, silenceMsMax: 1_500 },
      onStarted: (pid) => {
        // The first one dies before it can open the store.
        if (startedCount++ === 0) process.kill(pid!, signal);
      },
    });
    assert.deepEqual(
      problems.map((problem) => [problem.kind, problem.remedy]),
      [[kind, "lost"]],
    );
    assert.equal(check.isChecked, false);
  });
}

test("a process that takes too much memory is told", async () => {
  let memoryBytesMax = 2 ** 30;
  const { check, problems } = await checkWith({
    limits: {
      silenceMsMax: 3_000,
      get memoryBytesMax() {
        return memoryBytesMax;
      },
    },
    onStarted: (pid) => {
      // It stands still with what a process has from its start, which is too much from here on.
      process.kill(pid!, "SIGSTOP");
      memoryBytesMax = 2 ** 20;
    },
  });
  // Only Linux tells how much it is; elsewhere it is silent for too long.
  assert.ok(["store_oversized", "store_silent"].includes(problems[0]!.kind));
  if (process.platform === "linux") assert.equal(problems[0]!.kind, "store_oversized");
  assert.equal(check.isChecked, false);
});

test("a check beside commits and compacting finds nothing, and leaves no reader behind", async () => {
  const folder = folders.make();
  const store = await openLmdbPointStore(folder, { dimensions: [dimension] });
  await write(store, 0, 2_000);
  let isWriting = true;
  const writing = (async () => {
    for (let i = 0; isWriting; i++) {
      await write(store, (i * 61) % 1_900, 100);
      if (i % 5 === 0) await store.compact();
    }
  })();
  try {
    for (let i = 0; i < 4; i++) {
      const { check, problems } = await store.check!({ limits });
      assert.deepEqual([check.isChecked, check.points, problems], [true, 2_000, []]);
    }
  } finally {
    isWriting = false;
    await writing;
  }
  // Pages that a reader held on to would never be used again.
  const before = store.fileBytes();
  for (let i = 0; i < 200; i++) await write(store, 0, 50);
  assert.ok(store.fileBytes() < before + 2 ** 23);
  await store.close();
});
