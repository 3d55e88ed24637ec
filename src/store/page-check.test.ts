// The walk over pages finds nothing in stores that were written, emptied and compacted; and finds every flipped bit of the
// number of a child, and a page that is in use and free.

import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { openLmdbPointStore } from "./lmdb-point-store.js";
import { checkPages, readPageRoots } from "./page-check.js";
import { TestFolders } from "./test-folders.suite.js";

const folders = new TestFolders();
after(() => folders.remove());

const dimension = 40;
const pageBytes = 16_384;
/** Some larger than a page, so that they lie in pages of their own. */
const metadataOf = (row: number): string =>
  JSON.stringify({ text: "x".repeat(row % 50 === 0 ? 20_000 : 60) });

/** A store after many commits. */
async function makeFile(end: "written" | "compacted"): Promise<string> {
  const folder = folders.make();
  const store = await openLmdbPointStore(folder, { dimensions: [dimension] });
  for (let sequence = 1; sequence <= 60; sequence++) {
    const changes = Array.from({ length: 100 }, (_, i) => {
      const row = (sequence * 67 + i) % 1_500;
      const vectors = [new Float32Array(dimension).fill(row)];
      const replacedRow = store.rowOf(row) === -1 ? -1 : row;
      const isRemoval = sequence % 4 === 0 && replacedRow !== -1;
      return isRemoval
        ? ({ kind: "remove", id: row, row } as const)
        : ({ kind: "put", id: row, row, replacedRow, metadata: metadataOf(row), vectors } as const);
    });
    await store.commit({ sequence, changes });
    if (sequence % 20 === 0) await store.trimChanges(sequence - 3);
  }
  if (end === "compacted") await store.compact();
  await store.close();
  return join(folder, "data.mdb");
}

function faultsOf(path: string): { readonly faults: string[]; readonly pages: number } {
  const file = openSync(path, "r");
  try {
    const roots = readPageRoots(file, statSync(path).size);
    assert.ok(roots !== undefined);
    const faults: string[] = [];
    const pages = checkPages(file, roots, {
      tell: (fault) => void faults.push(fault),
      done: () => undefined,
    });
    return { faults, pages };
  } finally {
    closeSync(file);
  }
}

for (const end of ["written", "compacted"] as const) {
  test(`nothing is found in a store that was ${end}`, async () => {
    const { faults, pages } = faultsOf(await makeFile(end));
    assert.deepEqual(faults, []);
    assert.ok(pages > 20);
  });
}

/** Where the records of the newest state begin: places in the file. */
function placesIn(bytes: Buffer): { readonly points: number; readonly free: number } {
  const isFirst = bytes.readBigUInt64LE(152) > bytes.readBigUInt64LE(pageBytes + 152);
  const meta = isFirst ? 0 : pageBytes;
  const main = Number(bytes.readBigUInt64LE(meta + 136)) * pageBytes;
  const nodes = Array.from({ length: bytes.readUInt16LE(main + 20) >> 1 }, (_, i) => nodeAt(bytes, main, i));
  const node = nodes.find((at) => bytes.toString("latin1", at + 8, at + 14) === "points");
  assert.ok(node !== undefined, "the root of the tables is a leaf");
  const described = node + 8 + bytes.readUInt16LE(node + 6);
  return {
    points: Number(bytes.readBigUInt64LE(described + 40)) * pageBytes,
    free: Number(bytes.readBigUInt64LE(meta + 88)) * pageBytes,
  };
}

const nodeAt = (bytes: Buffer, page: number, i: number): number =>
  page + 24 + bytes.readUInt16LE(page + 24 + 2 * i);

test("every flipped bit of the number of a child is found", async () => {
  const path = await makeFile("written");
  const bytes = readFileSync(path);
  const { points } = placesIn(bytes);
  assert.equal(bytes.readUInt16LE(points + 18), 1, "the root is a branch");
  for (let i = 0; i < bytes.readUInt16LE(points + 20) >> 1; i++) {
    for (let bit = 0; bit < 48; bit++) {
      const at = nodeAt(bytes, points, i) + (bit >> 3);
      bytes[at]! ^= 1 << (bit & 7);
      writeFileSync(path, bytes);
      assert.notDeepEqual(faultsOf(path).faults, [], `child ${i}, bit ${bit}`);
      bytes[at]! ^= 1 << (bit & 7);
    }
  }
});

test("a page that is in use and in the list of free pages is found", async () => {
  const path = await makeFile("written");
  const bytes = readFileSync(path);
  const { points, free } = placesIn(bytes);
  assert.equal(bytes.readUInt16LE(free + 18), 2, "the root is a leaf");
  const node = nodeAt(bytes, free, (bytes.readUInt16LE(free + 20) >> 1) - 1);
  const list = node + 8 + bytes.readUInt16LE(node + 6);
  assert.ok(bytes.readBigUInt64LE(list) > 0n);
  bytes.writeBigUInt64LE(BigInt(points / pageBytes), list + 8);
  writeFileSync(path, bytes);
  assert.ok(
    faultsOf(path).faults.includes(`Page ${points / pageBytes} is in use and in the list of free pages.`),
  );
});
