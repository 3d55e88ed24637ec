// Conformance: metadata is kept, changed and filtered by as it is.

import assert from "node:assert/strict";
import type { Collection, Filter, Metadata } from "omendb";
import type { ConformanceCase } from "./conformance-case.js";

async function write(collection: Collection, all: readonly Metadata[]): Promise<void> {
  await collection.upsert(all.map((metadata, i) => ({ id: i, vector: [i + 1], metadata })));
}

/** Filters with the points they let through, by place in `books`. */
const filters: readonly (readonly [Filter, readonly number[]])[] = [
  [{}, [0, 1, 2, 3, 4]],
  [{ year: 1982 }, [0]],
  [{ year: "1982" }, [1]],
  [{ "author.name": "Le Guin" }, [0, 2]],
  [{ "author.name": "Le Guin", year: 1982 }, [0]],
  [{ tags: "x" }, [0, 3]],
  [{ tags: 1 }, [3]],
  [{ "editions.year": 2001 }, [2]],
  [{ read: null }, [1]],
  [{ read: false }, [2]],
  [{ missing: null }, []],
  [{ "author.name.first": "Le Guin" }, []],
  [{ constructor: "x" }, [4]],
  [{ "": 0 }, [4]],
  [{ year: { $gte: 1980, $lt: 1990 } }, [0]],
  [{ year: { $ne: 1982 } }, [1, 2, 3, 4]],
  [{ tags: { $in: ["y", 1] } }, [0, 3]],
  [{ tags: { $nin: ["y", 1] } }, [1, 2, 4]],
  [{ $or: [{ year: "1982" }, { "editions.year": { $gt: 2000 } }] }, [1, 2]],
  [{ $nor: [{ tags: { $exists: true } }, { read: null }] }, [2, 4]],
  [{ author: { $elemMatch: { name: { $startsWith: "Wo" } } } }, [2]],
  [{ "author.name": { $regex: "^le g", $options: "i" }, $id: { $ne: 0 } }, [2]],
  [{ "author.name": { $contains: "GUIN" } }, [0, 2]],
  [{ $id: { $in: [4, 1, 99] } }, [1, 4]],
];

const books: readonly Metadata[] = [
  { year: 1982, author: { name: "Le Guin" }, tags: ["x", "y"] },
  { year: "1982", read: null },
  {
    author: [{ name: "Le Guin" }, { name: "Wolfe" }],
    editions: [{ year: 2000 }, { year: 2001 }],
    read: false,
  },
  { tags: ["x", 1], nested: [["x"]] },
  { constructor: "x", "": 0 },
];

const hostileText =
  '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":[null],"a":{"__proto__":1}}';

