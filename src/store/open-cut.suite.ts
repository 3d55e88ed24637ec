// A program for durability-modes.test.ts: opens a store as a power cut may have left it and prints what it holds, as
// JSON. It may be killed by what it reads: LMDB does not check its pages. Arguments: folder, mode.

import { openLmdbPointStore } from "./lmdb-point-store.js";

/** What the program prints: the number of the last operation, and every point's row and metadata. */
export interface CutReport {
  readonly sequence: number;
  readonly points: readonly (readonly [row: number, metadata: string, vector: readonly number[]])[];
}

const [folder] = process.argv.slice(2);
if (folder !== undefined) console.log(JSON.stringify(await report(folder)));

async function report(path: string): Promise<CutReport> {
  const store = await openLmdbPointStore(path, { dimensions: [256], mode: "open" });
  await store.verifyKeys();
  const vector = new Float32Array(256);
  const points = Array.from(store.points(), ({ row, point }) => {
    store.readVector(0, row, vector, 0);
    return [row, point.metadata, [vector[0]!, vector[255]!]] as const;
  });
  const { sequence } = store.state;
  await store.close();
  return { sequence, points };
}
