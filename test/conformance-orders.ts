// Conformance: ordered lists, facets, groups, conditional upserts and changes at paths, as users call them.

import assert from "node:assert/strict";
import type { ConformanceCase } from "./conformance-case.js";
import type { ListCursor, Metadata, PointId } from "omendb";

const count = 300;

function metadataOf(n: number): Metadata {
  if (n % 10 === 0) return { other: n };
  return { rank: (n * 37) % 101, kind: n % 3 === 0 ? ["x", "y"] : `k${n % 5}`, deep: { odd: n % 2 === 1 } };
}

const points = Array.from({ length: count }, (_, n) => ({ id: n, vector: [n], metadata: metadataOf(n) }));

export const orderCases: readonly ConformanceCase[] = [
  {
    title: "lists points in the order of their metadata, page by page",
    async run({ create, again }) {
      await (await create({ dimension: 1, metric: "euclidean" })).upsert(points);
      const collection = await again();
      for (const direction of ["asc", "desc"] as const) {
        const found: PointId[] = [];
        let after: ListCursor | undefined;
        do {
          const page = await collection.list({
            orderBy: { field: "rank", direction },
            filter: { "deep.odd": true },
            limit: 40,
            ...(after === undefined ? {} : { after }),
          });
          found.push(...page.points.map((point) => point.id));
          after = page.next;
        } while (after !== undefined);
        const sign = direction === "asc" ? 1 : -1;
        const expected = points
          .filter(({ id }) => id % 2 === 1)
          .toSorted((a, b) => sign * (((a.id * 37) % 101) - ((b.id * 37) % 101)) || a.id - b.id);
        assert.deepEqual(
          found,
          expected.map(({ id }) => id),
        );
      }
    },
  },
  {
    title: "counts points by value",
    async run({ create, again }) {
      await (await create({ dimension: 1, metric: "euclidean" })).upsert(points);
      const collection = await again();
      assert.deepEqual(await collection.facets({ field: "kind", limit: 3 }), {
        facets: [
          { value: "x", count: 90 },
          { value: "y", count: 90 },
          { value: "k1", count: 40 },
        ],
        isExact: true,
      });
      assert.deepEqual(await collection.facets({ field: "deep.odd", filter: { kind: "x" } }), {
        facets: [
          { value: true, count: 50 },
          { value: false, count: 40 },
        ],
        isExact: true,
      });
      assert.equal((await collection.count({ filter: { kind: "x" }, approximate: true })) >= 90, true);
    },
  },
  {
    title: "finds the best points of the best groups",
    async run({ create, again }) {
      await (await create({ dimension: 1, metric: "euclidean" })).upsert(points);
      const groups = await (
        await again()
      ).search({ vector: [-1], groupBy: { field: "kind", groups: 3, perGroup: 2 }, include: [] });
      assert.deepEqual(groups, [
        {
          value: "k1",
          hits: [
            { id: 1, score: 2 },
            { id: 11, score: 12 },
          ],
        },
        {
          value: "k2",
          hits: [
            { id: 2, score: 3 },
            { id: 7, score: 8 },
          ],
        },
        {
          value: "x",
          hits: [
            { id: 3, score: 4 },
            { id: 6, score: 7 },
          ],
        },
      ]);
    },
  },
  {
    title: "writes points on a condition",
    async run({ create, again }) {
      const first = await create({ dimension: 1, metric: "euclidean" });
      assert.deepEqual(
        await first.upsert([{ id: "a", vector: [1], metadata: { v: 1 } }], { ifAbsent: true }),
        {
          inserted: 1,
          replaced: 0,
          skipped: [],
        },
      );
      const collection = await again();
      const changed = [
        { id: "a", vector: [2], metadata: { v: 2 } },
        { id: "b", vector: [3], metadata: { v: 1 } },
      ];
      assert.deepEqual(await collection.upsert(changed, { ifAbsent: true, ifPresent: false }), {
        inserted: 1,
        replaced: 0,
        skipped: ["a"],
      });
      const where = { v: 1, $id: "a" };
      assert.deepEqual(
        await collection.upsert([...changed, { id: "c", vector: [4] }], { where, ifPresent: true }),
        {
          inserted: 0,
          replaced: 1,
          skipped: ["b", "c"],
        },
      );
      assert.deepEqual((await (await again()).list()).points, [
        { id: "a", metadata: { v: 2 } },
        { id: "b", metadata: { v: 1 } },
      ]);
    },
  },
  {
    title: "changes metadata at a path",
    async run({ create, again }) {
      const collection = await create({ dimension: 1, metric: "euclidean" });
      await collection.upsert([{ id: 1, vector: [1], metadata: { a: { b: 1, c: 2 }, "a.b": 3 } }]);
      await collection.updateMetadata([1], { unset: ["a.b"] });
      await collection.updateMetadata([1], { at: "a", merge: { d: 4 } });
      const [point] = await (await again()).get([1], { include: ["metadata"] });
      assert.deepEqual(point, { id: 1, metadata: { a: { c: 2, d: 4 }, "a.b": 3 } });
      assert.equal(await (await again()).count({ filter: { "a.d": 4, "a.b": { $exists: false } } }), 1);
    },
  },
];
