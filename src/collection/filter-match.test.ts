// Filters in the equality form, case by case.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Filter } from "../model/filter.js";
import type { Metadata } from "../model/point.js";
import { decodeFilter } from "../model/decode-filter.js";
import { matchesFilter } from "./filter-match.js";

const cases: readonly (readonly [Filter, Metadata, boolean])[] = [
  [{}, {}, true],
  [{ a: 1 }, { a: 1 }, true],
  [{ a: 1 }, { a: "1" }, false],
  [{ a: 1 }, { a: true }, false],
  [{ a: null }, { a: null }, true],
  [{ a: null }, {}, false],
  [{ a: 0 }, { a: -0 }, true],
  [{ a: 1, b: 2 }, { a: 1, b: 2, c: 3 }, true],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  [{ "a.b": 1 }, { a: { b: 1 } }, true],
  [{ "a.b": 1 }, { "a.b": 1 }, false],
  [{ "a.b": 1 }, { a: 1 }, false],
  [{ a: 1 }, { a: { b: 1 } }, false],
  [{ a: 1 }, { a: [2, 1] }, true],
  [{ a: 1 }, { a: [] }, false],
  [{ a: 1 }, { a: [[1]] }, false],
  [{ "a.b": 1 }, { a: [{ b: 2 }, { b: 1 }] }, true],
  [{ "a.b": 1 }, { a: [{ b: [3, 1] }] }, true],
  [{ "a.b": 1 }, { a: [1, null, "b"] }, false],
  [{ "a.length": 1 }, { a: [5] }, false],
  [{ "a.length": 1 }, { a: "x" }, false],
  [{ toString: 1 }, {}, false],
  [{ "constructor.name": "Object" }, {}, false],
  [{ constructor: 1 }, { constructor: 1 }, true],
];

for (const [filter, metadata, expected] of cases) {
  test(`${JSON.stringify(filter)} ${expected ? "matches" : "does not match"} ${JSON.stringify(metadata)}`, () => {
    assert.equal(matchesFilter(decodeFilter(filter, "filter")!, metadata), expected);
  });
}
