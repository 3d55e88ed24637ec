// Grouped searches against the naive ones: on few points any filter and any groups, on many those that the nearest points do
// not fill, and while points are written.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filterArbitrary } from "../metadata/arbitrary-filters.suite.js";
import type { FilterScalar } from "../model/filter.js";
import type { Metadata, PointId } from "../model/point.js";
import type { GroupedSearchRequest, SearchGroup } from "../model/requests.js";
import { withKeptStore } from "./kept-store.suite.js";
import { fieldArbitrary, passing, pointsArbitrary, scalarsAt } from "./naive-answers.suite.js";
import { nextTurn } from "./time-slices.js";

interface NaivePoint {
  readonly metadata: Metadata;
  readonly at: number;
}

/** Checks groups of points on a line against all of them; among points equally far any may stand. */
function check(
  found: readonly SearchGroup[],
  points: ReadonlyMap<PointId, NaivePoint>,
  { vector, groupBy, filter, scoreThreshold }: GroupedSearchRequest,
): void {
  const { field, groups = 10, perGroup = 3 } = groupBy;
  const distances = new Map<FilterScalar, number[]>();
  const metadata = new Map([...points].map(([id, point]) => [id, point.metadata]));
  for (const [id] of passing(metadata, filter)) {
    const point = points.get(id)!;
    const distance = Math.abs(point.at - vector[0]!);
    if (scoreThreshold !== undefined && distance > scoreThreshold) continue;
    for (const value of scalarsAt(point.metadata, field)) {
      distances.set(value, [...(distances.get(value) ?? []), distance]);
    }
  }
  for (const group of distances.values()) group.sort((a, b) => a - b);
  const best = [...distances.values()].map(([first]) => first!).sort((a, b) => a - b);
  assert.deepEqual(
    found.map(({ hits }) => hits[0]!.score),
    best.slice(0, groups),
  );
  assert.equal(new Set(found.map(({ value }) => value)).size, found.length);
  for (const { value, hits } of found) {
    assert.deepEqual(
      hits.map(({ score }) => score),
      distances.get(value)!.slice(0, perGroup),
    );
    assert.equal(new Set(hits.map(({ id }) => id)).size, hits.length);
    for (const { id, score, metadata } of hits) {
      assert.equal(score, Math.abs(points.get(id)!.at - vector[0]!));
      assert.deepEqual(metadata, points.get(id)!.metadata);
      assert.ok(scalarsAt(metadata, field).includes(value));
    }
  }
}

