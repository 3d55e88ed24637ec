// Verification of an open collection, shown to fail: a store, an index over metadata or an index over vectors that says
// something else than the others.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { CollectionCheck } from "../model/collection-check.js";
import type { Metadata } from "../model/point.js";
import type { StoredPoint } from "../store/point-store.js";
import { KeptStore, withKeptStore, type Reopener } from "./kept-store.suite.js";

const dimension = 4;
const points = Array.from({ length: 60 }, (_, i) => {
  return { id: i, vector: [i, 1, 2, 3], metadata: { i } satisfies Metadata };
});

/** Verifies a collection of which something was changed behind its back. */
async function checkAfter(change: (reopener: Reopener) => void | Promise<void>): Promise<CollectionCheck> {
  let check: CollectionCheck | undefined;
  await withKeptStore({ dimension, metric: "euclidean" }, async (reopener) => {
    const collection = await reopener.open();
    await collection.upsert(points);
    await collection.waitForIndex();
    await change(reopener);
    check = await collection.verify();
    await collection.close();
  });
  assert.ok(check !== undefined);
  return check;
}

function kindsOf({ problems }: CollectionCheck): string[] {
  return [...new Set(problems.map(({ kind }) => kind))];
}

test("nothing is found where nothing was changed", async () => {
  const check = await checkAfter(() => undefined);
  assert.deepEqual([check.isSound, check.problems, check.unchecked], [true, [], []]);
  assert.deepEqual(
    [check.store.points, check.metadata.checkedPoints, check.indexes[0]?.recall?.recall],
    [60, 60, 1],
  );
});

test("a store that has other points than the indexes", async () => {
  const check = await checkAfter(async ({ store }) => {
    const sequence = store.state.sequence + 1;
    const vectors = [Float32Array.of(9, 9, 9, 9)];
    await store.commit({
      sequence,
      changes: [
        { kind: "put", id: "new", row: 60, replacedRow: -1, metadata: '{"i":60}', vectors },
        { kind: "put", id: 5, row: 5, replacedRow: 5, metadata: '{"i":7}', vectors },
        { kind: "remove", id: 6, row: 6 },
      ],
    });
  });
  assert.equal(check.isSound, false);
  assert.deepEqual(kindsOf(check).sort(), ["code_wrong", "metadata_wrong", "row_missing", "row_stray"]);
  assert.deepEqual(
    check.problems.filter(({ place }) => place === "index-0").map(({ kind, row }) => [kind, row]),
    [
      ["code_wrong", 5],
      ["row_stray", 6],
      ["row_missing", 60],
    ],
  );
  assert.ok(
    check.problems.every(({ remedy, collection }) => remedy === "derived" && collection === "points"),
  );
});

test("a store whose metadata or ids are damaged", async () => {
  const readPoint = KeptStore.prototype.readPoint;
  for (const [broken, kind] of [
    [{ id: 3, metadata: "[1]" }, "record_damaged"],
    [{ id: 4, metadata: "{}" }, "record_damaged"],
  ] satisfies [StoredPoint, string][]) {
    const check = await checkAfter(({ store }) => {
      store.points = function* () {
        for (let row = 0; row < 60; row++)
          yield { row, point: row === 3 ? broken : readPoint.call(store, row)! };
      };
      store.readPoint = (row) => (row === 3 ? { ...broken, metadata: "{}" } : readPoint.call(store, row));
    });
    assert.ok(kindsOf(check).includes(kind));
    assert.equal(check.problems[0]?.remedy, "lost");
  }
});

test("a checkpoint that is damaged, or ahead of its store", async () => {
  const check = await checkAfter(async ({ folder }) => {
    await writeFile(join(folder, "index-0.omen"), "OMENIDX1 and nothing else");
  });
  assert.deepEqual(kindsOf(check), ["checkpoint_damaged"]);
  await withKeptStore({ dimension, metric: "euclidean" }, async ({ store, open }) => {
    const collection = await open();
    // So many that closing writes a checkpoint.
    await collection.upsert(Array.from({ length: 2_500 }, (_, id) => ({ id, vector: [id, 1, 2, 3] })));
    await collection.close();
    const again = await open();
    Object.defineProperty(store, "state", { value: { ...store.state, sequence: 0 } });
    const { problems, checkpoints } = await again.verify();
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ["checkpoint_ahead"],
    );
    assert.equal(checkpoints[0]?.state, "ahead");
    await again.close();
  });
});

test("what a store cannot be read for is not read here, and not called sound", async () => {
  const check = await checkAfter(({ store }) => {
    Object.defineProperty(store, "check", {
      value: async () => ({
        check: { isChecked: false, inOtherProcess: true, sequence: 1, points: 0, records: {} },
        problems: [
          { kind: "store_crashed", remedy: "lost", collection: null, place: "points", count: 1, detail: "" },
        ],
      }),
    });
    store.readVector = () => assert.fail("the store is read");
  });
  assert.equal(check.isSound, false);
  assert.equal(check.unchecked.length, 2);
  assert.deepEqual([check.metadata.isChecked, check.indexes], [false, []]);
});
