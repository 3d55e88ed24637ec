// Ordered lists against the naive order: page by page, through the index and without one, and while points are written.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filterArbitrary } from "../metadata/arbitrary-filters.suite.js";
import type { Metadata, Point, PointId, PointInput } from "../model/point.js";
import type { ListCursor, OrderedListRequest } from "../model/requests.js";
import type { EmbeddedCollection } from "./collection.js";
import { type KeptStore, withKeptStore } from "./kept-store.suite.js";
import { nextTurn } from "./time-slices.js";
import { fieldArbitrary, idsArbitrary, naiveOrder, passing, pointsArbitrary } from "./naive-answers.suite.js";

const direction = fc.constantFrom<"asc" | "desc">("asc", "desc");

/** What a page shows passes the filter and is in order, whatever is written meanwhile. */
function assertSound(points: readonly Point[], { orderBy, filter }: OrderedListRequest): PointId[] {
  const ids = points.map(({ id }) => id);
  const shown = passing(new Map(points.map(({ id, metadata }) => [id, metadata!])), filter);
  const { field, direction = "asc" } = orderBy;
  assert.deepEqual(ids, naiveOrder(shown, { field, direction }));
  return ids;
}

/** All ids, page by page; cursors go through JSON, as they may. */
async function pagedIds(collection: EmbeddedCollection, request: OrderedListRequest): Promise<PointId[]> {
  const ids: PointId[] = [];
  for (let after: ListCursor | undefined; ;) {
    const page = await collection.list({ ...request, ...(after === undefined ? {} : { after }) });
    assert.ok(page.points.length <= (request.limit ?? 100));
    ids.push(...assertSound(page.points, request));
    if (page.next === undefined) return ids;
    after = JSON.parse(JSON.stringify(page.next)) as ListCursor;
  }
}

for (const indexed of ["all", ["a", "b"], []] as const) {
  test(`any order of any points, with ${indexed === "all" ? "all" : indexed.length} fields indexed`, async () => {
    await fc.assert(
      fc.asyncProperty(
        pointsArbitrary,
        pointsArbitrary,
        fc.array(
          fc.tuple(fieldArbitrary, direction, fc.option(filterArbitrary), fc.integer({ min: 1, max: 7 })),
          {
            maxLength: 6,
          },
        ),
        (first, second, questions) =>
          withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed } }, async ({ open }) => {
            const collection = await open();
            const model = new Map<PointId, Metadata>();
            for (const points of [first, second]) {
              await collection.upsert(points.map(({ id, metadata }) => ({ id, metadata, vector: [1] })));
              for (const { id, metadata } of points) model.set(id, metadata);
              for (const [field, direction, filter, limit] of questions) {
                const orderBy = { field, direction };
                const request = { orderBy, limit, ...(filter === null ? {} : { filter }) };
                assert.deepEqual(
                  await pagedIds(collection, request),
                  naiveOrder(passing(model, filter ?? undefined), orderBy),
                );
              }
            }
            await collection.close();
          }),
      ),
      { numRuns: 50 },
    );
  });

  test(`many points in order, with ${indexed === "all" ? "all" : indexed.length} fields indexed`, () =>
    withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed } }, async ({ open }) => {
      const collection = await open();
      const ids = Array.from({ length: 3000 }, (_, i) => i);
      const long = "x".repeat(200);
      const metadataOf = (id: number): Metadata => ({
        a: [id % 7 === 0 ? `${id % 13}${long}` : (id * 31) % 101, id % 50],
        b: id % 2 === 0,
        c: { a: { b: id } },
      });
      await collection.upsert(ids.map((id) => ({ id, vector: [1], metadata: metadataOf(id) })));
      const model = new Map<PointId, Metadata>(ids.map((id) => [id, metadataOf(id)]));
      for (const field of ["a", "b", "c.a.b"]) {
        for (const direction of ["asc", "desc"] as const) {
          for (const filter of [undefined, { b: true }, { "c.a.b": { $lt: 400 } }]) {
            const orderBy = { field, direction };
            const request = { orderBy, limit: 70, ...(filter === undefined ? {} : { filter }) };
            assert.deepEqual(
              await pagedIds(collection, request),
              naiveOrder(passing(model, filter), orderBy),
              `${field} ${direction} ${JSON.stringify(filter)}`,
            );
          }
        }
      }
      await collection.close();
    }));
}

