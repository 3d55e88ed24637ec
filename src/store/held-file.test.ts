// A held file shows the store as it was, whatever happens to the store meanwhile: commits, compactions, its end.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { seededRandom } from "../base/seeded-random.js";
import type { HeldFile } from "./held-file.js";
import { openLmdbPointStore } from "./lmdb-point-store.js";
import { canCompact } from "./compact-copy.js";
import type { PointStore, StoreChange } from "./point-store.js";
import { TestFolders } from "./test-folders.suite.js";

const folders = new TestFolders();
after(() => folders.remove());

const dimension = 40;
const random = seededRandom(11);

/** Writes some points anew, and remembers what there is. */
async function write(store: PointStore, texts: Map<number, string>): Promise<void> {
  const rows = new Set(Array.from({ length: 60 }, () => random.below(1500)));
  const changes = [...rows].map((row): StoreChange => {
    const metadata = JSON.stringify({ written: random.next() });
    const replacedRow = texts.has(row) ? row : -1;
    texts.set(row, metadata);
    const vectors = [Float32Array.from({ length: dimension }, random.next)];
    return { kind: "put", id: row, row, replacedRow, metadata, vectors };
  });
  await store.commit({ sequence: store.state.sequence + 1, changes });
}

/** Copies a held file in parts of odd lengths and opens the copy. */
async function openHeld(held: HeldFile): Promise<PointStore> {
  const bytes = Buffer.alloc(held.bytes);
  for (let position = 0; position < bytes.length; position += 40_000)
    await held.read(bytes.subarray(position, position + 40_000), position);
  const folder = join(folders.make(), "copy");
  await mkdir(folder);
  await writeFile(join(folder, "data.mdb"), bytes);
  return openLmdbPointStore(folder, { mode: "open", dimensions: [dimension] });
}

async function check(held: HeldFile, texts: ReadonlyMap<number, string>): Promise<void> {
  const copy = await openHeld(held);
  assert.deepEqual(copy.state, held.state);
  await copy.verifyKeys();
  const found = Array.from(copy.points(), ({ row, point }) => [row, point.metadata] as const);
  assert.deepEqual(
    found,
    [...texts].toSorted(([a], [b]) => a - b),
  );
  const target = new Float32Array(dimension);
  for (const [row] of found) assert.ok(copy.readVector(0, row, target, 0));
  await copy.close();
}

test("a held file stays as it was through commits, compactions and the end of its store", async () => {
  const store = await openLmdbPointStore(folders.make(), { dimensions: [dimension] });
  const texts = new Map<number, string>();
  const holds: { readonly held: HeldFile; readonly texts: ReadonlyMap<number, string> }[] = [];
  for (let i = 0; i < 60; i++) {
    await write(store, texts);
    if (i % 12 === 0) holds.push({ held: await store.holdFile!(), texts: new Map(texts) });
    if (canCompact && i % 25 === 24) await store.compact();
  }
  for (const hold of holds.slice(0, 3)) await check(hold.held, hold.texts);
  await store.close();
  for (const hold of holds) await check(hold.held, hold.texts);
  for (const hold of holds) await hold.held.release();
});

test("a file that is not held any more is used again", async () => {
  const store = await openLmdbPointStore(folders.make(), { dimensions: [dimension] });
  const texts = new Map<number, string>();
  for (let i = 0; i < 30; i++) await write(store, texts);
  const grownBy = async (): Promise<number> => {
    const before = store.fileBytes();
    for (let i = 0; i < 30; i++) await write(store, texts);
    return store.fileBytes() - before;
  };
  const held = await store.holdFile!();
  assert.ok((await grownBy()) > 0);
  await held.release();
  await write(store, texts);
  assert.equal(await grownBy(), 0);
  await store.close();
  await assert.rejects(store.holdFile!(), { kind: "closed" });
});
