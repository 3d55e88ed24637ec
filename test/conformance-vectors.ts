// Conformance: vectors change and go while the rest of a point stays.

import assert from "node:assert/strict";
import { OmenError, type Collection, type Point } from "omendb";
import type { ConformanceCase } from "./conformance-case.js";

const named = {
  vectors: { a: { dimension: 2, metric: "dot" }, b: { dimension: 2, metric: "dot" } },
} as const;
const f = (...components: number[]): Float32Array => Float32Array.from(components);

async function pointOf(collection: Collection, id: Point["id"]): Promise<Point | undefined> {
  return (await collection.get([id]))[0];
}

export const vectorCases: readonly ConformanceCase[] = [
  {
    title: "replaces vectors, and leaves metadata and other vectors as they are",
    async run({ create, again }) {
      const points = await create(named);
      await points.upsert([
        { id: 1, vectors: { a: [1, 0], b: [0, 1] }, metadata: { x: 1 } },
        { id: 2, vectors: { a: [2, 0] }, metadata: { x: 2 } },
      ]);
      const result = await points.updateVectors([
        { id: 1, vectors: { a: [5, 5] } },
        { id: 2, vectors: { b: [7, 7] } },
        { id: 1, vectors: { b: [6, 6] } },
        { id: 3, vectors: { a: [1, 1] } },
      ]);
      assert.deepEqual(result, { updated: 2 });
      const after = await again();
      assert.deepEqual(await pointOf(after, 1), {
        id: 1,
        vectors: { a: f(5, 5), b: f(6, 6) },
        metadata: { x: 1 },
      });
      assert.deepEqual(await pointOf(after, 2), {
        id: 2,
        vectors: { a: f(2, 0), b: f(7, 7) },
        metadata: { x: 2 },
      });
      assert.equal(await pointOf(after, 3), undefined);
      const hits = await after.search({ vector: [1, 1], using: "b", limit: 5 });
      assert.deepEqual(
        hits.map(({ id, score }) => [id, score]),
        [
          [2, 14],
          [1, 12],
        ],
      );
    },
  },
  {
    title: "replaces the unnamed vector, also of a point written by a call in flight",
    async run({ create, again }) {
      const points = await create({ dimension: 2, metric: "dot" });
      const calls = [
        points.upsert([{ id: "p", vector: [1, 0], metadata: { kept: true } }]),
        points.updateVectors([{ id: "p", vector: [0, 3] }]),
        points.updateMetadata(["p"], { merge: { more: 1 } }),
      ];
      await Promise.all(calls);
      assert.deepEqual(await pointOf(await again(), "p"), {
        id: "p",
        vector: f(0, 3),
        metadata: { kept: true, more: 1 },
      });
    },
  },
  {
    title: "takes named vectors away from points, by ids and by a filter",
    async run({ create, again }) {
      const points = await create(named);
      const written = points.upsert(
        [1, 2, 3].map((id) => ({ id, vectors: { a: [id, 0], b: [0, id] }, metadata: { odd: id % 2 === 1 } })),
      );
      // Before the points are there: how many rows it takes is known only when its turn has come.
      const removed = points.deleteVectors({ filter: { odd: true } }, ["a"]);
      await written;
      assert.deepEqual(await removed, { updated: 2 });
      assert.deepEqual(await points.deleteVectors([2, 9], ["b"]), { updated: 1 });
      const after = await again();
      assert.deepEqual(await pointOf(after, 1), { id: 1, vectors: { b: f(0, 1) }, metadata: { odd: true } });
      assert.deepEqual(await pointOf(after, 2), { id: 2, vectors: { a: f(2, 0) }, metadata: { odd: false } });
      const found = async (using: string): Promise<unknown[]> =>
        (await after.search({ vector: [1, 1], using, limit: 5 })).map(({ id }) => id);
      assert.deepEqual(await found("a"), [2]);
      assert.deepEqual(await found("b"), [3, 1]);
    },
  },
  {
    title: "refuses changes of vectors that it cannot make, and makes none of the call",
    async run({ create }) {
      const [one, many] = [await create({ dimension: 2, metric: "dot" }, "one"), await create(named, "many")];
      await one.upsert([{ id: 1, vector: [1, 1] }]);
      // What TypeScript would not let through.
      const anything = (value: unknown): never => value as never;
      const refused: readonly (readonly [string, () => Promise<unknown>])[] = [
        ["wrong_type", () => one.updateVectors(anything("x"))],
        ["missing_field", () => one.updateVectors([{ id: 1, vector: [2, 2] }, { id: 1 }])],
        ["unknown_field", () => one.updateVectors([anything({ id: 1, vector: [2, 2], metadata: {} })])],
        ["vector_dimension", () => one.updateVectors([{ id: 1, vector: [2] }])],
        ["vector_field", () => one.deleteVectors([1], [""])],
        ["vector_field", () => many.deleteVectors([1], ["c"])],
        ["wrong_type", () => many.deleteVectors([1], anything("a"))],
      ];
      for (const [code, call] of refused)
        await assert.rejects(call, (error) => error instanceof OmenError && error.code === code, code);
      assert.deepEqual(await pointOf(one, 1), { id: 1, vector: f(1, 1), metadata: {} });
    },
  },
  {
    title: "lists from an id on, whether or not it is there",
    async run({ create }) {
      const points = await create({ dimension: 1, metric: "dot" });
      await points.upsert([1, 3, "a", "c"].map((id) => ({ id, vector: [1], metadata: { odd: id !== 3 } })));
      const from = async (id: Point["id"], filter = {}): Promise<unknown[]> =>
        (await points.list({ from: id, filter })).points.map((point) => point.id);
      assert.deepEqual(await from(1), [1, 3, "a", "c"]);
      assert.deepEqual(await from(2), [3, "a", "c"]);
      assert.deepEqual(await from("a"), ["a", "c"]);
      assert.deepEqual(await from("b"), ["c"]);
      assert.deepEqual(await from(3, { odd: true }), ["a", "c"]);
      const page = await points.list({ from: 3, limit: 1 });
      assert.deepEqual([page.points.map(({ id }) => id), page.next], [[3], 3]);
      await assert.rejects(points.list({ from: 1, after: 1 }), { code: "conflicting_fields" });
    },
  },
];