export const metadataCases: readonly ConformanceCase[] = [
  {
    title: "gives back metadata as it was, prototype keys as plain data",
    async run({ create, again }) {
      // What a client would send; JSON.parse makes the keys the object's own.
      const hostile = JSON.parse(hostileText) as Metadata;
      const plain = {
        text: "é\u2028\ud800",
        numbers: [1e300, -5e-324, 0.1],
        deep: { a: [{}, [], null, true] },
      };
      const deepest = JSON.parse(`${'{"a":'.repeat(63)}{}${"}".repeat(63)}`) as Metadata;
      await write(await create({ dimension: 1, metric: "dot" }), [hostile, plain, deepest]);
      const found = await (await again()).get([0, 1, 2], { include: ["metadata"] });
      assert.equal(JSON.stringify(found[0]!.metadata), hostileText);
      assert.deepEqual(found[1], { id: 1, metadata: plain });
      assert.deepEqual(found[2], { id: 2, metadata: deepest });
      assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    },
  },
  {
    title: "filters by values and operators",
    async run({ create, again }) {
      await write(await create({ dimension: 1, metric: "dot" }), books);
      const collection = await again();
      for (const [filter, expected] of filters) {
        const told = JSON.stringify(filter);
        const found = await collection.search({ vector: [-1], filter, limit: 10 });
        assert.deepEqual(
          found.map((hit) => hit.id),
          expected,
          told,
        );
        assert.deepEqual(
          (await collection.list({ filter })).points.map((point) => point.id),
          expected,
          told,
        );
        assert.equal(await collection.count({ filter }), expected.length, told);
        const few = await collection.search({ vector: [-1], filter, limit: 2 });
        assert.equal(few.length, Math.min(2, expected.length), told);
      }
    },
  },
  {
    title: "answers alike whatever is indexed, and keeps the setting",
    async run({ create, again, reopened }) {
      const settings = ["all", ["year", "author.name"], []] as const;
      for (const indexed of settings) {
        const config = { dimension: 1, metric: "dot", metadata: { indexed } } as const;
        await write(await create(config, JSON.stringify(indexed)), books);
      }
      for (const indexed of settings) {
        const name = JSON.stringify(indexed);
        const collection = await again(name);
        for (const [filter, expected] of filters) {
          assert.equal(
            await collection.count({ filter }),
            expected.length,
            `${name} ${JSON.stringify(filter)}`,
          );
        }
        await collection.waitForIndex();
        for (const [filter, expected] of filters) {
          assert.equal(
            await collection.count({ filter }),
            expected.length,
            `${name} ${JSON.stringify(filter)}`,
          );
        }
        const info = (await (await reopened()).listCollections()).find(
          (collection) => collection.name === name,
        );
        assert.deepEqual(info?.config.indexedMetadata, indexed);
        const { metadata } = await (await again(name)).stats();
        const paths = metadata.fields.map(({ path }) => path);
        if (indexed !== "all")
          assert.deepEqual(paths, indexed.length === 0 ? [] : ["year", "author", "author.name"]);
        assert.equal(metadata.hasAllFields, indexed === "all");
      }
    },
  },
  {
    title: "indexes other fields when asked to, and keeps that",
    async run({ create, again, reopened }) {
      await write(await create({ dimension: 1, metric: "dot", metadata: { indexed: [] } }), books);
      const collection = await again();
      await collection.indexMetadata(["editions.year", "tags"]);
      for (const [filter, expected] of filters)
        assert.equal(await collection.count({ filter }), expected.length);
      await collection.waitForIndex();
      for (const [filter, expected] of filters)
        assert.equal(await collection.count({ filter }), expected.length);
      const [info] = await (await reopened()).listCollections();
      assert.deepEqual(info!.config.indexedMetadata, ["editions.year", "tags"]);
      const kept = await again();
      await kept.waitForIndex();
      const paths = (await kept.stats()).metadata.fields.map(({ path }) => path);
      assert.deepEqual(paths, ["editions", "editions.year", "tags"]);
    },
  },
  {
    title: "indexes fields by declared kinds, keeps them, and checks them against the points",
    async run({ create, again, reopened }) {
      const declared = { year: "integer", "author.name": ["keyword", "text"], place: "geo" } as const;
      const indexed = { fields: declared };
      await write(await create({ dimension: 1, metric: "dot", metadata: { indexed } }), books);
      const resolved = { year: ["integer"], "author.name": ["keyword", "text"], place: ["geo"] };
      const [info] = await (await reopened()).listCollections();
      assert.deepEqual(info!.config.indexedMetadata, { fields: resolved, all: false });
      const collection = await again();
      for (const change of [indexed, { all: true, fields: { "author.name": "text" } }] as const) {
        await collection.indexMetadata(change);
        for (const [filter, expected] of filters)
          assert.equal(await collection.count({ filter }), expected.length);
        await collection.waitForIndex();
        for (const [filter, expected] of filters)
          assert.equal(await collection.count({ filter }), expected.length);
        const { metadata } = await collection.verify();
        assert.deepEqual([metadata.isChecked, metadata.problems], [true, []]);
      }
      const { hasAllFields, fields } = (await collection.stats()).metadata;
      assert.equal(hasAllFields, true);
      assert.ok(fields.find(({ path }) => path === "author.name")!.words > 0);
    },
  },
  {
    title: "changes and deletes by filters of operators",
    async run({ create, again }) {
      const collection = await create({ dimension: 1, metric: "dot" });
      await write(collection, books);
      const old = { $or: [{ year: { $lt: 1990 } }, { year: { $startsWith: "19" } }] };
      assert.deepEqual(await collection.updateMetadata({ filter: old }, { merge: { old: true } }), {
        updated: 2,
      });
      const filter = { $and: [{ old: { $ne: true } }, { tags: { $exists: false } }] };
      assert.deepEqual(await collection.delete({ filter }), { deleted: 2 });
      const { points } = await (await again()).list({ filter: { old: { $exists: true } } });
      assert.deepEqual(
        points.map((point) => point.id),
        [0, 1],
      );
      assert.equal(await (await again()).count(), 3);
    },
  },
  {
    title: "changes metadata and leaves vectors as they are",
    async run({ create, again }) {
      const collection = await create({ dimension: 1, metric: "dot" });
      await write(collection, [{ a: 1, b: 1 }, { a: 1 }, { a: 2 }]);
      assert.deepEqual(await collection.updateMetadata([0, 0, 9], { merge: { b: 2, c: { d: 1 } } }), {
        updated: 1,
      });
      assert.deepEqual(await collection.updateMetadata({ filter: { a: 1 } }, { unset: ["a", "zz"] }), {
        updated: 2,
      });
      assert.deepEqual(await collection.updateMetadata([2], { set: { e: 1 } }), { updated: 1 });
      const both = { merge: { f: 1, g: 1 }, unset: ["g"] };
      assert.deepEqual(await collection.updateMetadata([2], both), { updated: 1 });
      const hostile = JSON.parse('{"__proto__":{"x":1}}') as Metadata;
      assert.deepEqual(await collection.updateMetadata([1], { merge: hostile }), { updated: 1 });
      const found = await (await again()).get([0, 1, 2]);
      assert.deepEqual(
        found.map((point) => JSON.stringify(point!.metadata)),
        ['{"b":2,"c":{"d":1}}', '{"__proto__":{"x":1}}', '{"e":1,"f":1}'],
      );
      assert.deepEqual(
        found.map((point) => point!.vector![0]),
        [1, 2, 3],
      );
    },
  },
  {
    title: "returns the parts of a point that are asked for",
    async run({ create, again }) {
      await write(await create({ dimension: 1, metric: "dot" }), [
        JSON.parse('{"a":{"b":1,"c":[{"d":1,"e":2},3]},"f":1,"__proto__":7}') as Metadata,
      ]);
      const collection = await again();
      const shown = async (include: Parameters<Collection["get"]>[1]): Promise<string> => {
        const [point] = await collection.get([0], include);
        return JSON.stringify(point!.metadata);
      };
      const all = '{"a":{"b":1,"c":[{"d":1,"e":2},3]},"f":1,"__proto__":7}';
      assert.equal(await shown({ include: { metadata: true } }), all);
      assert.equal(await shown({ include: { metadata: { keep: ["a.b", "f"] } } }), '{"a":{"b":1},"f":1}');
      assert.equal(await shown({ include: { metadata: { keep: ["a.c.d"] } } }), '{"a":{"c":[{"d":1}]}}');
      assert.equal(await shown({ include: { metadata: { keep: ["__proto__"] } } }), '{"__proto__":7}');
      assert.equal(
        await shown({ include: { metadata: { drop: ["a.c.e", "f", "__proto__"] } } }),
        '{"a":{"b":1,"c":[{"d":1},3]}}',
      );
      const [bare] = await collection.search({ vector: [1], include: [] });
      assert.deepEqual(bare, { id: 0, score: 1 });
      const [hit] = await collection.search({ vector: [1], include: { vector: true } });
      assert.deepEqual(hit, { id: 0, score: 1, vector: Float32Array.of(1) });
      const [byDefault] = await collection.search({ vector: [1] });
      assert.deepEqual(Object.keys(byDefault!), ["id", "score", "metadata"]);
    },
  },
];