/** Makes walks and look-ups take several slices of time, so that writes fall between them. */
function slowDown(store: KeptStore): void {
  const points = store.points.bind(store);
  const idOf = store.idOf.bind(store);
  store.points = function* slowly(from) {
    for (const found of points(from)) {
      pass(0.03);
      yield found;
    }
  };
  const readPoint = store.readPoint.bind(store);
  store.readPoint = (row) => {
    pass(0.1);
    return readPoint(row);
  };
  store.idOf = (row) => {
    pass(0.03);
    return idOf(row);
  };
}

function pass(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** The points with numbers up to here are never written again. */
const restingIds = 600;

for (const indexed of ["all", []] as const) {
  test(`writes neither repeat nor lose other points, with ${indexed === "all" ? "all" : "no"} fields indexed`, async () => {
    await fc.assert(
      fc.asyncProperty(
        direction,
        fc.integer({ min: 20, max: 90 }),
        fc.array(
          fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.option(fc.nat(40))), {
            minLength: 1,
            maxLength: 40,
          }),
          { minLength: 1, maxLength: 10 },
        ),
        (direction, limit, writes) =>
          withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed } }, async ({ open, store }) => {
            const collection = await open();
            const resting = Array.from({ length: restingIds }, (_, id) => id);
            const metadataOf = (value: number): Metadata => ({ value, isOdd: value % 2 === 1 });
            const all = Array.from({ length: restingIds + 61 }, (_, id) => id);
            await collection.upsert(
              all.map((id) => ({ id, vector: [1], metadata: metadataOf((id * 7) % 41) })),
            );
            slowDown(store);
            let isOver = false;
            const writing = (async () => {
              for (let i = 0; !isOver; i++) {
                const changes = writes[i % writes.length]!;
                await Promise.all(
                  changes.map(([n, value]) =>
                    value === null
                      ? collection.delete([restingIds + n])
                      : collection.upsert([{ id: restingIds + n, vector: [1], metadata: metadataOf(value) }]),
                  ),
                );
                // Writes to memory take no turn of their own, and would never let the list have one.
                await nextTurn();
              }
            })();
            const orderBy = { field: "value", direction };
            const found = await pagedIds(collection, { orderBy, limit, filter: { isOdd: true } });
            isOver = true;
            await writing;
            const model = resting.map((id): [PointId, Metadata] => [id, metadataOf((id * 7) % 41)]);
            assert.deepEqual(
              found.filter((id) => Number(id) < restingIds),
              naiveOrder(
                model.filter(([, metadata]) => metadata["isOdd"]),
                orderBy,
              ),
            );
            await collection.close();
          }),
      ),
      { numRuns: 5 },
    );
  });
}

test("a page shows points as they are when it is given, and ids of every kind pass through its cursor", () =>
  withKeptStore({ dimension: 1, metric: "dot" }, async ({ open }) => {
    const collection = await open();
    const ids = fc.sample(idsArbitrary, { numRuns: 40, seed: 7 });
    await collection.upsert(ids.map((id) => ({ id, vector: [1], metadata: { same: [2, 1] } })));
    const unique = naiveOrder(
      [...new Set(ids)].map((id) => [id, { same: 1 }] as const),
      { field: "same", direction: "asc" },
    );
    assert.deepEqual(await pagedIds(collection, { orderBy: { field: "same" }, limit: 1 }), unique);
    assert.deepEqual(
      await pagedIds(collection, { orderBy: { field: "same", direction: "desc" }, limit: 2 }),
      unique,
    );
    const { points } = await collection.list({
      orderBy: { field: "same" },
      limit: 1,
      include: ["vector", "metadata"],
    });
    assert.deepEqual(points, [{ id: -1, vector: Float32Array.of(1), metadata: { same: [2, 1] } }]);
    await collection.close();
  }));

test("a point that a write moves while a page is put together is not shown where it no longer stands", () =>
  withKeptStore({ dimension: 1, metric: "dot" }, async ({ open, store }) => {
    const collection = await open();
    const point = (id: number, value: number): PointInput => ({ id, vector: [1], metadata: { value } });
    await collection.upsert(Array.from({ length: 200 }, (_, id) => point(id, id)));
    await collection.waitForIndex();
    const rowOf = store.rowOf.bind(store);
    let lookUpCount = 0;
    store.rowOf = (id) => {
      lookUpCount++;
      pass(0.3);
      return rowOf(id);
    };
    const request = { orderBy: { field: "value" }, limit: 200 };
    const listed = collection.list(request);
    // The page looks its points up once all of them are found.
    while (lookUpCount === 0) await nextTurn();
    await collection.upsert([point(199, -1), point(198, 198.5)]);
    const { points } = await listed;
    assert.deepEqual(
      assertSound(points, request),
      Array.from({ length: 198 }, (_, id) => id),
    );
    await collection.close();
  }));