for (const indexed of ["all", ["a", "b"], []] as const) {
  const title = `with ${indexed === "all" ? "all" : indexed.length} fields indexed`;

  test(`any groups of any points, ${title}`, async () => {
    const question = fc.record(
      {
        vector: fc.tuple(fc.integer({ min: -20, max: 20 })),
        filter: filterArbitrary,
        scoreThreshold: fc.nat(20),
        groupBy: fc.record({
          field: fieldArbitrary,
          groups: fc.integer({ min: 1, max: 4 }),
          perGroup: fc.integer({ min: 1, max: 3 }),
        }),
      },
      { requiredKeys: ["vector", "groupBy"] },
    );
    await fc.assert(
      fc.asyncProperty(pointsArbitrary, fc.array(question, { maxLength: 8 }), (points, questions) =>
        withKeptStore({ dimension: 1, metric: "euclidean", metadata: { indexed } }, async ({ open }) => {
          const collection = await open();
          await collection.upsert(points.map(({ id, metadata, at }) => ({ id, metadata, vector: [at] })));
          const model = new Map(points.map((point) => [point.id, point]));
          for (const request of questions) check(await collection.search(request), model, request);
          await collection.close();
        }),
      ),
      { numRuns: 60 },
    );
  });

  test(`groups that the nearest points do not fill, ${title}`, () =>
    withKeptStore({ dimension: 1, metric: "euclidean", metadata: { indexed } }, async ({ open }) => {
      const collection = await open();
      // The nearest ones share one value, the next ones two; the rest of the groups are far, and one is small.
      const metadataOf = (id: number): Metadata => {
        if (id < 3000) return { group: "near", text: "x".repeat(200), mixed: "x" };
        if (id < 4000) return { group: ["near", "next"], text: "x", mixed: "x" };
        if (id < 4010) return { group: [], text: [["deep"]] };
        return {
          group: id === 4999 ? "last" : id % 7,
          text: `y${"x".repeat(200)}`,
          mixed: `${id % 3}${"x".repeat(200)}`,
        };
      };
      const points = Array.from({ length: 5000 }, (_, id) => ({ id, metadata: metadataOf(id), at: id }));
      await collection.upsert(points.map(({ id, metadata, at }) => ({ id, metadata, vector: [at] })));
      await collection.waitForIndex();
      const model = new Map(points.map((point) => [point.id as PointId, point]));
      const requests: GroupedSearchRequest[] = [
        { vector: [0], groupBy: { field: "group" }, exact: true },
        { vector: [0], groupBy: { field: "group", groups: 2, perGroup: 5 }, exact: true },
        { vector: [0], groupBy: { field: "group", groups: 100, perGroup: 2 }, exact: true },
        { vector: [0], groupBy: { field: "text", groups: 3, perGroup: 5 }, exact: true },
        { vector: [0], groupBy: { field: "mixed", groups: 3, perGroup: 5 }, exact: true },
        {
          vector: [0],
          groupBy: { field: "mixed", groups: 3, perGroup: 5 },
          filter: { mixed: { $exists: true } },
        },
        { vector: [0], groupBy: { field: "none" }, exact: true },
        { vector: [0], groupBy: { field: "group" }, scoreThreshold: 4500, exact: true },
        { vector: [2000], groupBy: { field: "group", groups: 5 }, filter: { group: { $ne: 3 } } },
        {
          vector: [2000],
          groupBy: { field: "group", groups: 10, perGroup: 2 },
          filter: { text: { $exists: true } },
        },
        {
          vector: [9000],
          groupBy: { field: "group", groups: 1000, perGroup: 10 },
          filter: { group: { $size: 2 } },
        },
      ];
      for (const request of requests) check(await collection.search(request), model, request);
      await collection.close();
    }));

  test(`while points are written, groups are of one moment, ${title}`, () =>
    withKeptStore({ dimension: 1, metric: "euclidean", metadata: { indexed } }, async ({ open, store }) => {
      const collection = await open();
      const farGroup = (id: number): FilterScalar => (id < 5000 ? "near" : id < 5002 ? "ab"[id - 5000]! : id);
      const points = Array.from({ length: 5010 }, (_, id) => ({
        id,
        vector: [id + 2],
        metadata: { group: farGroup(id) },
      }));
      await collection.upsert(points);
      await collection.waitForIndex();
      const readPoint = store.readPoint.bind(store);
      // Reading takes several slices of time, so that writes fall between the rounds of a search.
      store.readPoint = (row) => {
        for (const end = performance.now() + 0.005; performance.now() < end;);
        return readPoint(row);
      };
      let isOver = false;
      const writing = (async () => {
        for (let round = 0; !isOver; round++) {
          // The best point changes its group: in every moment it is in one of two.
          await collection.upsert([
            { id: "best", vector: [round % 2], metadata: { group: "ab"[round % 2]! } },
            { id: 2 + (round % 50), vector: [4 + (round % 50)], metadata: { group: "near", round } },
          ]);
          await nextTurn();
        }
      })();
      for (let i = 0; i < 15; i++) {
        const filter = i % 2 === 0 ? {} : { filter: { group: { $exists: true } } };
        const request = { vector: [0], exact: true, ...filter };
        const groups = await collection.search({
          ...request,
          groupBy: { field: "group", groups: 20, perGroup: 2 },
        });
        const ids = new Map(groups.map(({ value, hits }) => [value, hits.map(({ id }) => id)]));
        assert.deepEqual(ids.get("near"), [0, 1]);
        const best = groups[0]!.value;
        assert.ok(best === "a" || best === "b", String(best));
        assert.deepEqual(ids.get("a"), best === "a" ? ["best", 5000] : [5000]);
        assert.deepEqual(ids.get("b"), best === "b" ? ["best", 5001] : [5001]);
        assert.equal(groups.length, 11);
        const [only, ...others] = await collection.search({
          ...request,
          groupBy: { field: "group", groups: 1 },
        });
        assert.equal(others.length, 0);
        assert.deepEqual(
          only!.hits.map(({ id }) => id),
          ["best", only!.value === "a" ? 5000 : 5001],
        );
      }
      isOver = true;
      await writing;
      await collection.close();
    }));
}

test("groups that walks of the graph begin are filled", () =>
  withKeptStore({ dimension: 8, metric: "cosine" }, async ({ open }) => {
    const collection = await open();
    const random = fc.sample(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 8, maxLength: 8 }), {
      numRuns: 3000,
      seed: 5,
    });
    await collection.upsert(
      random.map((vector, id) => ({ id, vector: [...vector.slice(1), 101], metadata: { group: id % 500 } })),
    );
    await collection.waitForIndex();
    const request = {
      vector: [1, 2, 3, 4, 5, 6, 7, 8],
      groupBy: { field: "group", groups: 600, perGroup: 10 },
    };
    const groups = await collection.search(request);
    assert.equal(groups.length, 500);
    for (const { hits } of groups) assert.equal(hits.length, 6);
    await collection.close();
  }));
