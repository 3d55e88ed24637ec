// Conditional upserts against a sequential model: point after point, call after call, also when calls share a transaction.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filterArbitrary } from "../metadata/arbitrary-filters.suite.js";
import { passesFilter } from "../metadata/reference-filter.suite.js";
import type { Filter } from "../model/filter.js";
import type { Metadata, PointId } from "../model/point.js";
import type { ConditionalUpsertResult, UpsertOptions } from "../model/requests.js";
import { withKeptStore } from "./kept-store.suite.js";
import { pointsArbitrary } from "./naive-answers.suite.js";

type Call =
  | {
      readonly kind: "upsert";
      readonly points: readonly { readonly id: PointId; readonly metadata: Metadata; readonly at: number }[];
      readonly options: UpsertOptions;
    }
  | { readonly kind: "delete"; readonly ids: readonly PointId[] }
  | { readonly kind: "change"; readonly filter: Filter; readonly merge: Metadata };

const options: fc.Arbitrary<UpsertOptions> = fc.oneof(
  fc.constantFrom<UpsertOptions>({}, { ifAbsent: true }, { ifPresent: true }, { ifAbsent: false }),
  fc.record({ where: filterArbitrary }),
  fc.record({ where: filterArbitrary, ifPresent: fc.boolean() }),
);
const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("upsert" as const), points: pointsArbitrary, options }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("delete" as const),
      ids: fc.array(fc.nat(20), { maxLength: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("change" as const),
      filter: filterArbitrary,
      merge: fc.constantFrom<Metadata>({ a: 1 }, { b: ["x"] }),
    }),
  },
);

interface StoredPoint {
  readonly metadata: Metadata;
  readonly at: number;
}

/** Does to the model what a call does, and says what it should return. */
function apply(model: Map<PointId, StoredPoint>, call: Call): unknown {
  if (call.kind === "delete") {
    return { deleted: [...new Set(call.ids)].filter((id) => model.delete(id)).length };
  }
  if (call.kind === "change") {
    const found = [...model].filter(([id, { metadata }]) => passesFilter(call.filter, { id, metadata }));
    for (const [id, point] of found) {
      const entries = [...Object.entries(point.metadata), ...Object.entries(call.merge)];
      model.set(id, { ...point, metadata: Object.fromEntries(entries) });
    }
    return { updated: found.length };
  }
  const before = new Set(model.keys());
  const written = new Set<PointId>();
  const skipped: PointId[] = [];
  const { ifAbsent = false, ifPresent = false, where } = call.options;
  for (const { id, metadata, at } of call.points) {
    const stored = model.get(id);
    const isTaken =
      stored === undefined
        ? !ifPresent
        : !ifAbsent && (where === undefined || passesFilter(where, { id, metadata: stored.metadata }));
    if (!isTaken) skipped.push(id);
    else {
      written.add(id);
      model.set(id, { metadata, at });
    }
  }
  const replaced = [...written].filter((id) => before.has(id)).length;
  return { inserted: written.size - replaced, replaced, skipped } satisfies ConditionalUpsertResult;
}

for (const indexed of ["all", []] as const) {
  test(`calls one after another and at once, with ${indexed === "all" ? "all" : "no"} fields indexed`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(call, { maxLength: 5 }), { maxLength: 6 }), (rounds) =>
        withKeptStore({ dimension: 1, metric: "dot", metadata: { indexed } }, async ({ open }) => {
          const collection = await open();
          const model = new Map<PointId, StoredPoint>();
          for (const calls of rounds) {
            const results = await Promise.all(
              calls.map((call) => {
                if (call.kind === "delete") return collection.delete(call.ids);
                if (call.kind === "change")
                  return collection.updateMetadata({ filter: call.filter }, { merge: call.merge });
                const points = call.points.map(({ id, metadata, at }) => ({ id, metadata, vector: [at] }));
                return collection.upsert(points, call.options);
              }),
            );
            assert.deepEqual(
              results,
              calls.map((call) => apply(model, call)),
            );
          }
          const ids = [...model.keys()];
          assert.equal(await collection.count(), ids.length);
          assert.deepEqual(
            await collection.get(ids),
            ids.map((id) => {
              const { metadata, at } = model.get(id)!;
              return { id, vector: Float32Array.of(at), metadata };
            }),
          );
          await collection.close();
        }),
      ),
      { numRuns: 100 },
    );
  });
}

test("columns take conditions too, and what writes nothing is no commit", () =>
  withKeptStore({ dimension: 1, metric: "dot" }, async ({ open, store }) => {
    const collection = await open();
    const ids = ["a", "b"];
    assert.deepEqual(await collection.upsert({ ids, vectors: [1, 2] }, { ifPresent: true }), {
      inserted: 0,
      replaced: 0,
      skipped: ids,
    });
    assert.equal(store.commitCount, 0);
    assert.deepEqual(await collection.upsert({ ids, vectors: [1, 2] }, { ifAbsent: true }), {
      inserted: 2,
      replaced: 0,
      skipped: [],
    });
    await collection.close();
  }));

test("of many that try to be the first at once, one is", () =>
  withKeptStore({ dimension: 1, metric: "dot" }, async ({ open }) => {
    const collection = await open();
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        collection.upsert([{ id: "lock", vector: [n], metadata: { holder: n } }], { ifAbsent: true }),
      ),
    );
    assert.equal(results.filter(({ inserted }) => inserted === 1).length, 1);
    const turns = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        collection.upsert([{ id: "version", vector: [n], metadata: { version: n + 1 } }], {
          where: { version: n },
        }),
      ),
    );
    assert.equal(turns.filter(({ skipped }) => skipped.length === 0).length, 50);
    const [point] = await collection.get(["version"]);
    assert.deepEqual(point?.metadata, { version: 50 });
    await collection.close();
  }));
