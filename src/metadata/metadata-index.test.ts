// The index against the reference: after any writes its candidates miss no row that passes, and where it says that they are
// exact, they are.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Filter } from "../model/filter.js";
import type { Metadata } from "../model/point.js";
import { decodeFilter } from "../model/decode-filter.js";
import { valuesMax } from "./field-index.js";
import { fieldsMax } from "./metadata-fields.js";
import { MetadataIndex } from "./metadata-index.js";
import { wantedArbitrary } from "./arbitrary-fields.suite.js";
import { MetadataTrial, runTrial, trialRounds } from "./metadata-trial.suite.js";

test("candidates miss nothing, and exact ones are exact, after any writes", () => {
  const exact: boolean[] = [];
  fc.assert(
    fc.property(trialRounds, (steps) => void exact.push(...runTrial(new MetadataTrial(), steps))),
    { numRuns: 400 },
  );
  const count = exact.filter(Boolean).length;
  assert.ok(count > exact.length / 3, `${count} of ${exact.length} answers were exact`);
});

test("the same holds for any kinds of fields, named fields and none", () => {
  fc.assert(
    fc.property(
      wantedArbitrary,
      trialRounds,
      (wanted, steps) => void runTrial(new MetadataTrial(wanted), steps),
    ),
    { numRuns: 800 },
  );
});

test("many rows: dense and sparse values, ranges, and rows that are used again", () => {
  const trial = new MetadataTrial();
  const metadataOf = (i: number): Metadata => ({
    half: i % 2 === 0,
    price: i * 1.5,
    name: `n${i}`,
    at: `20${10 + (i % 80)}-01-01`,
  });
  for (let i = 0; i < 5000; i++) trial.set(i, metadataOf(i));
  for (let i = 0; i < 5000; i += 3) trial.remove(i);
  for (let i = 0; i < 5000; i += 6) trial.set(i, metadataOf(i + 7));
  const filters: readonly Filter[] = [
    { half: true },
    { half: { $ne: true } },
    { half: false, price: { $gt: 100, $lte: 160 } },
    { price: { $lt: 3 } },
    { name: { $startsWith: "n10" } },
    { name: { $gte: "n2", $lt: "n3" }, half: true },
    { name: { $regex: "7$" } },
    { at: { $gte: { $date: "2020-01-01" }, $lt: { $date: "2021-01-01" } } },
    { at: { $in: [{ $date: "2020-01-01T00:00:00Z" }, "2031-01-01"] } },
    { $or: [{ price: 15 }, { name: "n11" }, { half: { $exists: false } }] },
    { $id: { $in: [1, 2, 3, 99_999] }, half: false },
    { missing: { $exists: false } },
    { missing: 1 },
  ];
  for (const filter of filters) assert.equal(trial.check(filter), true, JSON.stringify(filter));
  // Ranges are kept in order while values come and go.
  for (let i = 0; i < 3000; i++) trial.set(6000 + i, { price: -i });
  for (const filter of filters) assert.equal(trial.check(filter), true, JSON.stringify(filter));
  assert.equal(trial.check({ price: { $gt: -10, $lt: 0 } }), true);
});

test("long texts are not told apart, and not forgotten", () => {
  const trial = new MetadataTrial();
  trial.set(1, { a: `x${"y".repeat(200)}` });
  trial.set(2, { a: "xy" });
  trial.set(3, { a: 5 });
  assert.equal(trial.check({ a: `x${"y".repeat(200)}` }), false);
  assert.equal(trial.check({ a: { $startsWith: "x" } }), false);
  assert.equal(trial.check({ a: "xy" }), true);
  assert.equal(trial.check({ a: { $gt: 1 } }), true);
  trial.remove(1);
  assert.equal(trial.check({ a: { $startsWith: "x" } }), true);
});

test("over the limit of values, rows are judged point by point", () => {
  const trial = new MetadataTrial();
  for (let row = 0; row < valuesMax + 10; row++) trial.set(row, { a: row });
  assert.equal(trial.check({ a: 5 }), false);
  assert.equal(trial.check({ a: { $gte: valuesMax } }), false);
  for (let row = valuesMax; row < valuesMax + 10; row++) trial.remove(row);
  assert.equal(trial.check({ a: { $lt: 5 } }), true);
});

