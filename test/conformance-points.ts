// Conformance: points are written, read, listed and deleted as they are.

import assert from "node:assert/strict";
import type { PointId, PointInput } from "omendb";
import type { ConformanceCase } from "./conformance-case.js";

const strangeIds: readonly PointId[] = [
  -(2n ** 63n),
  Number.MIN_SAFE_INTEGER,
  -1,
  0,
  1,
  2,
  Number.MAX_SAFE_INTEGER,
  BigInt(Number.MAX_SAFE_INTEGER) + 1n,
  2n ** 64n - 1n,
  " ",
  "1",
  "10",
  "2",
  "a",
  "a\u0000",
  "a\u0000b",
  "e".repeat(512),
  "é".repeat(256),
  "\uffee",
  "😀".repeat(128),
];

/** Values that only a copy bit for bit keeps. */
const strangeVector = Float32Array.of(-0, 1e-45, -3.4028234663852886e38, Math.PI, 1 / 3, 1, 2, 3);

/** Ids as the server of `list` orders them, and as they come back. */
function byId(points: readonly { readonly id: PointId }[]): PointId[] {
  return points.map((point) => point.id);
}

export const pointCases: readonly ConformanceCase[] = [
  {
    title: "gives back points bit for bit, for every kind of id",
    async run({ create, again }) {
      const points = strangeIds.map((id, i) => ({
        id,
        vector: strangeVector.map((x) => x / (i + 1)),
        metadata: { i },
      }));
      assert.deepEqual(await (await create({ dimension: 8, metric: "dot" })).upsert(points), {
        inserted: points.length,
        replaced: 0,
      });
      const found = await (await again()).get(strangeIds);
      assert.deepEqual(found, points);
      for (const [i, point] of found.entries()) {
        const bits = point?.vector && new Uint32Array(point.vector.buffer);
        assert.deepEqual(bits, new Uint32Array(points[i]!.vector.buffer));
      }
    },
  },
  {
    title: "lists ids in their order, page by page",
    async run({ create, again }) {
      const shuffled = [...strangeIds].sort(
        (a, b) => ((String(a).length * 7 + 3) % 5) - ((String(b).length * 7 + 3) % 5),
      );
      await (
        await create({ dimension: 1, metric: "dot" })
      ).upsert(shuffled.map((id) => ({ id, vector: [1] })));
      const collection = await again();
      const all = await collection.list({ limit: 10_000 });
      assert.deepEqual(byId(all.points), strangeIds);
      assert.equal(all.next, undefined);
      const paged: PointId[] = [];
      let after: PointId | undefined;
      do {
        const page = await collection.list(after === undefined ? { limit: 3 } : { limit: 3, after });
        paged.push(...byId(page.points));
        after = page.next;
      } while (after !== undefined);
      assert.deepEqual(paged, strangeIds);
      assert.deepEqual(byId((await collection.list({ after: "10x", limit: 1 })).points), ["2"]);
    },
  },
  {
    title: 'knows 1 and "1" apart, and 5 and 5n as one',
    async run({ create, again }) {
      const collection = await create({ dimension: 1, metric: "dot" });
      await collection.upsert([
        { id: 1, vector: [1] },
        { id: "1", vector: [2] },
        { id: 5n, vector: [3] },
      ]);
      assert.deepEqual(await collection.upsert([{ id: 5, vector: [4] }]), { inserted: 0, replaced: 1 });
      const [one, text, five] = await (await again()).get([1, "1", 5n], { include: ["vector"] });
      assert.deepEqual([one?.vector?.[0], text?.vector?.[0], five?.vector?.[0], five?.id], [1, 2, 4, 5]);
    },
  },
  {
    title: "keeps the last of two points with one id in one call",
    async run({ create, again }) {
      const collection = await create({ dimension: 1, metric: "dot" });
      const points: PointInput[] = [
        { id: "a", vector: [1] },
        { id: "b", vector: [2] },
        { id: "a", vector: [3], metadata: { last: true } },
      ];
      assert.deepEqual(await collection.upsert(points), { inserted: 2, replaced: 0 });
      assert.deepEqual(await collection.upsert(points), { inserted: 0, replaced: 2 });
      assert.equal(await collection.count(), 2);
      const [a] = await (await again()).get(["a"]);
      assert.deepEqual(a, { id: "a", vector: Float32Array.of(3), metadata: { last: true } });
    },
  },
  {
    title: "replaces a point wholly, metadata too",
    async run({ create, again }) {
      const collection = await create({ dimension: 1, metric: "dot" });
      await collection.upsert([{ id: 1, vector: [1], metadata: { a: 1 } }]);
      await collection.upsert([{ id: 1, vector: [2] }]);
      assert.deepEqual(await (await again()).get([1]), [{ id: 1, vector: Float32Array.of(2), metadata: {} }]);
    },
  },
  {
    title: "takes columns, and any array of numbers",
    async run({ create, again }) {
      const collection = await create({ dimension: 2, metric: "dot" });
      const ids = ["a", 2];
      await collection.upsert({ ids, vectors: Float32Array.of(1, 2, 3, 4), metadata: [{ n: 1 }, { n: 2 }] });
      await collection.upsert({ ids: ["c"], vectors: [5, 6] });
      await collection.upsert({ ids: ["d"], vectors: Float64Array.of(7, 8) });
      await collection.upsert([
        { id: "e", vector: Int8Array.of(9, 10) },
        { id: "f", vector: { length: 2, 0: 11, 1: 12 } },
      ]);
      const found = await (await again()).get(["a", 2, "c", "d", "e", "f"]);
      assert.deepEqual(
        found.map((point) => [...point!.vector!]),
        [
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
          [9, 10],
          [11, 12],
        ],
      );
      assert.deepEqual(
        found.map((point) => point!.metadata),
        [{ n: 1 }, { n: 2 }, {}, {}, {}, {}],
      );
    },
  },
  {
    title: "does not keep the caller's arrays and objects",
    async run({ create }) {
      const collection = await create({ dimension: 2, metric: "dot" });
      const vector = Float32Array.of(1, 2);
      const metadata = { list: [1] };
      const written = collection.upsert([{ id: 1, vector, metadata }]);
      vector.fill(9);
      metadata.list.push(2);
      await written;
      const [point] = await collection.get([1]);
      assert.deepEqual(point, { id: 1, vector: Float32Array.of(1, 2), metadata: { list: [1] } });
    },
  },
  {
    title: "deletes by id and by filter, and passes over what is not there",
    async run({ create, again }) {
      const collection = await create({ dimension: 1, metric: "dot" });
      await collection.upsert(
        Array.from({ length: 10 }, (_, i) => ({ id: i, vector: [i], metadata: { even: i % 2 === 0 } })),
      );
      assert.deepEqual(await collection.delete([1, 1, "1", 99]), { deleted: 1 });
      assert.deepEqual(await collection.delete({ filter: { even: true } }), { deleted: 5 });
      assert.deepEqual(await collection.delete([]), { deleted: 0 });
      const left = await again();
      assert.deepEqual(byId((await left.list()).points), [3, 5, 7, 9]);
      assert.deepEqual(byId(await left.search({ vector: [1], limit: 10 })), [9, 7, 5, 3]);
      assert.deepEqual(await left.get([0, 3], { include: [] }), [undefined, { id: 3 }]);
      assert.deepEqual(await left.upsert([{ id: 0, vector: [100] }]), { inserted: 1, replaced: 0 });
      assert.deepEqual(byId(await (await again()).search({ vector: [1], limit: 2 })), [0, 9]);
    },
  },
  {
    title: "is empty at first, and takes calls that ask for nothing",
    async run({ create, again }) {
      assert.deepEqual(await (await create({ dimension: 3 })).upsert([]), { inserted: 0, replaced: 0 });
      const collection = await again();
      assert.deepEqual(await collection.search({ vector: [1, 2, 3] }), []);
      assert.deepEqual(await collection.search({ vector: [1, 2, 3], filter: { a: 1 }, exact: true }), []);
      assert.deepEqual(await collection.searchBatch([]), []);
      assert.deepEqual(await collection.get([]), []);
      assert.deepEqual(await collection.list(), { points: [] });
      assert.equal(await collection.count(), 0);
      await collection.waitForIndex();
    },
  },
];
