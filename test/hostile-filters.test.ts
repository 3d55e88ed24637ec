// Every hostile filter is refused with its code or answered with its points, and none of them keeps the event loop.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OmenError, open, type Collection, type Database, type Filter } from "omendb";
import { hostilePoints } from "./hostile-case.js";
import { hostilePatterns } from "./hostile-patterns.js";
import { hostileShapes } from "./hostile-shapes.js";
import { hostileValues } from "./hostile-values.js";

const all = [...hostilePatterns, ...hostileShapes, ...hostileValues];

/** Far beyond what any of them takes; a pattern that backtracks would take years. */
const timeout = 30_000;

let db: Database;
let collection: Collection;

before(async () => {
  db = await open(":memory:");
  collection = await db.createCollection("points", { dimension: 1, metric: "dot" });
  await collection.upsert(hostilePoints.map((metadata, id) => ({ id, vector: [1], metadata })));
});
after(() => db.close());

async function outcomeOf(filter: Filter): Promise<string | unknown[]> {
  try {
    const { points } = await collection.list({ filter, limit: 100, include: [] });
    return points.map((point) => point.id);
  } catch (error) {
    assert.ok(error instanceof OmenError, String(error));
    assert.equal(error.kind, "invalid");
    assert.match(error.field ?? "", /^filter/);
    assert.ok(error.message.length < 2000, "the message is short enough to be read");
    return error.code;
  }
}

for (const { title, filter, outcome } of all) {
  test(`${title}: ${typeof outcome === "string" ? outcome : "answered"}`, { timeout }, async () => {
    // The table holds what the types forbid.
    assert.deepEqual(await outcomeOf(filter() as Filter), outcome);
  });
}

test("there are 200 of them, each once", () => {
  assert.ok(all.length >= 200, `${all.length}`);
  assert.equal(new Set(all.map(({ title }) => title)).size, all.length);
});
