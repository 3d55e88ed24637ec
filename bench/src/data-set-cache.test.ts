// Data sets through their cache: the same from the same seed, a small one the beginning of a large one, answers those of
// brute force, and what cannot be had refused.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { openDataSet } from "./data-set-cache.js";
import { groupOf, idOf, queryVectors, rowOf, type DataSet, type DataSetRequest } from "./data-set.js";
import { DataUnavailable } from "./data-sets/data-source.js";
import { recallOf } from "./measure.js";

const folder = mkdtempSync(join(tmpdir(), "omendb-bench-cache-"));
after(() => rmSync(folder, { recursive: true }));

function request(name: string, n: number, more: Partial<DataSetRequest> = {}): DataSetRequest {
  const cacheFolder = join(folder, "a");
  return { name, n, dimension: 24, queryCount: 20, seed: 3, dataFolder: "nowhere", cacheFolder, ...more };
}

for (const name of ["clustered", "gaussian"]) {
  describe(name, () => {
    it("is the same from the same seed, and another from another", async () => {
      const first = await openDataSet(request(name, 1500));
      const again = await openDataSet(request(name, 1500, { cacheFolder: join(folder, "b") }));
      assert.deepEqual(again.readRows(0, 1500), first.readRows(0, 1500));
      assert.deepEqual(again.queries, first.queries);
      assert.deepEqual(again.neighbors, first.neighbors);
      assert.deepEqual(again.filtered, first.filtered);
      const other = await openDataSet(request(name, 1500, { seed: 4 }));
      assert.notDeepEqual(other.readRows(0, 10), first.readRows(0, 10));
      assert.notDeepEqual(other.queries, first.queries);
    });

    it("is the beginning of a larger one, also when the cache grows", async () => {
      const cacheFolder = join(folder, "c");
      const small = await openDataSet(request(name, 1250, { cacheFolder }));
      const before = small.readRows(0, 1250);
      const large = await openDataSet(request(name, 3100, { cacheFolder }));
      assert.deepEqual(large.readRows(0, 1250), before);
      const fresh = await openDataSet(request(name, 3100, { cacheFolder: join(folder, "d") }));
      assert.deepEqual(large.readRows(0, 3100), fresh.readRows(0, 3100));
      assert.deepEqual(large.queries, small.queries);
    });

    it("has queries that are no rows, and finite vectors", async () => {
      const data = await openDataSet(request(name, 1500));
      const rows = new Set(Array.from({ length: data.n }, (_, row) => data.readRows(row, row + 1).join(" ")));
      assert.equal(rows.size, data.n);
      for (const query of queryVectors(data)) assert.equal(rows.has(query.join(" ")), false);
      assert.ok(data.readRows(0, data.n).every(Number.isFinite));
    });

    it("has the answers of brute force, and those of its group", async () => {
      const data = await openDataSet(request(name, 1500));
      const { group, rowCount, neighbors } = data.filtered;
      const all = Array.from({ length: data.n }, (_, row) => row);
      const ofGroup = all.filter((row) => data.metadataOf(row).group === group);
      assert.equal(ofGroup.length, rowCount);
      for (let query = 0; query < data.queryCount; query++) {
        const places = [query * 10, query * 10 + 10] as const;
        assert.equal(recallOf(nearestOf(data, query, all), data.neighbors.subarray(...places)), 1);
        assert.equal(recallOf(nearestOf(data, query, ofGroup), neighbors.subarray(...places)), 1);
      }
    });
  });
}

describe("groups and ids", () => {
  it("are of about the same size, and of the seed", () => {
    const sizes = new Array<number>(100).fill(0);
    for (let row = 0; row < 100_000; row++) sizes[groupOf(row, 1)]!++;
    assert.ok(Math.min(...sizes) > 800 && Math.max(...sizes) < 1200, sizes.join(" "));
    assert.notDeepEqual(
      Array.from({ length: 20 }, (_, row) => groupOf(row, 1)),
      Array.from({ length: 20 }, (_, row) => groupOf(row, 2)),
    );
  });

  it("lead back to the row", () => {
    for (const row of [0, 7, 123_456]) assert.equal(rowOf(idOf(row)), row);
  });
});

describe("what cannot be had", () => {
  const cases: readonly [string, DataSetRequest, RegExp][] = [
    ["an unknown name", request("mnist", 100), /no data set mnist; there are clustered, /],
    ["files that are missing", request("wordnet", 100, { dimension: 512 }), /base.f16 is not in nowhere/],
    ["another dimension", request("wordnet", 100), /has 512 dimensions, not 24/],
    ["too many rows", request("wordnet", 50_001, { dimension: 512 }), /has 50000 rows, not 50001/],
    ["too many queries", request("clustered", 100, { queryCount: 10_001 }), /has 10000 queries/],
    ["fewer rows than neighbors", request("clustered", 9), /9 rows are fewer than the 10 neighbors/],
  ];
  for (const [what, asked, message] of cases) {
    it(`is refused: ${what}`, async () => {
      await assert.rejects(openDataSet(asked), (error) => {
        assert.ok(error instanceof DataUnavailable);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

/** The ten nearest of some rows by cosine, the plain way. */
function nearestOf(data: DataSet, query: number, rows: readonly number[]): number[] {
  const q = queryVectors(data)[query]!;
  const scored = rows.map((row) => {
    const x = data.readRows(row, row + 1);
    let dot = 0;
    for (let j = 0; j < x.length; j++) dot += q[j]! * x[j]!;
    return { row, score: dot / Math.hypot(...x) };
  });
  scored.sort((a, b) => b.score - a.score);
  return scored.slice(0, 10).map(({ row }) => row);
}
