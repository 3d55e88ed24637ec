// Every event of a database, caused on purpose; and that listeners, whatever they do, change nothing.

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  open,
  OmenError,
  type CheckpointEvent,
  type Collection,
  type Database,
  type ErrorEvent,
  type RebuildEvent,
  type SlowQueryEvent,
} from "omendb";
import { randomVector, seededRandom } from "./conformance-expect.js";
import { makeFolder, withDatabase } from "./conformance-place.js";

const count = 1500;

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const { folder, remove } = await makeFolder();
  try {
    await use(folder);
  } finally {
    await remove();
  }
}

/** A collection with enough points for a checkpoint at closing. */
async function fill(db: Database): Promise<Collection> {
  const random = seededRandom(8);
  const points = await db.createCollection("points", {
    vectors: { a: { dimension: 4 }, b: { dimension: 2 } },
  });
  await points.upsert(
    Array.from({ length: count }, (_, id) => ({
      id,
      vectors: { a: randomVector(random, 4), b: randomVector(random, 2) },
    })),
  );
  await points.waitForIndex();
  return points;
}

/** The folder of the only collection. */
async function folderOf(folder: string): Promise<string> {
  const [name] = await readdir(join(folder, "collections"));
  return join(folder, "collections", name!);
}

/** Events of opening and closing the folder again. */
async function reopen(folder: string): Promise<RebuildEvent[]> {
  const events: RebuildEvent[] = [];
  await withDatabase(folder, async (db) => {
    db.on("rebuild", (event) => {
      events.push(event);
    });
    const points = await db.collection("points");
    assert.equal(await points.count(), count);
    assert.equal((await db.metrics()).total.rebuilds, events.length);
  });
  return events;
}

test("checkpoint: tells the files, their bytes and what they stand for", () =>
  withFolder(async (folder) => {
    const events: CheckpointEvent[] = [];
    await withDatabase(folder, async (db) => {
      db.on("checkpoint", (event) => {
        events.push(event);
      });
      await fill(db);
    });
    assert.equal(events.length, 1);
    const [{ collection, sequence, files, bytes, durationMs }] = events as [CheckpointEvent];
    assert.equal(collection, "points");
    assert.equal(sequence, 1);
    assert.ok(durationMs > 0);
    const path = await folderOf(folder);
    const expected = await Promise.all(
      ["a", "b"].map(async (field, i) => {
        const file = `index-${i}.omen`;
        return { field, file, bytes: (await readFile(join(path, file))).length };
      }),
    );
    assert.deepEqual(files, expected);
    assert.equal(bytes, expected[0]!.bytes + expected[1]!.bytes);
    assert.deepEqual(await reopen(folder), [], "a good checkpoint is loaded");
  }));

test("rebuild: tells which index was rebuilt, and why", () =>
  withFolder(async (folder) => {
    await withDatabase(folder, async (db) => void (await fill(db)));
    const path = await folderOf(folder);
    const [first, second] = ["index-0.omen", "index-1.omen"].map((name) => join(path, name));
    const good = await readFile(second!);
    await rm(first!);
    good[good.length - 1]! ^= 1;
    await writeFile(second!, good);
    const events = await reopen(folder);
    assert.deepEqual(
      events.map(({ durationMs, ...rest }) => ({ ...rest, isTimed: durationMs >= 0 })),
      [
        { collection: "points", field: "a", reason: "missing", points: count, isTimed: true },
        { collection: "points", field: "b", reason: "unusable", points: count, isTimed: true },
      ],
    );
  }));

test("error: a checkpoint that cannot be written is told, or becomes a warning where nobody listens", () =>
  withFolder(async (folder) => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => {
      if (warning.name === "OmenDBWarning") warnings.push(warning.message);
    };
    process.on("warning", onWarning);
    try {
      const events: ErrorEvent[] = [];
      const db = await open(folder);
      const listener = (event: ErrorEvent): void => void events.push(event);
      db.on("error", listener);
      await fill(db);
      // A folder stands where the file is written.
      const path = await folderOf(folder);
      await mkdir(join(path, "index-1.omen.tmp"));
      await db.close();
      assert.deepEqual(
        events.map(({ collection, source }) => ({ collection, source })),
        [{ collection: "points", source: "checkpoint" }],
      );
      assert.ok(events[0]!.error instanceof Error && events[0]!.message.includes(path));
      await new Promise(setImmediate);
      assert.deepEqual(warnings, []);
      const again = await open(folder);
      again.on("error", listener).off("error", listener);
      await (await again.collection("points")).waitForIndex();
      await again.close();
      await new Promise(setImmediate);
      assert.equal(events.length, 1);
      assert.equal(warnings.length, 1);
    } finally {
      process.off("warning", onWarning);
    }
  }));

