// A program for compact-copy.test.ts: writes and compacts without end until it is killed, and prints the number of each
// operation that was acknowledged. What a store holds after so many operations is known from their number alone.

import assert from "node:assert/strict";
import { openLmdbPointStore } from "./lmdb-point-store.js";
import type { PointStore, StoreChange } from "./point-store.js";

export const scriptDimension = 128;
const idCount = 1000;
const idsAnOperation = 50;

const [folder] = process.argv.slice(2);
if (folder !== undefined && process.argv[1]?.includes("compacting-writer")) await run(folder);

async function run(path: string): Promise<never> {
  const store = await openLmdbPointStore(path, { dimensions: [scriptDimension] });
  for (;;) {
    for (let i = 0; i < 4; i++) await write(store);
    console.log("compacting");
    const compacted = store.compact().then(() => console.log("compacted"));
    await write(store);
    await compacted;
  }
}

async function write(store: PointStore): Promise<void> {
  const sequence = store.state.sequence + 1;
  await store.commit({ sequence, changes: changesOf(sequence, writersAfter(sequence - 1)) });
  console.log(sequence);
}

/** Two operations in three write the next ids, the third removes them. */
function idsOf(sequence: number): number[] {
  return Array.from({ length: idsAnOperation }, (_, i) => (sequence * idsAnOperation + i) % idCount);
}

function isRemoval(sequence: number): boolean {
  return sequence % 3 === 0;
}

/** The operation that wrote each id last, for those that are there. */
function writersAfter(sequence: number): Map<number, number> {
  const writers = new Map<number, number>();
  // Each id has its turn once in so many operations.
  const first = Math.max(1, sequence - idCount / idsAnOperation + 1);
  for (let past = first; past <= sequence; past++) {
    for (const id of idsOf(past)) {
      if (isRemoval(past)) writers.delete(id);
      else writers.set(id, past);
    }
  }
  return writers;
}

function changesOf(sequence: number, writers: ReadonlyMap<number, number>): StoreChange[] {
  return idsOf(sequence).flatMap((id): StoreChange[] => {
    if (isRemoval(sequence)) return writers.has(id) ? [{ kind: "remove", id, row: id }] : [];
    const vectors = [new Float32Array(scriptDimension).fill(sequence)];
    const metadata = `{"by":${sequence}}`;
    return [{ kind: "put", id, row: id, replacedRow: writers.has(id) ? id : -1, metadata, vectors }];
  });
}

/** Compares all points of a store with those that its number of operations stands for. */
export function checkScript(store: PointStore): void {
  const writers = writersAfter(store.state.sequence);
  const target = new Float32Array(scriptDimension);
  let count = 0;
  for (const { row, point } of store.points()) {
    const by = writers.get(row) ?? -1;
    assert.deepEqual(point, { id: row, metadata: `{"by":${by}}` });
    assert.ok(store.readVector(0, row, target, 0));
    assert.deepEqual(target, new Float32Array(scriptDimension).fill(by));
    count++;
  }
  assert.equal(count, writers.size);
  assert.equal([...store.ids()].length, writers.size);
}
