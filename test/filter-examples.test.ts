// Every example of docs/reference/filters.md lets through what the page says, and every operator has one.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { open } from "omendb";
import { filtersPage, readFilterExamples } from "./filter-examples.js";

const operators =
  "$eq $ne $gt $gte $lt $lte $in $nin $exists $and $or $not $nor $all $size $contains $startsWith $regex $options $elemMatch $date $geoRadius $geoBox $geoPolygon $id";

test("the examples of the page on filters let through what it says", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "omendb-filters-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { points, examples } = await readFilterExamples(filtersPage, folder);
  assert.ok(examples.length > 50);
  await using db = await open(":memory:");
  const collection = await db.createCollection("points", { dimension: 1 });
  await collection.upsert(points.map((point) => ({ ...point, vector: [1] })));
  for (const { text, filter, ids } of examples) {
    const found = (await collection.list({ filter })).points.map((point) => String(point.id));
    assert.deepEqual(found.toSorted(), ids.map(String).toSorted(), text);
    assert.equal(await collection.count({ filter }), ids.length, text);
  }
  for (const operator of operators.split(" ")) {
    assert.ok(
      examples.some(({ text }) => text.includes(`${operator}:`)),
      `${operator} has no example`,
    );
  }
});
