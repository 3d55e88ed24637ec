// Machines that give no memory for an index: refusals are typed, nothing is half done, and all is well once there is memory.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { open, type Collection, type Database, type PointInput } from "omendb";

const outOfMemory = { kind: "unavailable", code: "out_of_memory" };
const dimension = 64;
interface MemoryLike {
  grow(pages: number): number;
}
interface MemoryClass {
  new (limits: object): MemoryLike;
  readonly prototype: MemoryLike;
}
// The types of WebAssembly come with those of browsers, which tests do without.
const engine = (globalThis as unknown as { readonly WebAssembly: { Memory: MemoryClass } }).WebAssembly;
const { Memory } = engine;
const { grow } = Memory.prototype;

/** From now on memories grow only if `gives` says so. */
function growOnly(gives: (pages: number) => boolean): void {
  Memory.prototype.grow = function (this: MemoryLike, pages: number): number {
    if (!gives(pages)) throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
    return grow.call(this, pages);
  };
}

/** From now on no memory is given but the first `count`. */
function giveMemories(count: number): void {
  let left = count;
  engine.Memory = class extends Memory {
    constructor(size: object) {
      if (left-- <= 0) throw new RangeError("WebAssembly.Memory(): could not allocate memory");
      super(size);
    }
  };
}

function points(count: number, prefix: string): PointInput[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${prefix}${i}`,
    vector: Float32Array.from({ length: dimension }, (__, j) => Math.sin(i * 7 + j)),
  }));
}

async function inEachPlace(check: (database: Database) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "omendb-memory-"));
  for (const path of [":memory:", folder]) {
    const database = await open(path);
    await check(database);
    await database.close();
  }
  await rm(folder, { recursive: true });
}

async function ids(collection: Collection): Promise<string[]> {
  const { points: listed } = await collection.list({ limit: 10_000 });
  return listed.map(({ id }) => String(id));
}

describe("without memory", () => {
  afterEach(() => {
    Memory.prototype.grow = grow;
    engine.Memory = Memory;
  });

  it("a collection is not created, and can be created later", async () => {
    await inEachPlace(async (database) => {
      const vectors = { a: { dimension }, b: { dimension } };
      for (const [given, config] of [
        [0, { dimension }],
        [1, { vectors }],
      ] as const) {
        giveMemories(given);
        await assert.rejects(database.createCollection("points", config), outOfMemory);
        engine.Memory = Memory;
        assert.deepEqual(await database.listCollections(), []);
        await assert.rejects(database.collection("points"), { code: "collection_not_found" });
        growOnly(() => false);
        await assert.rejects(database.createCollection("points", config), outOfMemory);
        Memory.prototype.grow = grow;
        assert.equal(await (await database.createCollection("points", config)).count(), 0);
        await database.dropCollection("points");
      }
    });
  });

  it("a write is refused whole, and the calls beside it are done", async () => {
    await inEachPlace(async (database) => {
      const collection = await database.createCollection("points", { dimension });
      await collection.upsert(points(500, "a"));
      growOnly(() => false);
      const large = collection.upsert(points(60_000, "b"));
      const other = collection.delete(["a0"]);
      await assert.rejects(large, outOfMemory);
      assert.deepEqual(await other, { deleted: 1 });
      assert.equal(await collection.count(), 499);
      assert.ok((await ids(collection)).every((id) => id.startsWith("a")));
      const [hit] = await collection.search({ vector: points(2, "a")[1]!.vector!, limit: 1 });
      assert.equal(hit?.id, "a1");
      await collection.upsert(points(1, "c"));
      Memory.prototype.grow = grow;
      await collection.upsert(points(60_000, "b"));
      assert.equal(await collection.count(), 60_500);
    });
  });

  it("what is needed is taken where more would be taken in advance", async () => {
    const database = await open(":memory:");
    const collection = await database.createCollection("points", { dimension });
    growOnly((pages) => pages < 40);
    for (let i = 0; i < 12; i++) await collection.upsert(points(1024, `${i}-`));
    assert.equal(await collection.count(), 12 * 1024);
    await database.close();
  });

  it("a collection is not opened, and is as it was once it is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "omendb-memory-"));
    const first = await open(folder);
    await (await first.createCollection("points", { dimension })).upsert(points(30_000, "a"));
    await first.close();
    const database = await open(folder);
    giveMemories(0);
    await assert.rejects(
      database.collection("points").then((opened) => opened.count()),
      outOfMemory,
    );
    engine.Memory = Memory;
    growOnly((pages) => pages < 64);
    await assert.rejects(
      database.collection("points").then((opened) => opened.count()),
      outOfMemory,
    );
    Memory.prototype.grow = grow;
    assert.equal(await (await database.collection("points")).count(), 30_000);
    await database.close();
    await rm(folder, { recursive: true });
  });
});

it("an array for which there is no memory fails its call alone", async () => {
  const database = await open(":memory:");
  const collection = await database.createCollection("points", { dimension });
  await collection.upsert(points(10, "a"));
  const { Float32Array: Real } = globalThis;
  const refusing = new Proxy(Real, {
    construct(): never {
      throw new RangeError("Array buffer allocation failed");
    },
  });
  const read = (): Promise<unknown> => collection.get(["a1"], { include: { vector: true } });
  const more = points(3, "b");
  globalThis.Float32Array = refusing;
  try {
    await assert.rejects(read(), outOfMemory);
  } finally {
    globalThis.Float32Array = Real;
  }
  await read();
  await collection.upsert(more);
  assert.equal(await collection.count(), 13);
  await database.close();
});

describe("calls that would take too much of the heap", () => {
  const length = 1_000_000;

  it("are refused where their answer grows too large, and others are answered", async () => {
    const database = await open(":memory:");
    const collection = await database.createCollection("points", { dimension: 2 });
    const metadata = { text: "x".repeat(length) };
    await collection.upsert([{ id: 1, vector: [1, 0], metadata }]);
    const tooLarge = { kind: "invalid", code: "answer_too_large" };
    await assert.rejects(collection.get(Array.from({ length: 300 }, () => 1)), tooLarge);
    const searches = Array.from({ length: 300 }, () => ({
      vector: [1, 1],
      include: { metadata: true } as const,
    }));
    await assert.rejects(collection.searchBatch(searches), tooLarge);
    assert.equal((await collection.searchBatch(searches.slice(0, 10))).length, 10);
    assert.equal((await collection.get([1]))[0]?.metadata?.["text"], metadata.text);
    await database.close();
  });

  it("are refused where they name too many points or searches, and nothing is done", async () => {
    const database = await open(":memory:");
    const collection = await database.createCollection("points", { dimension: 2 });
    const many = Array.from({ length: length + 1 }, () => 1);
    const tooMany = { kind: "invalid", code: "out_of_range" };
    await assert.rejects(collection.upsert(many as never), tooMany);
    await assert.rejects(collection.upsert({ ids: many, vectors: new Float32Array(2) }), tooMany);
    await assert.rejects(collection.get(many), tooMany);
    await assert.rejects(collection.delete(many), tooMany);
    await assert.rejects(collection.searchBatch(many.slice(0, 100_001) as never), tooMany);
    assert.equal(await collection.count(), 0);
    await database.close();
  });
});
