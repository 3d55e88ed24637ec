// Filters in every call that takes one, on a collection that is written, changed and reopened at random: the same points as the
// reference, through the index, while it is being filled, and without one.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { IndexedMetadata } from "../model/collection-config.js";
import type { Filter } from "../model/filter.js";
import type { Metadata, PointId } from "../model/point.js";
import { indexedFieldsArbitrary } from "../metadata/arbitrary-fields.suite.js";
import { filterArbitrary, metadataArbitrary } from "../metadata/arbitrary-filters.suite.js";
import { passesFilter } from "../metadata/reference-filter.suite.js";
import type { EmbeddedCollection } from "./collection.js";
import { type Reopener, withKeptStore } from "./kept-store.suite.js";

type Step =
  | {
      readonly kind: "upsert";
      readonly points: readonly { readonly id: PointId; readonly metadata: Metadata }[];
    }
  | { readonly kind: "delete"; readonly ids: readonly PointId[] }
  | { readonly kind: "deleteBy"; readonly filter: Filter }
  | { readonly kind: "change"; readonly filter: Filter; readonly merge: Metadata }
  | { readonly kind: "ask"; readonly filter: Filter; readonly whileFilling: boolean }
  | { readonly kind: "index"; readonly indexed: IndexedMetadata }
  | { readonly kind: "reopen" };

