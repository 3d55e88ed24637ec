// Every kind of bad input, in a table: each is refused with its kind, code and field, and nothing of the call is done.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OmenError, open, type Collection, type Database, type OmenErrorKind } from "omendb";
import { badCalls } from "./bad-input-calls.js";
import type { BadCall } from "./bad-input-case.js";
import { badConfigs, badNames } from "./bad-input-configs.js";
import { badPoints } from "./bad-input-points.js";

const good = { id: "good", vector: Float32Array.of(1, 2), metadata: { kept: true } };

async function withCollections(
  use: (named: Collection, plain: Collection, db: Database) => Promise<void>,
): Promise<void> {
  const db = await open(":memory:");
  try {
    const plain = await db.createCollection("plain", { dimension: 2 });
    const named = await db.createCollection("named", {
      vectors: { a: { dimension: 2 }, b: { dimension: 1 } },
    });
    await plain.upsert([good]);
    await use(named, plain, db);
    assert.deepEqual(await plain.get(["good"]), [good], "the point that was there is as it was");
    assert.equal(await plain.count(), 1, "nothing of a refused call is applied");
    assert.equal(await named.count(), 0, "nothing of a refused call is applied");
    assert.equal((await plain.stats()).sequence, 1, "a refused call is no operation");
  } finally {
    await db.close();
  }
}

async function expectRefusal(call: () => Promise<unknown>, bad: Omit<BadCall, "call">): Promise<void> {
  const error: unknown = await call().then(
    () => new Error("the call was accepted"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof OmenError, `${bad.title}: ${String(error)}`);
  const kind: OmenErrorKind = bad.kind ?? "invalid";
  const { code, field } = error;
  assert.deepEqual({ kind: error.kind, code, field }, { kind, code: bad.code, field: bad.field }, bad.title);
  assert.ok(
    error.received !== undefined && error.received.length < 200,
    `${bad.title}: shows what was received`,
  );
  assert.ok(
    error.message.startsWith(`${bad.field}: `),
    `${bad.title}: the message names the field: ${error.message}`,
  );
  assert.ok(
    error.message.includes(error.received),
    `${bad.title}: the message shows the value: ${error.message}`,
  );
}

for (const bad of badPoints) {
  test(`upsert refuses ${bad.title}`, () =>
    withCollections(async (named, plain) => {
      // The table holds what the types forbid.
      const upsert = (points: unknown): Promise<unknown> =>
        (bad.named === true ? named : plain).upsert(points as never);
      await expectRefusal(() => upsert(bad.points), bad);
    }));
}

for (const bad of badCalls) {
  test(`${bad.title} is refused`, () =>
    withCollections(async (named, plain, db) => {
      await expectRefusal(() => bad.call({ named, plain, db }), bad);
    }));
}

for (const bad of badConfigs) {
  test(`createCollection refuses ${bad.title}`, () =>
    withCollections(async (_named, _plain, db) => {
      await expectRefusal(() => db.createCollection("new", bad.config as never), bad);
      assert.equal((await db.listCollections()).length, 2);
    }));
}

for (const [title, name] of badNames) {
  const code = typeof name === "string" ? "collection_name" : "wrong_type";
  test(`a collection's name cannot be ${title}`, () =>
    withCollections(async (_named, _plain, db) => {
      await expectRefusal(() => db.createCollection(name as never, { dimension: 1 }), {
        title,
        code,
        field: "name",
      });
      await expectRefusal(() => db.collection(name as never), { title, code, field: "name" });
      await expectRefusal(() => db.dropCollection(name as never), { title, code, field: "name" });
    }));
}

const badOpenings: readonly (readonly [
  title: string,
  path: unknown,
  options: unknown,
  code: string,
  field: string,
])[] = [
  ["an empty path", "", undefined, "path", "path"],
  ["a path that is not a string", 5, undefined, "path", "path"],
  ["a path with a zero character", "a\0b", undefined, "path", "path"],
  ["an unknown option", ":memory:", { threads: 1 }, "unknown_field", "options.threads"],
  ["a negative time", ":memory:", { slowQueryMs: -1 }, "out_of_range", "options.slowQueryMs"],
  ["a time over an hour", ":memory:", { slowQueryMs: 3_600_001 }, "out_of_range", "options.slowQueryMs"],
  ["a time as text", ":memory:", { slowQueryMs: "1s" }, "wrong_type", "options.slowQueryMs"],
  ["no linking thread", ":memory:", { linkingThreads: 0 }, "out_of_range", "options.linkingThreads"],
  ["65 linking threads", ":memory:", { linkingThreads: 65 }, "out_of_range", "options.linkingThreads"],
  ["half a linking thread", ":memory:", { linkingThreads: 0.5 }, "out_of_range", "options.linkingThreads"],
  ["linking threads as text", ":memory:", { linkingThreads: "2" }, "wrong_type", "options.linkingThreads"],
  ["-1 search threads", ":memory:", { searchThreads: -1 }, "out_of_range", "options.searchThreads"],
  ["65 search threads", ":memory:", { searchThreads: 65 }, "out_of_range", "options.searchThreads"],
  ["search threads as text", ":memory:", { searchThreads: "2" }, "wrong_type", "options.searchThreads"],
  ["options that are no object", ":memory:", 7, "wrong_type", "options"],
];

for (const [title, path, options, code, field] of badOpenings) {
  test(`open refuses ${title}`, () =>
    expectRefusal(() => open(path as never, options as never), { title, code, field }));
}
