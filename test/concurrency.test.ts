// Many calls at once: writes apply in the order in which they were made, reads see them whole, and closing or dropping
// waits for what runs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OmenError, open, type Collection, type Metadata, type Point } from "omendb";
import { expectError, seededRandom } from "./conformance-expect.js";
import { inFolder, inMemory, makeFolder, withDatabase, type PlaceMaker } from "./conformance-place.js";

const seed = 20261;
const idCount = 20;

/** One random call, made at once; what it must return is computed on the model in the same order. */
function randomCall(
  collection: Collection,
  model: Map<number, Metadata>,
  random: () => number,
): Promise<void> {
  const ids = Array.from({ length: 1 + Math.floor(random() * 6) }, () => Math.floor(random() * idCount));
  const distinct = [...new Set(ids)];
  const known = distinct.filter((id) => model.has(id)).length;
  const n = Math.floor(random() * 1000);
  const choice = random();
  if (choice < 0.5) {
    for (const id of distinct) model.set(id, { n });
    return collection
      .upsert(ids.map((id) => ({ id, vector: [n + 1, id], metadata: { n } })))
      .then((result) => assert.deepEqual(result, { inserted: distinct.length - known, replaced: known }));
  }
  if (choice < 0.75) {
    for (const id of distinct) model.delete(id);
    return collection.delete(ids).then((result) => assert.deepEqual(result, { deleted: known }));
  }
  for (const id of distinct) if (model.has(id)) model.set(id, { ...model.get(id), m: n });
  return collection
    .updateMetadata(ids, { merge: { m: n } })
    .then((result) => assert.deepEqual(result, { updated: known }));
}

async function withCollection(
  makePlace: PlaceMaker,
  use: (collection: Collection) => Promise<void>,
): Promise<void> {
  const place = await makePlace();
  try {
    await use(await place.db.createCollection("points", { dimension: 2, metric: "euclidean" }));
  } finally {
    await place.end();
  }
}