const id: fc.Arbitrary<PointId> = fc.oneof(fc.nat(15), fc.constantFrom("x", "xy", 2n ** 63n));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("upsert" as const),
      points: fc.array(fc.record({ id, metadata: metadataArbitrary }), { maxLength: 12 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("delete" as const), ids: fc.array(id, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("deleteBy" as const), filter: filterArbitrary }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("change" as const),
      filter: filterArbitrary,
      merge: metadataArbitrary,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      filter: filterArbitrary,
      whileFilling: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("index" as const),
      indexed: fc.oneof(
        fc.constantFrom<IndexedMetadata>("all", [], ["a"], ["b.a", "c"]),
        indexedFieldsArbitrary,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);

/** What the collection should hold. */
class Model {
  readonly points = new Map<PointId, Metadata>();

  passing(filter: Filter): PointId[] {
    return [...this.points]
      .filter(([id, metadata]) => passesFilter(filter, { id, metadata }))
      .map(([id]) => id);
  }

  change(filter: Filter, merge: Metadata): number {
    const ids = this.passing(filter);
    for (const id of ids) {
      const merged = Object.fromEntries([...Object.entries(this.points.get(id)!), ...Object.entries(merge)]);
      this.points.set(id, merged);
    }
    return ids.length;
  }
}

function inOneOrder(ids: readonly PointId[]): string[] {
  return ids.map((id) => `${typeof id} ${id}`).toSorted();
}

async function ask(collection: EmbeddedCollection, model: Model, filter: Filter): Promise<void> {
  const expected = model.passing(filter);
  assert.equal(await collection.count({ filter }), expected.length);
  const hits = await collection.search({ vector: [1], filter, limit: 1000, include: [] });
  assert.deepEqual(inOneOrder(hits.map((hit) => hit.id)), inOneOrder(expected));
  const { points } = await collection.list({ filter, limit: 1000, include: [] });
  assert.deepEqual(inOneOrder(points.map((point) => point.id)), inOneOrder(expected));
  const few = await collection.search({ vector: [1], filter, limit: 3, include: [] });
  assert.equal(few.length, Math.min(3, expected.length));
}

async function take(step: Step, collection: EmbeddedCollection, model: Model): Promise<void> {
  switch (step.kind) {
    case "upsert":
      await collection.upsert(step.points.map((point) => ({ ...point, vector: [1] })));
      // What comes back is what JSON holds: 0 for -0.
      for (const { id, metadata } of step.points)
        model.points.set(id, JSON.parse(JSON.stringify(metadata)) as Metadata);
      break;
    case "delete":
      await collection.delete(step.ids);
      for (const id of step.ids) model.points.delete(id);
      break;
    case "deleteBy": {
      const ids = model.passing(step.filter);
      assert.deepEqual(await collection.delete({ filter: step.filter }), { deleted: ids.length });
      for (const id of ids) model.points.delete(id);
      break;
    }
    case "change": {
      const merge = JSON.parse(JSON.stringify(step.merge)) as Metadata;
      const updated = model.change(step.filter, merge);
      assert.deepEqual(await collection.updateMetadata({ filter: step.filter }, { merge }), { updated });
      break;
    }
    case "ask":
      if (!step.whileFilling) await collection.waitForIndex();
      await ask(collection, model, step.filter);
      break;
    case "index":
      await collection.indexMetadata(step.indexed);
      break;
    case "reopen":
      break;
    default:
      step satisfies never;
  }
}

async function run(steps: readonly Step[], { open }: Reopener): Promise<void> {
  const model = new Model();
  let collection = await open();
  for (const step of steps) {
    if (step.kind === "reopen") {
      await collection.close();
      collection = await open();
    }
    await take(step, collection, model);
  }
  await collection.waitForIndex();
  const { metadata } = await collection.stats();
  assert.deepEqual([metadata.isFilled, metadata.rows], [true, model.points.size]);
  const expected = { isChecked: true, checkedPoints: model.points.size, missingPoints: 0, strayPoints: 0 };
  const check = await collection.verify();
  assert.deepEqual([check.isSound, check.metadata], [true, { ...expected, problems: [] }]);
  await collection.close();
}

const settings: readonly IndexedMetadata[] = [
  "all",
  ["a", "b.c"],
  [],
  { fields: { a: ["text", "geo"], b: "keyword", "c.a": ["integer", "date"] } },
  { all: true, fields: { a: ["text", "float"], b: "date" } },
];
for (const indexed of settings) {
  test(`any filter in any call, indexed: ${JSON.stringify(indexed)}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), (steps) =>
        withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed } }, (reopener) =>
          run(steps, reopener),
        ),
      ),
      { numRuns: 60 },
    );
  });
}

test("calls at once: what a search returns is of one moment, through the index and by reading", () =>
  withKeptStore({ dimension: 1, metric: "dot" }, async ({ open }) => {
    const collection = await open();
    const ids = Array.from({ length: 500 }, (_, id) => id);
    const write = (round: number): Promise<unknown> =>
      collection.upsert(ids.map((id) => ({ id, vector: [1], metadata: { round, list: [round] } })));
    await write(0);
    for (let round = 1; round < 10; round++) {
      const filters = [
        { round },
        { round: round - 1 },
        { list: { $size: 1 }, round },
        { list: { $elemMatch: { $eq: round } } },
      ];
      const [, ...counts] = await Promise.all([
        write(round),
        ...filters.map((filter) => collection.count({ filter })),
      ]);
      for (const count of counts) assert.ok(count === 0 || count === 500, `${count} of 500 at once`);
    }
    await collection.close();
  }));

test("while other fields are indexed, reads and writes go on, and filters are answered alike", () =>
  withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed: ["a"] } }, async ({ open, store }) => {
    const collection = await open();
    const ids = Array.from({ length: 20_000 }, (_, id) => id);
    await collection.upsert(ids.map((id) => ({ id, vector: [1], metadata: { a: id % 10, b: id % 7 } })));
    const changed = collection.indexMetadata(["b"]);
    for (let round = 0; round < 50; round++) {
      assert.equal(await collection.count({ filter: { a: 3 } }), 2000);
      await collection.upsert([{ id: round, vector: [1], metadata: { a: round % 10, b: "new" } }]);
      await collection.delete([19_999 - 10 * round]);
      await collection.upsert([{ id: 19_999 - 10 * round, vector: [1], metadata: { a: 9, b: 0 } }]);
      assert.equal(await collection.count({ filter: { b: "new" } }), round + 1);
    }
    await changed;
    await collection.waitForIndex();
    const { metadata } = await collection.stats();
    assert.deepEqual(
      metadata.fields.map(({ path, rows }) => [path, rows]),
      [["b", store.state.pointCount]],
    );
    await collection.indexMetadata("all");
    await collection.indexMetadata([]);
    await collection.waitForIndex();
    assert.deepEqual((await collection.stats()).metadata.fields, []);
    await collection.close();
  }));

test("writes that come while the index is filled are in it, and what they replaced is not", () =>
  withKeptStore({ dimension: 1, metric: "dot" }, async ({ open, store }) => {
    const first = await open();
    const ids = Array.from({ length: 400 }, (_, id) => id);
    await first.upsert(ids.map((id) => ({ id, vector: [1], metadata: { a: "old", id } })));
    await first.close();
    const points = store.points.bind(store);
    // A walk that takes many slices, so that the writes below fall between them.
    store.points = function* slowly(from) {
      for (const found of points(from)) {
        const end = performance.now() + 0.5;
        while (performance.now() < end);
        yield found;
      }
    };
    const collection = await open();
    for (let id = 399; id > 380; id--) {
      await collection.updateMetadata([id], { set: { a: "changed" } });
      await collection.delete([id - 100]);
      await collection.upsert([{ id: id - 200, vector: [1], metadata: { a: "replaced" } }]);
    }
    await collection.waitForIndex();
    const counts = [];
    for (const a of ["old", "changed", "replaced"]) counts.push(await collection.count({ filter: { a } }));
    assert.deepEqual(counts, [400 - 3 * 19, 19, 19]);
    await collection.close();
  }));

test("a check goes on while points are written, and finds nothing", () =>
  withKeptStore(
    { dimension: 1, metric: "dot", metadata: { indexed: { all: true, fields: { t: "text" } } } },
    async ({ open }) => {
      const collection = await open();
      const ids = Array.from({ length: 3000 }, (_, id) => id);
      const write = (round: number): Promise<unknown> =>
        collection.upsert(
          ids.map((id) => ({ id, vector: [1], metadata: { a: id + round, t: `n${id} r${round}` } })),
        );
      await write(0);
      for (let round = 1; round < 5; round++) {
        const checked = collection.verify();
        await write(round);
        await collection.delete(ids.slice(0, 100));
        const { metadata } = await checked;
        assert.deepEqual(
          [metadata.isChecked, metadata.missingPoints, metadata.strayPoints, metadata.problems],
          [true, 0, 0, []],
        );
      }
      await collection.close();
    },
  ));

test("a row that the index lost is found", () =>
  withKeptStore({ dimension: 1, metric: "dot" }, async ({ open, store }) => {
    const collection = await open();
    await collection.upsert([0, 1, 2].map((id) => ({ id, vector: [1], metadata: { a: id } })));
    const read = store.readPoint.bind(store);
    // The store says something else than what the index was told.
    store.readPoint = (row) => (row === 1 ? { id: 1, metadata: '{"a":1,"b.c":2}' } : read(row));
    const { metadata } = await collection.verify();
    assert.deepEqual(metadata, {
      isChecked: true,
      checkedPoints: 3,
      missingPoints: 0,
      strayPoints: 0,
      problems: [{ path: "b\\.c", wrongRows: 1, strayRows: 0 }],
    });
    await collection.close();
  }));
