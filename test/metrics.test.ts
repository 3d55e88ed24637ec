// What a database counts of its work, against a naive count over random calls, and each way of searching by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { open, type Collection, type SearchRequest, type SearchWay } from "omendb";
import { expectError, randomVector, seededRandom } from "./conformance-expect.js";
import { makeFolder, withDatabase } from "./conformance-place.js";
import { checkMetrics, counted, nothingCounted, type NaiveCount } from "./metrics-count.js";

const id = fc.integer({ min: 0, max: 9 });
const call = fc.oneof(
  fc.record({ kind: fc.constant("upsert"), ids: fc.array(id, { maxLength: 6 }) }),
  fc.record({ kind: fc.constant("upsertIfAbsent"), ids: fc.array(id, { maxLength: 6 }) }),
  fc.record({ kind: fc.constant("delete"), ids: fc.array(id, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant("update"), ids: fc.array(id, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant("badWrite"), ids: fc.constant([]) }),
  fc.record({ kind: fc.constant("badSearch"), ids: fc.constant([]) }),
  fc.record({ kind: fc.constant("search"), ids: fc.constant([]) }),
  fc.record({ kind: fc.constant("batch"), ids: fc.array(id, { maxLength: 5 }) }),
);
type Call = typeof call extends fc.Arbitrary<infer Value> ? Value : never;

const pointOf = (point: number): { id: number; vector: number[]; metadata: { group: number } } => ({
  id: point,
  vector: [point + 1],
  metadata: { group: point % 2 },
});

/** Makes a call and counts what it did. */
async function make(points: Collection, { kind, ids }: Call, naive: NaiveCount): Promise<void> {
  switch (kind) {
    case "upsert": {
      const done = await points.upsert(ids.map(pointOf));
      naive.upserts++;
      naive.inserted += done.inserted;
      naive.replaced += done.replaced;
      return;
    }
    case "upsertIfAbsent": {
      const done = await points.upsert(ids.map(pointOf), { ifAbsent: true });
      naive.upserts++;
      naive.inserted += done.inserted;
      naive.replaced += done.replaced;
      naive.skipped += done.skipped.length;
      return;
    }
    case "delete":
      naive.deleted += (await points.delete(ids)).deleted;
      naive.deletes++;
      return;
    case "update":
      naive.updated += (await points.updateMetadata(ids, { merge: { seen: true } })).updated;
      naive.updates++;
      return;
    case "badWrite":
      await expectError(points.upsert([{ id: 1, vector: [1, 2] }]), "invalid", "vector_dimension");
      naive.rejectedWrites++;
      return;
    case "badSearch":
      await expectError(points.search({ vector: [1], limit: 0 }), "invalid", "out_of_range");
      naive.rejectedSearches++;
      return;
    case "search":
      await points.search({ vector: [1], filter: { group: 1 } });
      naive.searches++;
      return;
    case "batch":
      await points.searchBatch(ids.map((component) => ({ vector: [component + 1] })));
      naive.searches += ids.length;
      return;
    default:
      kind satisfies never;
  }
}

test("counters are a naive count of random calls, and keep what dropped collections did", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 25 }), fc.array(call, { maxLength: 5 }), async (a, b) => {
      await withDatabase(":memory:", async (db) => {
        const naive = nothingCounted();
        const kept = await db.createCollection("kept", { dimension: 1 });
        const dropped = await db.createCollection("dropped", { dimension: 1 });
        for (const one of a) await make(kept, one, naive);
        const metrics = await db.metrics();
        assert.deepEqual(
          metrics.collections.map(({ name }) => name),
          ["dropped", "kept"],
        );
        assert.deepEqual(counted(metrics.collections[1]!), naive);
        assert.equal(metrics.collections[1]!.points, naive.inserted - naive.deleted);
        for (const one of b) await make(dropped, one, naive);
        assert.equal(await db.dropCollection("dropped"), true);
        const after = await db.metrics();
        assert.deepEqual(
          after.collections.map(({ name }) => name),
          ["kept"],
        );
        assert.deepEqual(counted(after.total), naive);
        checkMetrics(after, metrics);
      });
    }),
    { numRuns: 40 },
  );
});

