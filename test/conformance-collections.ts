// Conformance: collections are made, found, listed, dropped and closed.

import assert from "node:assert/strict";
import type { CollectionStats } from "omendb";
import type { ConformanceCase } from "./conformance-case.js";
import { expectError } from "./conformance-expect.js";

const strangeNames = [
  "..",
  "/",
  "a/b",
  "CON",
  "con",
  ".",
  "*",
  "é",
  "\u{1f600}",
  " ",
  "x".repeat(255),
  "__proto__",
];

export const collectionCases: readonly ConformanceCase[] = [
  {
    title: "makes collections of any name and resolves their configuration",
    async run({ db, reopened }) {
      for (const name of strangeNames) {
        const collection = await db.createCollection(name, { dimension: 2 });
        await collection.upsert([{ id: name.slice(0, 10), vector: [1, 2] }]);
      }
      const again = await reopened();
      const infos = await again.listCollections();
      assert.deepEqual(
        infos.map((info) => info.name),
        [...strangeNames].sort(),
      );
      assert.deepEqual(infos[0]!.config, {
        fields: [{ name: "", dimension: 2, metric: "cosine" }],
        quantization: "int8",
        originals: "disk",
        maxDegree: 32,
        efConstruction: 96,
        indexedMetadata: "all",
      });
      for (const name of strangeNames) {
        const page = await (await again.collection(name)).list();
        assert.deepEqual(page.points, [{ id: name.slice(0, 10), metadata: {} }]);
      }
    },
  },
  {
    title: "refuses a name that is taken and one that is not there",
    async run({ db, create, reopened }) {
      await create({ dimension: 2 }, "a");
      await expectError(create({ dimension: 2 }, "a"), "conflict", "collection_exists");
      await expectError(db.collection("b"), "not_found", "collection_not_found");
      assert.equal(await db.dropCollection("b"), false);
      const race = await Promise.allSettled([create({ dimension: 2 }, "c"), create({ dimension: 2 }, "c")]);
      assert.deepEqual(
        race.map((result) => result.status),
        ["fulfilled", "rejected"],
      );
      assert.deepEqual(
        (await (await reopened()).listCollections()).map((info) => info.name),
        ["a", "c"],
      );
    },
  },
  {
    title: "gives two calls the same collection",
    async run({ create, reopened }) {
      await create({ dimension: 1 }, "a");
      const db = await reopened();
      const [one, two] = await Promise.all([db.collection("a"), db.collection("a")]);
      assert.equal(one, two);
    },
  },
  {
    title: "drops a collection with its points",
    async run({ db, create, reopened }) {
      const old = await create({ dimension: 1 }, "a");
      await old.upsert([{ id: 1, vector: [1] }]);
      assert.equal(await db.dropCollection("a"), true);
      await expectError(old.get([1]), "not_found", "collection_dropped");
      await expectError(old.upsert([{ id: 1, vector: [1] }]), "not_found", "collection_dropped");
      await expectError(db.collection("a"), "not_found", "collection_not_found");
      assert.equal(await (await create({ dimension: 2 }, "a")).count(), 0);
      const again = await (await reopened()).collection("a");
      assert.deepEqual(await again.upsert([{ id: 1, vector: [1, 2] }]), { inserted: 1, replaced: 0 });
    },
  },
  {
    title: "tells its figures",
    async run({ create, reopened }) {
      const collection = await create({ dimension: 4, metric: "dot" }, "a");
      await collection.upsert([1, 2, 3].map((id) => ({ id, vector: [1, 2, 3, id] })));
      await collection.delete([2]);
      const db = await reopened();
      const stats = await db.stats();
      assert.deepEqual(
        stats.collections.map(({ name, points, sequence }) => ({ name, points, sequence })),
        [{ name: "a", points: 2, sequence: 2 }],
      );
      const [index] = stats.collections[0]!.indexes;
      assert.deepEqual([index!.field, index!.dimension, index!.metric, index!.liveRows], ["", 4, "dot", 2]);
      assert.equal(index!.linkedRows + index!.tailRows, index!.liveRows);
      assert.equal(index!.unreachableRows, 0);
      assert.deepEqual([index!.searches, index!.distances], [0, 0]);
      const again = await db.collection("a");
      // The index over metadata is filled meanwhile.
      const withoutMetadata = (told: CollectionStats): unknown => ({ ...told, metadata: undefined });
      assert.deepEqual(withoutMetadata(await again.stats()), withoutMetadata(stats.collections[0]!));
      await again.search({ vector: [1, 2, 3, 4] });
      const [searched] = (await again.stats()).indexes;
      assert.deepEqual([searched!.searches, searched!.distances], [1, 2]);
    },
  },
  {
    title: "refuses every call once it is closed, and closes twice",
    async run({ create, reopened }) {
      await create({ dimension: 1 }, "a");
      const db = await reopened();
      const collection = await db.collection("a");
      await Promise.all([db.close(), db.close()]);
      await db[Symbol.asyncDispose]();
      const calls = [
        collection.upsert([{ id: 1, vector: [1] }]),
        collection.get([1]),
        collection.delete([1]),
        collection.search({ vector: [1] }),
        collection.searchBatch([{ vector: [1] }]),
        collection.list(),
        collection.count(),
        collection.updateMetadata([1], { set: {} }),
        collection.waitForIndex(),
        collection.stats(),
        db.createCollection("b", { dimension: 1 }),
        db.collection("a"),
        db.listCollections(),
        db.dropCollection("a"),
        db.stats(),
        db.metrics(),
      ];
      for (const call of calls) await expectError(call, "closed", "database_closed");
    },
  },
];
