// Random operations against a plain model of a collection, with reopenings between them: fast-check finds and shrinks
// what goes wrong, and prints the seed.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Collection, Metadata, PointId } from "omendb";
import { inMemory, inReopenedFolder, type Place, type PlaceMaker } from "./conformance-place.js";

/** What the model keeps of a point: `a` and `b` are its vectors in two fields. */
interface ModelPoint {
  readonly a: number | undefined;
  readonly b: number | undefined;
  readonly group: number;
}

type Model = Map<PointId, ModelPoint>;

type Step =
  | {
      readonly kind: "upsert";
      readonly calls: readonly (readonly (ModelPoint & { readonly id: PointId })[])[];
    }
  | { readonly kind: "delete"; readonly ids: readonly PointId[] }
  | { readonly kind: "deleteGroup"; readonly group: number }
  | { readonly kind: "update"; readonly ids: readonly PointId[]; readonly group: number }
  | { readonly kind: "updateGroup"; readonly from: number; readonly to: number }
  | { readonly kind: "reopen" };

const ids: readonly PointId[] = [0, 1, 2, "0", "1", "x", 2n ** 63n, -5];
const id = fc.constantFrom(...ids);
const group = fc.integer({ min: 0, max: 3 });
const component = fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined });
const point = fc.record({ id, a: component, b: component, group });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("upsert"),
      calls: fc.array(fc.array(point, { maxLength: 5 }), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete"), ids: fc.array(id, { maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("deleteGroup"), group }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("update"), ids: fc.array(id, { maxLength: 4 }), group }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("updateGroup"), from: group, to: group }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen") }) },
);

function metadataOf(model: ModelPoint): Metadata {
  return { group: model.group };
}

function vectorsOf({ a, b }: ModelPoint): { readonly [field: string]: Float32Array } {
  return {
    ...(a === undefined ? {} : { a: Float32Array.of(a, 1) }),
    ...(b === undefined ? {} : { b: Float32Array.of(b) }),
  };
}

/** Does one step on both sides and compares what it returns. */
async function apply(
  collection: Collection,
  model: Model,
  step: Exclude<Step, { kind: "reopen" }>,
): Promise<void> {
  switch (step.kind) {
    case "upsert":
      return applyUpserts(collection, model, step.calls);
    case "delete":
      assert.deepEqual(await collection.delete(step.ids), { deleted: removeAll(model, step.ids) });
      return undefined;
    case "deleteGroup": {
      const matching = inGroup(model, step.group);
      assert.deepEqual(await collection.delete({ filter: { group: step.group } }), {
        deleted: removeAll(model, matching),
      });
      return undefined;
    }
    case "update": {
      const updated = regroup(model, step.ids, step.group);
      assert.deepEqual(await collection.updateMetadata(step.ids, { merge: { group: step.group } }), {
        updated,
      });
      return undefined;
    }
    case "updateGroup": {
      const updated = regroup(model, inGroup(model, step.from), step.to);
      const change = { set: { group: step.to } };
      assert.deepEqual(await collection.updateMetadata({ filter: { group: step.from } }, change), {
        updated,
      });
      return undefined;
    }
    default:
      return step satisfies never;
  }
}

/** Calls made at once are applied in their order. */
async function applyUpserts(
  collection: Collection,
  model: Model,
  calls: readonly (readonly (ModelPoint & { readonly id: PointId })[])[],
): Promise<void> {
  const results = calls.map((points) =>
    collection.upsert(
      points.map((given) => ({ id: given.id, vectors: vectorsOf(given), metadata: metadataOf(given) })),
    ),
  );
  const expected = calls.map((points) => {
    const distinct = new Set(points.map((given) => given.id));
    const replaced = [...distinct].filter((known) => model.has(known)).length;
    for (const given of points) model.set(given.id, given);
    return { inserted: distinct.size - replaced, replaced };
  });
  assert.deepEqual(await Promise.all(results), expected);
}

function removeAll(model: Model, gone: readonly PointId[]): number {
  return gone.filter((known) => model.delete(known)).length;
}

function inGroup(model: Model, group: number): PointId[] {
  return [...model].filter(([, given]) => given.group === group).map(([known]) => known);
}

function regroup(model: Model, changed: readonly PointId[], group: number): number {
  const known = [...new Set(changed)].filter((id) => model.has(id));
  for (const id of known) model.set(id, { ...model.get(id)!, group });
  return known.length;
}

/** Everything that can be read is as the model says. */
async function compare(collection: Collection, model: Model): Promise<void> {
  const expected = ids.map((known) => {
    const given = model.get(known);
    return given === undefined
      ? undefined
      : { id: known, metadata: metadataOf(given), vectors: vectorsOf(given) };
  });
  assert.deepEqual(await collection.get(ids), expected);
  assert.equal(await collection.count(), model.size);
  const listed = (await collection.list()).points.map((found) => found.id);
  assert.deepEqual(new Set(listed), new Set(model.keys()));
  for (const group of [0, 1, 2, 3]) {
    const wanted = new Set(inGroup(model, group));
    assert.equal(await collection.count({ filter: { group } }), wanted.size);
    const hits = await collection.search({ vector: [9], using: "b", limit: 100, filter: { group } });
    const withVector = [...wanted].filter((known) => model.get(known)!.b !== undefined);
    assert.deepEqual(new Set(hits.map((hit) => hit.id)), new Set(withVector));
  }
  const hits = await collection.search({ vector: [5, 1], using: "a", limit: 100 });
  const scores = [...model.values()].flatMap(({ a }) => (a === undefined ? [] : [5 * a + 1]));
  assert.deepEqual(
    hits.map((hit) => hit.score),
    scores.sort((x, y) => y - x),
  );
}

async function runSteps(place: Place, steps: readonly Step[]): Promise<void> {
  const fields = { a: { dimension: 2, metric: "dot" }, b: { dimension: 1, metric: "euclidean" } } as const;
  let collection = await place.db.createCollection("points", { vectors: fields });
  const model: Model = new Map();
  for (const step of steps) {
    if (step.kind === "reopen") collection = await (await place.reopened()).collection("points");
    else await apply(collection, model, step);
    await compare(collection, model);
  }
}

function modelTest(name: string, makePlace: PlaceMaker, numRuns: number): void {
  test(`${name} does what a plain model does, whatever the operations`, async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const place = await makePlace();
      try {
        await runSteps(place, steps);
      } finally {
        await place.end();
      }
    });
    await fc.assert(property, { numRuns });
  });
}

modelTest("a database in memory", inMemory, 100);
modelTest("a database that is reopened", inReopenedFolder, 25);
