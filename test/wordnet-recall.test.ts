// Recall on real sentence embeddings, through the public API: needs the WordNet set beside the repository, and says
// so loudly where it is missing. `npm run bench:peers` measures the same set beside other indexes.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { open, type Collection, type Database } from "omendb";
import { makeFolder } from "./conformance-place.js";

const dimension = 512;
const n = 50_000;
const queryCount = 300;
const folder = join(repositoryFolder(), "..", "shared", "data", "wordnet-use-512");
const skip = existsSync(join(folder, "base.f16")) ? false : `SKIPPED: the WordNet set is not in ${folder}`;
if (skip !== false) console.warn(skip);

describe("recall on sentence embeddings of WordNet, 50,000 x 512", { skip }, () => {
  let place: Awaited<ReturnType<typeof makeFolder>>;
  let db: Database;
  let glosses: Collection;
  let queries: Float32Array;
  let neighbors: Int32Array;

  before(async () => {
    place = await makeFolder();
    db = await open(place.folder);
    glosses = await db.createCollection("glosses", { dimension });
    const base = readHalves("base.f16", n);
    queries = readHalves("queries.f16", queryCount);
    const bytes = readFileSync(join(folder, "neighbors100.i32"));
    neighbors = new Int32Array(bytes.buffer, bytes.byteOffset, queryCount * 100);
    const step = 2000;
    for (let from = 0; from < n; from += step) {
      const ids = Array.from({ length: step }, (_, i) => from + i);
      await glosses.upsert({ ids, vectors: base.subarray(from * dimension, (from + step) * dimension) });
    }
    await glosses.waitForIndex();
  });

  after(async () => {
    await db.close();
    await place.remove();
  });

  /** Share of the ten nearest that searches find. */
  async function recall(options: { ef?: number; exact?: boolean }, count: number): Promise<number> {
    let found = 0;
    for (let i = 0; i < count; i++) {
      const vector = queries.subarray(i * dimension, (i + 1) * dimension);
      const nearest = new Set(neighbors.subarray(i * 100, i * 100 + 10));
      const hits = await glosses.search({ vector, limit: 10, include: [], ...options });
      assert.equal(hits.length, 10);
      for (const { id } of hits) if (nearest.has(Number(id))) found++;
    }
    return found / (count * 10);
  }

  it("links every row, all of them reachable", async () => {
    const [index] = (await glosses.stats()).indexes;
    assert.deepEqual([index?.linkedRows, index?.tailRows, index?.unreachableRows], [n, 0, 0]);
  });

  it("is at least 0.95 at default settings", async () => {
    const reached = await recall({}, queryCount);
    assert.ok(reached >= 0.95, `recall@10 ${reached}`);
  });

  it("is at least 0.99 at ef 128", async () => {
    const reached = await recall({ ef: 128 }, queryCount);
    assert.ok(reached >= 0.99, `recall@10 ${reached}`);
  });

  it("is 1 where the search is exact", async () => {
    assert.equal(await recall({ exact: true }, 100), 1);
  });
});

function repositoryFolder(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, "package.json"))) at = dirname(at);
  return at;
}

/** Decodes rows of half-precision floats (IEEE 754 binary16). */
function readHalves(name: string, rowCount: number): Float32Array {
  const bytes = readFileSync(join(folder, name));
  const table = Float32Array.from({ length: 65_536 }, (_, half) => {
    const sign = half < 0x8000 ? 1 : -1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, rowCount * dimension);
  return Float32Array.from(halves, (half) => table[half]!);
}