test("over the limit of fields, those without an index are judged point by point", () => {
  const trial = new MetadataTrial();
  trial.set(1, Object.fromEntries(Array.from({ length: fieldsMax + 1 }, (_, i) => [`f${i}`, i])));
  assert.equal(trial.check({ f0: 0 }), true);
  assert.equal(trial.check({ [`f${fieldsMax}`]: fieldsMax }), false);
  assert.equal(trial.index.isComplete, false);
});

test("writes that come while the index is filled are not undone by what it was", () => {
  const index = new MetadataIndex("all", "filling");
  index.set(1, index.prepare('{"a":"new"}'));
  index.remove(2);
  for (const row of [1, 2, 3]) index.fill(row, '{"a":"old"}');
  assert.equal(index.isFilled, false);
  index.endFilling();
  const rowsOf = (a: string): number[] => [
    ...index.candidates(decodeFilter({ a }, "filter")!, () => undefined).rows.sorted(),
  ];
  assert.deepEqual([rowsOf("new"), rowsOf("old"), index.rowCount], [[1], [3], 2]);
});

test("of named fields, those and the objects that hold them are indexed", () => {
  const trial = new MetadataTrial([["a", "b"], ["c"]]);
  trial.set(1, { a: { b: 1, x: 2 }, c: [1], d: 1 });
  trial.set(2, { a: [{ b: 2 }], d: 2 });
  assert.deepEqual(
    trial.index.fieldStats().map(({ path }) => path.join(".")),
    ["a", "a.b", "c"],
  );
  for (const filter of [{ "a.b": 1 }, { a: { $exists: true } }, { c: { $ne: 1 } }, { "a.b": { $gt: 5 } }]) {
    assert.equal(trial.check(filter), true);
  }
  for (const filter of [{ d: 1 }, { "a.x": 2 }, { "a.b": 1, d: 2 }]) assert.equal(trial.check(filter), false);
});

test("elements that are arrays, and conditions that are met by several elements or by none", () => {
  const trial = new MetadataTrial();
  const all: readonly Metadata[] = [
    { a: [[1]] },
    { a: [[{ b: 1 }]] },
    { a: [{ b: 1 }, { c: 2 }] },
    { a: [{ b: 1, c: 2 }] },
    { a: [1, 5] },
    { a: [3] },
    { a: [] },
    { a: { b: [1, 2] } },
  ];
  all.forEach((metadata, row) => trial.set(row, metadata));
  const filters: readonly Filter[] = [
    { a: { $elemMatch: { $eq: 1 } } },
    { a: { $elemMatch: { $elemMatch: { b: 1 } } } },
    { a: { $elemMatch: { $not: { $gt: 1 } } } },
    { a: { $elemMatch: { b: 1, c: 2 } } },
    { a: { $elemMatch: { b: { $ne: 1 } } } },
    { a: { $elemMatch: { $gt: 1, $lt: 5 } } },
    { a: { $elemMatch: { $size: 1 } } },
    { a: { $size: 0 } },
    { a: { $not: { $size: 2 } } },
    { "a.b": { $size: 2 } },
    { a: { $elemMatch: {} } },
  ];
  for (const filter of filters) assert.equal(trial.check(filter), false, JSON.stringify(filter));
  for (const filter of [{ "a.b": 1 }, { a: 1 }, { "a.b": { $nin: [1] } }])
    assert.equal(trial.check(filter), true);
});

test(
  "an array of very many values is taken apart without comparing each with each",
  { timeout: 30_000 },
  () => {
    const trial = new MetadataTrial();
    const list = Array.from({ length: 120_000 }, (_, i) => i);
    for (let round = 0; round < 3; round++) trial.set(1, { list: list.concat(list) });
    trial.set(2, { list: [5] });
    assert.equal(trial.check({ list: 119_999 }), true);
    assert.equal(trial.check({ list: 5 }), true);
    trial.remove(1);
    assert.equal(trial.check({ list: { $gt: 5 } }), true);
    assert.equal(trial.index.fieldStats()[0]!.values, 1);
  },
);
