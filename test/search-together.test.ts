// Searches that wait together, in a batch or called at once: their hits are those of the same searches one by one, each
// sees writes whole, closing and dropping end them with an error that says so, and threads hold nothing up.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { OmenError, type Collection, type Hit, type SearchRequest } from "omendb";
import { expectError, randomVector, seededRandom } from "./conformance-expect.js";
import { makeFolder, withDatabase } from "./conformance-place.js";

const seed = 20262;
const dimension = 32;
/** So few that walks are tried on its rows once: when it is linked it has not a quarter more rows than at the first trials. */
const n = 5000;

/** A collection with a graph, and searches of all kinds for it. */
async function fill(collection: Collection): Promise<SearchRequest[]> {
  const random = seededRandom(seed);
  const vectors = Array.from({ length: n }, () => randomVector(random, dimension));
  await collection.upsert(vectors.map((vector, id) => ({ id, vector, metadata: { odd: id % 2 } })));
  await collection.waitForIndex();
  const kinds: Omit<SearchRequest, "vector">[] = [
    {},
    { include: [] },
    { ef: 32, limit: 3 },
    { exact: true },
    { filter: { odd: 1 }, limit: 20 },
    { limit: 40, offset: 7, scoreThreshold: 0.2 },
    { limit: 2000, ef: 100 },
  ];
  return Array.from({ length: 140 }, (_, i) => ({
    vector: randomVector(random, dimension),
    ...kinds[i % kinds.length],
  }));
}

async function oneByOne(collection: Collection, requests: readonly SearchRequest[]): Promise<Hit[][]> {
  const all: Hit[][] = [];
  for (const request of requests) all.push(await collection.search(request));
  return all;
}

for (const path of ["in memory", "in a folder"]) {
  test(`hits ${path} are the same together and one by one (seed ${seed})`, async () => {
    const { folder, remove } = await makeFolder();
    const use = withDatabase(
      path === "in memory" ? ":memory:" : folder,
      async (db) => {
        const collection = await db.createCollection("points", { dimension });
        const requests = await fill(collection);
        // Until walks have been tried on its rows, a collection may change how it searches.
        while ((await collection.stats()).indexes[0]!.plan.calibratedRows === 0) await turn();
        const expected = await oneByOne(collection, requests);
        assert.equal((await db.stats()).searchThreads, 0, "searches one by one start no thread");
        for (let round = 0; round < 5; round++) {
          assert.deepEqual(await collection.searchBatch(requests), expected);
          const called = requests.map((request) => collection.search(request));
          assert.deepEqual(await Promise.all(called), expected);
        }
        assert.equal((await db.stats()).searchThreads, 2);
      },
      { searchThreads: 2 },
    );
    try {
      await use;
    } finally {
      await remove();
    }
  });
}

test("without search threads nothing is shared", () =>
  withDatabase(
    ":memory:",
    async (db) => {
      const collection = await db.createCollection("points", { dimension });
      const requests = await fill(collection);
      assert.equal((await collection.searchBatch(requests)).length, requests.length);
      assert.equal((await db.stats()).searchThreads, 0);
    },
    { searchThreads: 0 },
  ));

test("a vector is read when the search is called", () =>
  withDatabase(":memory:", async (db) => {
    const collection = await db.createCollection("points", { dimension });
    await fill(collection);
    const points = await collection.get([1, 2, 3, 4]);
    const vector = new Float32Array(dimension);
    const called = points.map((point) => {
      vector.set(point!.vector!);
      return collection.search({ vector, limit: 1, ef: 200, include: [] });
    });
    vector.fill(1);
    assert.deepEqual(
      (await Promise.all(called)).map((hits) => hits[0]?.id),
      [1, 2, 3, 4],
    );
  }));

test("searches together see each write whole while writers replace all points", () =>
  withDatabase(
    ":memory:",
    async (db) => {
      const count = 700;
      const collection = await db.createCollection("points", { dimension: 2, metric: "euclidean" });
      const write = (version: number): Promise<unknown> =>
        collection.upsert(
          Array.from({ length: count }, (_, id) => ({ id, vector: [id, version], metadata: { version } })),
        );
      await write(0);
      let isWriting = true;
      const writer = (async () => {
        for (let version = 1; version <= 40; version++) await write(version);
        isWriting = false;
      })();
      const request: SearchRequest = { vector: [0, 0], limit: 1000, exact: true };
      let last = 0;
      while (isWriting) {
        const batch = collection.searchBatch(Array.from({ length: 8 }, () => request));
        const called = Array.from({ length: 4 }, () => collection.search(request));
        const found = [...(await Promise.all(called)), ...(await batch)];
        const versions = found.map((hits) => {
          const seen = new Set(hits.map((hit) => hit.metadata!["version"]));
          assert.deepEqual(
            [hits.length, new Set(hits.map((hit) => hit.id)).size, seen.size],
            [count, count, 1],
          );
          return Number([...seen][0]);
        });
        assert.ok(Math.min(...versions) >= last, "an older state came back");
        last = Math.max(...versions);
        await turn();
      }
      await writer;
    },
    { searchThreads: 2 },
  ));

/** Enough searches for many turns of the event loop. */
function manySearches(requests: readonly SearchRequest[]): SearchRequest[] {
  return Array.from({ length: 40 }, () => requests).flat();
}

for (const [how, kind, code] of [
  ["closing", "closed", "database_closed"],
  ["dropping", "not_found", "collection_dropped"],
] as const) {
  test(`${how} ends a batch, and answers what was called one by one`, () =>
    withDatabase(
      ":memory:",
      async (db) => {
        const collection = await db.createCollection("points", { dimension });
        const requests = (await fill(collection)).filter(({ filter }) => filter === undefined);
        await collection.searchBatch(requests);
        const batch = collection.searchBatch(manySearches(requests));
        const called = requests.map((request) => collection.search(request));
        const refused = expectError(batch, kind, code);
        await turn();
        await (how === "closing" ? db.close() : db.dropCollection("points"));
        await refused;
        for (const hits of await Promise.all(called)) assert.ok(hits.length > 0);
        await assert.rejects(collection.search(requests[0]!), OmenError);
      },
      { searchThreads: 2 },
    ));
}

test("threads run in a program given as text, and those that wait for searches keep no process alive", () => {
  const code = `
    import { open } from "omendb";
    const db = await open(":memory:", { searchThreads: 2 });
    const points = await db.createCollection("points", { dimension: 4 });
    const vectors = Array.from({ length: 2000 }, (_, id) => [id, 1, 2, 3]);
    await points.upsert(vectors.map((vector, id) => ({ id, vector })));
    await points.waitForIndex();
    for (let i = 0; i < 5; i++) await points.searchBatch(vectors.map((vector) => ({ vector })));
    console.log((await db.stats()).searchThreads);
  `;
  const given = ["--input-type=module", "--eval", code];
  assert.equal(execFileSync(process.execPath, given, { encoding: "utf8", timeout: 60_000 }), "2\n");
});