test("searches are counted by the way they are done, alone, together and explained", () =>
  withDatabase(":memory:", async (db) => {
    const dimension = 24;
    const random = seededRandom(5);
    const vector = (): Float32Array => randomVector(random, dimension);
    const points = await db.createCollection("points", { dimension });
    await points.upsert(
      Array.from({ length: 6000 }, (_, n) => ({ id: n, vector: vector(), metadata: { n, half: n % 2 } })),
    );
    await points.waitForIndex();
    const cases: readonly [SearchWay, Partial<SearchRequest>][] = [
      ["walk", { ef: 64 }],
      ["filteredWalk", { ef: 64, filter: { half: 1 } }],
      ["filteredScan", { ef: 64, filter: { n: { $lt: 20 } } }],
      ["none", { ef: 64, filter: { n: -1 } }],
      ["exact", { exact: true }],
      ["exact", { exact: true, filter: { half: 1 } }],
    ];
    for (const [way, part] of cases) {
      const count = async (): Promise<number> => (await db.metrics()).total.searches.latencyMs[way].count;
      const all = async (): Promise<number> => counted((await db.metrics()).total).searches;
      const before = await count();
      const allBefore = await all();
      await points.search({ vector: vector(), ...part });
      await points.searchBatch([1, 2, 3].map(() => ({ vector: vector(), ...part })));
      await Promise.all([1, 2].map(() => points.search({ vector: vector(), ...part })));
      await points.search({ vector: vector(), ...part, explain: true });
      assert.equal((await count()) - before, 7, way);
      assert.equal((await all()) - allBefore, 7, way);
    }
    await points.search({ vector: vector(), groupBy: { field: "half" } });
    const { total } = await db.metrics();
    assert.equal(total.searches.latencyMs.grouped.count, 1);
    const { indexes } = await points.stats();
    assert.equal(total.searches.distances, indexes[0]!.distances);
  }));

test("changes of vectors are writes that update points", () =>
  withDatabase(":memory:", async (db) => {
    const points = await db.createCollection("points", {
      vectors: { a: { dimension: 1 }, b: { dimension: 1 } },
    });
    await points.upsert([1, 2].map((n) => ({ id: n, vectors: { a: [n], b: [n] } })));
    await points.updateVectors([{ id: 1, vectors: { a: [5] } }]);
    await points.deleteVectors([1, 2], ["b"]);
    const { writes } = (await db.metrics()).total;
    assert.deepEqual([writes.changeVectorsMs.count, writes.updated, writes.inserted], [2, 3, 2]);
  }));

test("linking, consolidation and the state of an index are those that stats() tells", () =>
  withDatabase(":memory:", async (db) => {
    const dimension = 16;
    const random = seededRandom(6);
    const points = await db.createCollection("points", { vectors: { v: { dimension } } });
    const count = 5000;
    await points.upsert(
      Array.from({ length: count }, (_, n) => ({ id: n, vectors: { v: randomVector(random, dimension) } })),
    );
    await points.waitForIndex();
    // All rows are linked; a slice is counted when its thread has replied, which stats() waits for.
    await points.stats();
    const linked = await db.metrics();
    assert.equal(linked.total.linking.rows, count);
    assert.ok(linked.total.linking.jobs > 0 && linked.total.linking.threadMs > 0);
    assert.equal(linked.total.consolidation.runs, 0);
    await points.delete(Array.from({ length: 2000 }, (_, n) => n));
    await points.waitForIndex();
    const metrics = await db.metrics();
    assert.ok(metrics.total.consolidation.runs > 0);
    const [index] = (await points.stats()).indexes;
    const [field] = metrics.collections[0]!.fields;
    assert.equal(metrics.total.consolidation.rows + field!.deadRows, 2000);
    assert.equal(field!.field, "v");
    assert.equal(field!.liveRows, 3000);
    assert.equal(field!.tailRows, 0);
    assert.deepEqual(field!.memoryBytes, index!.bytes);
    checkMetrics(metrics, linked);
  }));

test("metrics begin anew when a folder is opened, open no collection, and end with the database", async () => {
  const { folder, remove } = await makeFolder();
  try {
    await withDatabase(folder, async (db) => {
      const points = await db.createCollection("points", { dimension: 1 });
      await Promise.all([1, 2, 3].map((n) => points.upsert([{ id: n, vector: [n] }])));
      const { total, collections } = await db.metrics();
      assert.equal(total.flushes.calls, 3);
      assert.ok(total.flushes.latencyMs.count >= 1 && total.flushes.latencyMs.count <= 3);
      assert.equal(collections[0]!.sequence, 3);
      assert.ok(collections[0]!.fileBytes > 0);
      assert.equal(collections[0]!.queuedCalls, 0);
    });
    const db = await open(folder);
    const fresh = await db.metrics();
    assert.deepEqual(fresh.collections, []);
    assert.equal(fresh.total.flushes.calls, 0);
    await db.close();
    await expectError(db.metrics(), "closed", "database_closed");
  } finally {
    await remove();
  }
});
