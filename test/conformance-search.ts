// Conformance: searches find what brute force in plain TypeScript finds.

import assert from "node:assert/strict";
import type { Hit, Metric, PointInput } from "omendb";
import type { ConformanceCase } from "./conformance-case.js";
import { expectError, plainScore, randomVector, seededRandom } from "./conformance-expect.js";

const metrics: readonly Metric[] = ["cosine", "dot", "euclidean"];
const dimension = 17;
const count = 300;

interface Written extends PointInput {
  readonly id: number;
  readonly vector: Float32Array;
}

function makePoints(seed: number): Written[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, id) => ({
    id,
    vector: randomVector(random, dimension),
    metadata: { group: id % 7 },
  }));
}

/** The right hits, best first. */
function bruteForce(
  points: readonly Written[],
  query: Float32Array,
  metric: Metric,
): { id: number; score: number }[] {
  const scored = points.map(({ id, vector }) => ({ id, score: plainScore(metric, query, vector) }));
  return scored.sort((a, b) => (metric === "euclidean" ? a.score - b.score : b.score - a.score));
}

/** Scores may differ in their last bits; ids must not. */
function expectHits(
  hits: readonly Hit[],
  expected: readonly { id: number; score: number }[],
  told: string,
): void {
  assert.deepEqual(
    hits.map((hit) => hit.id),
    expected.map((hit) => hit.id),
    told,
  );
  hits.forEach((hit, i) => {
    const wanted = expected[i]!.score;
    assert.ok(
      Math.abs(hit.score - wanted) <= 1e-5 * (1 + Math.abs(wanted)),
      `${told}: ${hit.score}, not ${wanted}`,
    );
  });
}

export const searchCases: readonly ConformanceCase[] = [
  {
    title: "finds what brute force finds, for all metrics",
    async run({ db, reopened }) {
      const points = makePoints(1);
      for (const metric of metrics)
        await (await db.createCollection(metric, { dimension, metric })).upsert(points);
      const again = await reopened();
      const random = seededRandom(2);
      for (const metric of metrics) {
        const collection = await again.collection(metric);
        for (let i = 0; i < 5; i++) {
          const vector = randomVector(random, dimension);
          const expected = bruteForce(points, vector, metric);
          expectHits(
            await collection.search({ vector, limit: 20, exact: true }),
            expected.slice(0, 20),
            metric,
          );
          expectHits(
            await collection.search({ vector, limit: 5, offset: 10, exact: true }),
            expected.slice(10, 15),
            metric,
          );
          expectHits(
            await collection.search({ vector, limit: 10_000, offset: 290 }),
            expected.slice(290),
            metric,
          );
          const filtered = expected.filter(({ id }) => id % 7 === 3);
          expectHits(
            await collection.search({ vector, limit: 50, filter: { group: 3 } }),
            filtered.slice(0, 50),
            metric,
          );
        }
      }
    },
  },
  {
    title: "leaves out hits that score worse than the threshold",
    async run({ db, reopened }) {
      const points = [1, 2, 3, 4].map((x) => ({ id: x, vector: [x] }));
      for (const metric of metrics)
        await (await db.createCollection(metric, { dimension: 1, metric })).upsert(points);
      const again = await reopened();
      const ids = async (metric: Metric, scoreThreshold: number): Promise<unknown[]> => {
        const hits = await (await again.collection(metric)).search({ vector: [2], scoreThreshold });
        return hits.map((hit) => hit.id);
      };
      assert.deepEqual(await ids("dot", 6), [4, 3]);
      assert.deepEqual(await ids("dot", 9), []);
      assert.deepEqual(new Set(await ids("euclidean", 1)), new Set([1, 2, 3]));
      assert.deepEqual(await ids("euclidean", -1), []);
      assert.equal((await ids("cosine", 0.9)).length, 4);
    },
  },
  {
    title: "searches each named field on its own, any of them absent",
    async run({ create, again }) {
      const config = {
        vectors: {
          title: { dimension: 2 },
          image: { dimension: 3, metric: "euclidean" },
          constructor: { dimension: 1 },
        },
      } as const;
      await (
        await create(config)
      ).upsert([
        { id: "both", vectors: { title: [1, 0], image: [0, 0, 1] } },
        { id: "title", vectors: { title: [0, 1] }, metadata: { only: "title" } },
        { id: "image", vectors: { image: Float32Array.of(0, 0, 3) } },
        { id: "none", metadata: { a: 1 } },
        { id: "empty", vectors: {} },
      ]);
      const collection = await again();
      assert.equal(await collection.count(), 5);
      const titles = await collection.search({ vector: [1, 0.1], using: "title", include: ["vector"] });
      assert.deepEqual(
        titles.map((hit) => hit.id),
        ["both", "title"],
      );
      assert.deepEqual(titles[0]!.vectors, { title: Float32Array.of(1, 0), image: Float32Array.of(0, 0, 1) });
      const images = await collection.search({ vector: [0, 0, 2.9], using: "image", include: [] });
      assert.deepEqual(
        images.map((hit) => hit.id),
        ["image", "both"],
      );
      assert.deepEqual(await collection.search({ vector: [1], using: "constructor" }), []);
      await collection.upsert({ ids: ["image", "new"], vectors: { title: [1, 1, -1, 0] } });
      await collection.delete(["both"]);
      const after = await again();
      const left = await after.search({ vector: [1, 0], using: "title" });
      assert.deepEqual(
        left.map((hit) => hit.id),
        ["image", "title", "new"],
      );
      assert.deepEqual(await after.search({ vector: [0, 0, 1], using: "image" }), []);
      assert.deepEqual(await after.get(["none"]), [{ id: "none", metadata: { a: 1 }, vectors: {} }]);
      await expectError(after.search({ vector: [1, 0] }), "invalid", "missing_field");
    },
  },
  {
    title: "answers a batch in the order of its requests, or not at all",
    async run({ create, again }) {
      await (
        await create({ dimension: 1, metric: "euclidean" })
      ).upsert([1, 5, 9].map((x) => ({ id: x, vector: [x] })));
      const collection = await again();
      const hits = await collection.searchBatch([
        { vector: [9], limit: 1 },
        { vector: [1], limit: 1, include: [] },
        { vector: [6], limit: 2 },
      ]);
      assert.deepEqual(
        hits.map((found) => found.map((hit) => hit.id)),
        [[9], [1], [5, 9]],
      );
      const bad = collection.searchBatch([{ vector: [1] }, { vector: [1, 2] }]);
      assert.equal((await expectError(bad, "invalid", "vector_dimension")).field, "requests[1].vector");
    },
  },
  {
    title: "sees a write from the moment it returns, linked or not",
    async run({ create, again }) {
      const collection = await create({ dimension, metric: "euclidean" });
      const points = makePoints(3);
      for (let from = 0; from < count; from += 50) {
        await collection.upsert(points.slice(from, from + 50));
        const vector = points[from]!.vector;
        expectHits(await collection.search({ vector, limit: 1 }), [{ id: from, score: 0 }], "just written");
      }
      await collection.waitForIndex();
      const before = await collection.search({ vector: points[7]!.vector, limit: 30 });
      assert.deepEqual(await (await again()).search({ vector: points[7]!.vector, limit: 30 }), before);
    },
  },
];
