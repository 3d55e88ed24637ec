// LMDB alone, as the limit that inserts are compared with: vector and metadata as one value under its row, and the id
// with its row, in awaited transactions. No checks, no checksums, no index.

import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What of lmdb is used; its own types do not compile under this project's settings. */
interface RawDatabase {
  openDB(options: object): RawDatabase;
  batch(puts: () => void): Promise<boolean>;
  put(key: number | string, value: Buffer): Promise<boolean>;
  close(): Promise<void>;
}

// The package is a dependency of the library; the part used is declared above.
const { open } = createRequire(import.meta.url)("lmdb") as { open(options: object): RawDatabase };

/** Points to write: one row of `vectors` and one metadata text each. */
export interface RawPoints {
  readonly n: number;
  readonly dimension: number;
  readonly batch: number;
  /** n × dimension, row-major. */
  readonly vectors: Float32Array;
  readonly metadata: string;
}

/** Writes the points in awaited batches, each flushed; returns points a second. */
export async function rawPointsPerSecond({
  n,
  dimension,
  batch,
  vectors,
  metadata,
}: RawPoints): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "omendb-bench-raw-"));
  const options = { overlappingSync: false, eventTurnBatching: false, pageSize: 16_384, mapSize: 2 ** 36 };
  const root = open({ path: folder, encoding: "binary", noSubdir: false, ...options });
  const points = root.openDB({ name: "points", keyEncoding: "uint32", encoding: "binary" });
  const ids = root.openDB({ name: "ids", encoding: "binary" });
  const bytes = dimension * 4;
  const text = Buffer.from(metadata);
  const begin = performance.now();
  for (let from = 0; from < n; from += batch) {
    const end = Math.min(n, from + batch);
    await root.batch(() => {
      for (let row = from; row < end; row++) {
        const value = Buffer.allocUnsafe(bytes + text.length);
        value.set(new Uint8Array(vectors.buffer, row * bytes, bytes));
        text.copy(value, bytes);
        void points.put(row, value);
        const place = Buffer.allocUnsafe(4);
        place.writeUInt32LE(row);
        void ids.put(`point-${row}`, place);
      }
    });
  }
  const rate = (n / (performance.now() - begin)) * 1000;
  await root.close();
  await rm(folder, { recursive: true });
  return rate;
}