for (const [name, makePlace] of [
  ["in memory", inMemory],
  ["in a folder", inFolder],
] as const) {
  test(`calls made at once ${name} act in their order (seed ${seed})`, () =>
    withCollection(makePlace, async (collection) => {
      const random = seededRandom(seed);
      const model = new Map<number, Metadata>();
      for (let round = 0; round < 20; round++) {
        await Promise.all(Array.from({ length: 30 }, () => randomCall(collection, model, random)));
        const found = await collection.get(
          Array.from({ length: idCount }, (_, id) => id),
          { include: ["metadata"] },
        );
        const expected = Array.from({ length: idCount }, (_, id): Point | undefined => {
          const metadata = model.get(id);
          return metadata === undefined ? undefined : { id, metadata };
        });
        assert.deepEqual(found, expected);
      }
    }));

  test(`searches ${name} see each write whole while writers replace all points`, () =>
    withCollection(makePlace, async (collection) => {
      const write = (version: number): Promise<unknown> =>
        collection.upsert(
          Array.from({ length: 40 }, (_, id) => ({
            id,
            vector: [id, version],
            metadata: { version, odd: id % 2 },
          })),
        );
      await write(0);
      let isWriting = true;
      const writer = (async () => {
        for (let version = 1; version <= 40; version++) await write(version);
        isWriting = false;
      })();
      let last = 0;
      while (isWriting) {
        const hits = await collection.search({ vector: [0, 0], limit: 100 });
        const versions = new Set(hits.map((hit) => hit.metadata!["version"]));
        assert.deepEqual([hits.length, versions.size], [40, 1]);
        const [version] = versions;
        assert.ok(Number(version) >= last, "an older state came back");
        last = Number(version);
        const odd = await collection.search({ vector: [0, 0], limit: 100, filter: { odd: 1 } });
        assert.deepEqual([odd.length, new Set(odd.map((hit) => hit.id)).size], [20, 20]);
        assert.equal(await collection.count({ filter: { odd: 0 } }), 20);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await writer;
    }));
}

test("a bad call among good ones is refused alone", () =>
  withCollection(inMemory, async (collection) => {
    const results = await Promise.allSettled([
      collection.upsert([{ id: 1, vector: [1, 1] }]),
      collection.upsert([{ id: 2, vector: [1, Number.NaN] }]),
      collection.updateMetadata([1], { merge: { a: 1 } }),
      collection.upsert([{ id: 3, vector: [1, 1] }]),
    ]);
    assert.deepEqual(
      results.map((result) => result.status),
      ["fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
    assert.equal(await collection.count(), 2);
  }));

test("metadata that grows too large by merging refuses its call alone", () =>
  withCollection(inMemory, async (collection) => {
    const half = "x".repeat(600_000);
    const [, merged, after] = await Promise.allSettled([
      collection.upsert([
        { id: 1, vector: [1, 1], metadata: { a: half } },
        { id: 2, vector: [1, 1] },
      ]),
      collection.updateMetadata([2, 1], { merge: { b: half } }),
      collection.updateMetadata([2], { merge: { c: 1 } }),
    ]);
    assert.equal(merged.status === "rejected" && (merged.reason as OmenError).code, "metadata_too_large");
    assert.deepEqual(after.status === "fulfilled" && after.value, { updated: 1 });
    assert.deepEqual((await collection.get([2], { include: ["metadata"] }))[0]?.metadata, { c: 1 });
  }));

test("a large call keeps its place before a small one made after it", () =>
  withCollection(inMemory, async (collection) => {
    const large = Array.from({ length: 30_000 }, (_, id) => ({
      id,
      vector: [id, 1],
      metadata: { from: "large" },
    }));
    const calls = [
      collection.upsert(large),
      collection.upsert([{ id: 7, vector: [7, 7], metadata: { from: "small" } }]),
    ];
    assert.deepEqual(await Promise.all(calls), [
      { inserted: 30_000, replaced: 0 },
      { inserted: 0, replaced: 1 },
    ]);
    assert.deepEqual((await collection.get([7]))[0]?.metadata, { from: "small" });
  }));

test("closing waits for the writes under way, and they are there afterwards", async () => {
  const { folder, remove } = await makeFolder();
  const db = await open(folder);
  const collection = await db.createCollection("points", { dimension: 1, metric: "dot" });
  const writes = Array.from({ length: 50 }, (_, id) => collection.upsert([{ id, vector: [id] }]));
  const closed = db.close();
  await expectError(
    collection.upsert([{ id: 99, vector: [1] }]).then(() => db.listCollections()),
    "closed",
    "database_closed",
  );
  const results = await Promise.allSettled(writes);
  await closed;
  const written = results.flatMap((result, id) => (result.status === "fulfilled" ? [id] : []));
  assert.equal(written.length, 50, "calls made before close are done");
  await withDatabase(folder, async (again) => {
    const reopened = await again.collection("points");
    const found = await reopened.get(written);
    assert.ok(found.every((point) => point !== undefined));
  });
  await remove();
});

test("dropping a collection during searches ends them with an answer or collection_dropped", async () => {
  const place = await inFolder();
  const collection = await place.db.createCollection("points", { dimension: 2, metric: "dot" });
  const points = Array.from({ length: 20_000 }, (_, id) => ({
    id,
    vector: [id, 1],
    metadata: { odd: id % 2 },
  }));
  await collection.upsert(points);
  const searches = Array.from({ length: 5 }, () => collection.search({ vector: [1, 1], filter: { odd: 1 } }));
  const waiting = collection.waitForIndex();
  const dropped = place.db.dropCollection("points");
  for (const result of await Promise.allSettled([...searches, waiting])) {
    if (result.status === "fulfilled") continue;
    const error: unknown = result.reason;
    assert.ok(error instanceof OmenError && error.code === "collection_dropped", String(error));
  }
  assert.equal(await dropped, true);
  await expectError(collection.search({ vector: [1, 1] }), "not_found", "collection_dropped");
  await place.end();
});
