// Facets and counts against the naive ones: through the index, by reading, and while points are written.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filterArbitrary } from "../metadata/arbitrary-filters.suite.js";
import type { Filter } from "../model/filter.js";
import type { Metadata, PointId } from "../model/point.js";
import { withKeptStore } from "./kept-store.suite.js";
import { fieldArbitrary, naiveFacets, passing, pointsArbitrary } from "./naive-answers.suite.js";
import { nextTurn } from "./time-slices.js";

for (const indexed of ["all", ["a", "b"], []] as const) {
  const title = `with ${indexed === "all" ? "all" : indexed.length} fields indexed`;

  test(`any facets of any points, ${title}`, async () => {
    const question = fc.record({
      field: fieldArbitrary,
      filter: fc.option(filterArbitrary, { nil: undefined }),
      limit: fc.constantFrom(1, 2, 10, 10_000),
    });
    await fc.assert(
      fc.asyncProperty(pointsArbitrary, fc.array(question, { maxLength: 8 }), (points, questions) =>
        withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed } }, async ({ open }) => {
          const collection = await open();
          await collection.upsert(points.map(({ id, metadata }) => ({ id, metadata, vector: [1] })));
          const model = new Map<PointId, Metadata>(points.map(({ id, metadata }) => [id, metadata]));
          for (const { field, filter, limit } of questions) {
            const request = { field, limit, ...(filter === undefined ? {} : { filter }) };
            assert.deepEqual(await collection.facets(request), {
              facets: naiveFacets(passing(model, filter), field).slice(0, limit),
              isExact: true,
            });
            if (filter === undefined) continue;
            const count = await collection.count({ filter });
            assert.equal(count, passing(model, filter).length);
            const estimate = await collection.count({ filter, approximate: true });
            assert.ok(estimate >= count && estimate <= model.size, `${estimate} for ${count}`);
          }
          await collection.close();
        }),
      ),
      { numRuns: 60 },
    );
  });

  test(`facets of many points, ${title}`, () =>
    withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed } }, async ({ open }) => {
      const collection = await open();
      const long = "x".repeat(200);
      const metadataOf = (id: number): Metadata => ({
        a: [id % 7, id % 3, id],
        b: id % 5 === 0 ? `${id % 11}${long}` : [`${id % 13}`, null],
        c: id % 1000 === 0 ? [`${long}${id % 3}`, true, "x"] : true,
        list: [id % 2],
      });
      const ids = Array.from({ length: 12_000 }, (_, id) => id);
      await collection.upsert(ids.map((id) => ({ id, vector: [1], metadata: metadataOf(id) })));
      const model = new Map<PointId, Metadata>(ids.map((id) => [id, metadataOf(id)]));
      const filters: (Filter | undefined)[] = [
        undefined,
        { a: 1 },
        { a: { $lt: 3 }, list: { $size: 1 } },
        { c: { $ne: "x" }, a: 0 },
        { a: 700 },
      ];
      for (const filter of filters) {
        for (const field of ["a", "b", "c", "none"]) {
          const request = { field, limit: 50, ...(filter === undefined ? {} : { filter }) };
          assert.deepEqual(
            (await collection.facets(request)).facets,
            naiveFacets(passing(model, filter), field).slice(0, 50),
            `${field} ${JSON.stringify(filter)}`,
          );
        }
      }
      await collection.close();
    }));

  test(`facets are of one moment while points are written, ${title}`, () =>
    withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed } }, async ({ open }) => {
      const collection = await open();
      const ids = Array.from({ length: 6000 }, (_, id) => id);
      const write = (round: number): Promise<unknown> =>
        collection.upsert(ids.map((id) => ({ id, vector: [1], metadata: { round, list: [round, "all"] } })));
      await write(0);
      for (let round = 1; round < 8; round++) {
        const written = write(round);
        for (let i = 0; i < round % 3; i++) await nextTurn();
        const [all, some, none] = await Promise.all([
          collection.facets({ field: "round" }),
          collection.facets({ field: "list", filter: { list: { $size: 2 } } }),
          collection.facets({ field: "list", filter: { list: { $size: 1 } } }),
        ]);
        assert.equal(all.facets.length, 1);
        assert.equal(all.facets[0]!.count, ids.length);
        assert.deepEqual(
          some.facets.map(({ count }) => count),
          [ids.length, ids.length],
        );
        assert.deepEqual(none.facets, []);
        await written;
      }
      await collection.close();
    }));
}

test("an approximate count is exact where the index tells, and otherwise counts what it cannot rule out", () =>
  withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed: ["a"] } }, async ({ open }) => {
    const collection = await open();
    await collection.upsert(
      Array.from({ length: 100 }, (_, id) => ({ id, vector: [1], metadata: { a: id % 10, b: id } })),
    );
    const estimate = (filter: Filter): Promise<number> => collection.count({ filter, approximate: true });
    assert.equal(await estimate({ a: 3 }), 10);
    assert.equal(await estimate({ a: { $gte: 5 } }), 50);
    assert.equal(await estimate({ a: 3, b: 3 }), 10);
    assert.equal(await estimate({ b: 3 }), 100);
    assert.equal(await collection.count({ approximate: true }), 100);
    await collection.close();
  }));