test("slowQuery: tells the plan of a search that took its time, and neither vectors nor metadata", () =>
  withDatabase(
    ":memory:",
    async (db) => {
      const events: SlowQueryEvent[] = [];
      db.on("slowQuery", (event) => {
        events.push(event);
      });
      const points = await fill(db);
      const request = { vector: [1, 2], using: "b", limit: 3, offset: 1 };
      await points.search(request);
      await points.search({ ...request, filter: { secret: "value" } });
      await points.search({ ...request, explain: true });
      await points.searchBatch([request, request]);
      await points.search({ vector: [1, 2], using: "b", groupBy: { field: "secret" } });
      assert.equal(events.length, 6);
      for (const { durationMs, ...event } of events) {
        assert.ok(durationMs >= 0);
        assert.equal(event.collection, "points");
        assert.equal(event.field, "b");
      }
      const [plain, filtered] = events as [SlowQueryEvent, SlowQueryEvent];
      assert.deepEqual([plain.limit, plain.offset, plain.hasFilter], [3, 1, false]);
      assert.ok(plain.plan!.distances > 0);
      assert.equal(filtered.hasFilter, true);
      assert.equal(filtered.plan!.way, "none");
      assert.equal(filtered.plan!.filter!.matches, 0);
      assert.ok(!JSON.stringify(events).includes("value"));
      assert.equal(events[5]!.plan, undefined);
      assert.equal((await db.metrics()).total.searches.slow, 6);
    },
    { slowQueryMs: 0 },
  ));

test("slowQuery: quick searches are none", () =>
  withDatabase(
    ":memory:",
    async (db) => {
      db.on("slowQuery", () => assert.fail("it took no hour"));
      const points = await fill(db);
      await points.search({ vector: [1, 2], using: "b" });
      assert.equal((await db.metrics()).total.searches.slow, 0);
    },
    { slowQueryMs: 3_600_000 },
  ));

test("a listener that throws or rejects is a warning, and nothing else notices", async () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", onWarning);
  try {
    await withDatabase(
      ":memory:",
      async (db) => {
        const order: string[] = [];
        db.on("slowQuery", () => {
          order.push("throws");
          throw new Error("thrown by a listener");
        });
        db.on("slowQuery", async () => {
          order.push("rejects");
          throw new Error("rejected by a listener");
        });
        const listener = (): void => void order.push("listens");
        db.on("slowQuery", listener).on("slowQuery", listener);
        const points = await fill(db);
        await points.search({ vector: [1, 2], using: "b" });
        assert.deepEqual(order, ["throws", "rejects", "listens"]);
        db.off("slowQuery", listener);
        await points.search({ vector: [1, 2], using: "b" });
        assert.equal(order.length, 5);
      },
      { slowQueryMs: 0 },
    );
    await new Promise(setImmediate);
    assert.equal(warnings.filter((text) => text.includes("thrown by a listener")).length, 2);
    assert.equal(warnings.filter((text) => text.includes("rejected by a listener")).length, 2);
  } finally {
    process.off("warning", onWarning);
  }
});

test("a listener may use the database that tells it", () =>
  withDatabase(
    ":memory:",
    async (db) => {
      const points = await fill(db);
      const inner = new Promise<number>((resolve) => {
        let isFirst = true;
        db.on("slowQuery", async () => {
          if (!isFirst) return;
          isFirst = false;
          resolve((await points.search({ vector: [1, 2], using: "b", limit: 7 })).length);
        });
      });
      const both = [1, 2].map((x) => points.search({ vector: [x, 2], using: "b", limit: 5 }));
      assert.deepEqual(
        (await Promise.all(both)).map((hits) => hits.length),
        [5, 5],
      );
      assert.equal(await inner, 7);
    },
    { slowQueryMs: 0 },
  ));

test("on and off refuse what is no event and no listener, and on a closed database", async () => {
  const db = await open(":memory:");
  const listener = (): void => undefined;
  const calls: readonly [string, () => void][] = [
    ["unknown_value", () => void Reflect.apply(db.on.bind(db), db, ["slow", listener])],
    ["wrong_type", () => void Reflect.apply(db.on.bind(db), db, [1, listener])],
    ["missing_field", () => void Reflect.apply(db.on.bind(db), db, [])],
    ["wrong_type", () => void Reflect.apply(db.off.bind(db), db, ["error", {}])],
    ["unknown_value", () => void Reflect.apply(db.off.bind(db), db, ["constructor", listener])],
  ];
  for (const [code, call] of calls)
    assert.throws(call, (error) => error instanceof OmenError && error.code === code, code);
  await db.close();
  db.off("error", listener);
  assert.throws(
    () => db.on("error", listener),
    (error) => error instanceof OmenError && error.kind === "closed",
  );
});
