// That the sieve holds back points, and only those that cannot match; the second is in filter-matcher.test.ts as well,
// where every filter goes through it.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Filter } from "../model/filter.js";
import { decodeFilter } from "../model/decode-filter.js";
import { filterArbitrary, metadataArbitrary } from "./arbitrary-filters.suite.js";
import { passesFilter } from "./reference-filter.suite.js";
import { compileSieve } from "./text-sieve.js";

function holdsBack(filter: Filter, metadata: object): boolean {
  return compileSieve(decodeFilter(filter, "filter")!)?.(JSON.stringify(metadata)) === false;
}

test("what passes a filter is not held back", () => {
  fc.assert(
    fc.property(filterArbitrary, metadataArbitrary, (filter, metadata) => {
      if (holdsBack(filter, metadata)) assert.equal(passesFilter(filter, { id: 1, metadata }), false);
    }),
    { numRuns: 1000 },
  );
});

const cases: readonly (readonly [Filter, object, boolean])[] = [
  [{ a: "x" }, { a: "y" }, true],
  [{ a: "x" }, { b: "x" }, true],
  [{ a: "x" }, { a: "x" }, false],
  [{ a: { $gt: 1 } }, { b: 2 }, true],
  [{ 'a"b': 1 }, { 'a"b': 1 }, false],
  [{ "a.b": { $in: [true, null] } }, { a: { b: "true story" } }, false],
  [{ a: { $startsWith: "ab\n" } }, { a: "ab" }, true],
  [{ a: { $startsWith: "\ud83d" } }, { a: "\u{1f600}" }, false],
  [{ $or: [{ a: "x" }, { b: "y" }] }, { a: "y", b: "x" }, false],
  [{ $or: [{ a: "x" }, { b: "y" }] }, { a: "z", b: "z" }, true],
  [{ a: { $ne: "x" } }, {}, false],
  [{ a: { $elemMatch: { b: "x" } } }, { a: [{ b: "y" }] }, true],
  [{ a: { $in: [] } }, { a: 1 }, true],
];

for (const [filter, metadata, expected] of cases) {
  test(`${JSON.stringify(filter)} ${expected ? "holds back" : "lets through"} ${JSON.stringify(metadata)}`, () => {
    assert.equal(holdsBack(filter, metadata), expected);
  });
}
