// What a search says of itself, against what is known of the points.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seededRandom } from "./conformance-expect.js";
import { open, type Collection, type Database, type ExplainedSearch, type Filter } from "omendb";

const count = 6000;
const dimension = 32;
const random = seededRandom(3);
const vector = (): Float32Array => Float32Array.from({ length: dimension }, () => random() - 0.5);
let db: Database;
let points: Collection;

before(async () => {
  db = await open(":memory:");
  points = await db.createCollection("points", { dimension, metadata: { indexed: ["n", "half"] } });
  await points.upsert(
    Array.from({ length: count }, (_, id) => ({
      id,
      vector: vector(),
      metadata: { n: id, half: id % 2 === 0, hidden: id, list: [{ a: id % 3 }] },
    })),
  );
  await points.waitForIndex();
});
after(() => db.close());

const explained = (filter?: Filter, ef = 64): Promise<ExplainedSearch> =>
  points.search({ vector: vector(), ef, explain: true, ...(filter === undefined ? {} : { filter }) });

test("an ordinary search is a walk that visits a part of the rows", async () => {
  const { hits, plan } = await explained();
  assert.equal(hits.length, 10);
  assert.equal(plan.filter, undefined);
  assert.equal(plan.way, "walk");
  assert.equal(plan.walk?.ef, 64);
  assert.ok(plan.visitedRows >= 64 && plan.visitedRows < count);
  assert.ok(plan.distances > plan.visitedRows && plan.distances < count);
  assert.ok(plan.rescoredRows >= 10 && plan.rescoredRows < 100);
  const { filter, index, hits: read } = plan.milliseconds;
  assert.ok(filter === 0 && index > 0 && read > 0);
});

test("hits are those of the search that is not explained", async () => {
  const query = vector();
  for (const filter of [{}, { half: true }, { n: { $lt: 40 } }, { hidden: { $gte: 5990 } }, { n: -1 }]) {
    const { hits } = await points.search({ vector: query, filter, explain: true });
    assert.deepEqual(hits, await points.search({ vector: query, filter }));
  }
});

test("many eligible points are walked among, few are compared, and none are not searched for", async () => {
  const half = (await explained({ half: true })).plan;
  assert.equal(half.way, "walk");
  assert.deepEqual(half.filter, { matches: 3000, estimatedMatches: 3000, judgedPoints: 0, unindexed: [] });
  const few = (await explained({ n: { $lt: 40 } })).plan;
  assert.deepEqual([few.way, few.distances, few.visitedRows, few.walk], ["scan", 40, 0, undefined]);
  assert.equal(few.filter?.matches, 40);
  const none = (await explained({ n: -1 })).plan;
  assert.deepEqual([none.way, none.distances, none.filter?.matches], ["none", 0, 0]);
});

test("what no index knows is named, once, and judged point by point", async () => {
  const { plan } = await explained({
    n: { $lt: 100 },
    $or: [{ hidden: { $lt: 30 } }, { hidden: -1 }],
    list: { $elemMatch: { a: { $gte: 0 } } },
  });
  assert.equal(plan.filter?.matches, 30);
  assert.equal(plan.filter.estimatedMatches, 100);
  assert.ok(plan.filter.judgedPoints >= 100);
  assert.deepEqual(new Set(plan.filter.unindexed), new Set(["hidden", "list", "list.a"]));
  assert.equal(plan.filter.unindexed.length, 3);
});

test("explain is true or false, and stands neither in a batch nor beside groupBy", async () => {
  const request = { vector: vector() };
  const plain = await points.search({ ...request, explain: false } as never);
  assert.ok(Array.isArray(plain));
  await assert.rejects(points.search({ ...request, explain: 1 } as never), {
    code: "wrong_type",
    field: "explain",
  });
  const grouped = { ...request, explain: true, groupBy: { field: "half" } };
  await assert.rejects(points.search(grouped as never), { code: "unknown_field", field: "explain" });
  const batch = [{ ...request, explain: true }];
  await assert.rejects(points.searchBatch(batch), { code: "unknown_field" });
});
