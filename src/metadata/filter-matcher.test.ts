// The prepared filter against the reference, over random metadata and filters; and the laws of negation.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FieldOperators, Filter } from "../model/filter.js";
import type { Metadata, PointId } from "../model/point.js";
import { decodeFilter } from "../model/decode-filter.js";
import {
  filterArbitrary,
  fieldOperatorsArbitrary,
  idArbitrary,
  metadataArbitrary,
} from "./arbitrary-filters.suite.js";
import { PreparedFilter } from "./prepared-filter.js";
import { passesFilter } from "./reference-filter.suite.js";

function matches(filter: Filter, metadata: Metadata, id: PointId = 1): boolean {
  const prepared = new PreparedFilter(decodeFilter(filter, "filter")!);
  return prepared.matches({ id, metadata: JSON.stringify(metadata) });
}

test("a prepared filter lets through what the reference does", () => {
  let passed = 0;
  let all = 0;
  fc.assert(
    fc.property(
      filterArbitrary,
      fc.array(metadataArbitrary, { maxLength: 8 }),
      idArbitrary,
      (filter, documents, id) => {
        for (const metadata of documents) {
          const expected = passesFilter(filter, { id, metadata });
          passed += Number(expected);
          all++;
          assert.equal(matches(filter, metadata, id), expected);
        }
      },
    ),
    { numRuns: 4000 },
  );
  assert.ok(
    passed > all / 20 && passed < (all * 19) / 20,
    `${passed} of ${all} passed: the test is not even-handed`,
  );
});

const operand = fc.oneof(
  fc.string({ maxLength: 2 }),
  fc.integer({ min: 0, max: 3 }),
  fc.boolean(),
  fc.constant(null),
);

/** Two filters that let through the same, made from random parts. */
const laws: readonly (readonly [string, fc.Arbitrary<readonly [FieldOperators, FieldOperators]>])[] = [
  ["$ne is $not $eq", operand.map((value) => [{ $ne: value }, { $not: { $eq: value } }])],
  ["$nin is $not $in", fc.array(operand).map((values) => [{ $nin: values }, { $not: { $in: values } }])],
  ["$in of one is $eq", operand.map((value) => [{ $in: [value] }, { $eq: value }])],
  ["$all of one is $eq", operand.map((value) => [{ $all: [value] }, { $eq: value }])],
  ["$exists false is $not $exists true", fc.constant([{ $exists: false }, { $not: { $exists: true } }])],
  ["$not $not is nothing", fieldOperatorsArbitrary.map((field) => [{ $not: { $not: field } }, field])],
];

for (const [title, sides] of laws) {
  test(`everywhere, ${title}`, () => {
    fc.assert(
      fc.property(
        sides,
        metadataArbitrary,
        fc.constantFrom("a", "a.b", "b.c"),
        ([left, right], metadata, path) => {
          assert.equal(matches({ [path]: left }, metadata), matches({ [path]: right }, metadata));
        },
      ),
    );
  });
}

test("everywhere, $nor is $not $or, and $and is the filter's own parts", () => {
  const filters = fc.array(filterArbitrary, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(filters, metadataArbitrary, (parts, metadata) => {
      assert.equal(matches({ $nor: parts }, metadata), matches({ $not: { $or: parts } }, metadata));
      assert.equal(
        matches({ $and: parts }, metadata),
        parts.every((part) => matches(part, metadata)),
      );
    }),
  );
});

test("many equalities at one path are what they are one by one", () => {
  const values = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 8, maxLength: 20 });
  const list = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 40 });
  fc.assert(
    fc.property(values, fc.array(fc.record({ b: list }), { maxLength: 3 }), (wanted, a) => {
      const all = new Set(a.flatMap(({ b }) => b));
      const $or = wanted.map((value) => ({ "a.b": value }));
      assert.equal(
        matches({ $or }, { a }),
        wanted.some((value) => all.has(value)),
      );
      const few = wanted.map((value) => value % 8);
      assert.equal(
        matches({ "a.b": { $all: few } }, { a }),
        few.every((value) => all.has(value)),
      );
    }),
  );
});

const cases: readonly (readonly [Filter, Metadata, boolean])[] = [
  [{}, {}, true],
  [{ a: 1 }, { a: "1" }, false],
  [{ a: 1 }, { a: true }, false],
  [{ a: null }, { a: null }, true],
  [{ a: null }, {}, false],
  [{ a: { $ne: null } }, {}, true],
  [{ a: { $ne: 1 } }, { a: [1, 2] }, false],
  [{ a: { $nin: [3] } }, { a: [1, 2] }, true],
  [{ a: 0 }, { a: -0 }, true],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  [{ "a.b": 1 }, { "a.b": 1 }, false],
  [{ "a\\.b": 1 }, { "a.b": 1 }, true],
  [{ "a\\\\": 1 }, { "a\\": 1 }, true],
  [{ "\\$a": 1 }, { $a: 1 }, true],
  [{ "a.$b": 1 }, { a: { $b: 1 } }, true],
  [{ "a[0]": 1 }, { a: [1] }, false],
  [{ "a[0]": 1 }, { "a[0]": 1 }, true],
  [{ "a.0": 1 }, { a: [1] }, false],
  [{ "a.length": 1 }, { a: [5] }, false],
  [{ "a.length": 1 }, { a: "x" }, false],
  [{ "a.b": 1 }, { a: [{ b: 2 }, { b: [3, 1] }] }, true],
  [{ "a.b": 1 }, { a: [[{ b: 1 }]] }, false],
  [{ a: 1 }, { a: [[1]] }, false],
  [{ a: { $gt: 1, $lt: 3 } }, { a: [0, 5] }, true],
  [{ a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [0, 5] }, false],
  [{ a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [0, 2] }, true],
  [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1 }, { c: 2 }] }, false],
  [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1, c: 2 }] }, true],
  [{ a: { $elemMatch: { $or: [{ b: 1 }, { "c.d": 2 }] } } }, { a: [{ c: { d: 2 } }] }, true],
  [{ a: { $elemMatch: { b: { $ne: 1 } } } }, { a: [1] }, false],
  [{ a: { $elemMatch: {} } }, { a: [1] }, false],
  [{ a: { $elemMatch: {} } }, { a: [{}] }, true],
  [{ a: { $elemMatch: { $eq: 1 } } }, { a: 1 }, false],
  [{ a: { $elemMatch: { $eq: 1 } } }, { a: [[1]] }, true],
  [{ a: { $gt: "B" } }, { a: "a" }, true],
  [{ a: { $gt: "\uffee" } }, { a: "\u{1f600}" }, true],
  [{ a: { $gt: 1 } }, { a: "2" }, false],
  [{ a: { $lt: Number.POSITIVE_INFINITY } }, { a: 1e308 }, true],
  [{ a: { $size: 0 } }, { a: [] }, true],
  [{ a: { $size: 1 } }, { a: 1 }, false],
  [{ a: { $all: ["x", "y"] } }, { a: ["y", "z", "x"] }, true],
  [{ a: { $all: ["x", "y"] } }, { a: ["y"] }, false],
  [{ a: { $in: [] } }, { a: 1 }, false],
  [{ a: { $nin: [] } }, {}, true],
  [{ a: { $contains: "straße" } }, { a: "In der STRASSE." }, true],
  [{ a: { $contains: "stra" } }, { a: "Straße" }, false],
  [{ a: { $contains: "b a" } }, { a: "a, b" }, true],
  [{ a: { $contains: "a b" } }, { a: ["a", "b"] }, false],
  [{ a: { $contains: "οδος" } }, { a: "ΟΔΟΣ" }, true],
  [{ a: { $startsWith: "ab" } }, { a: "abc" }, true],
  [{ a: { $startsWith: "AB" } }, { a: "abc" }, false],
  [{ a: { $regex: "b$" } }, { a: "ab" }, true],
  [{ a: { $regex: "B$" } }, { a: "ab" }, false],
  [{ a: { $regex: "B$", $options: "i" } }, { a: "ab" }, true],
  [{ a: { $regex: "^b", $options: "m" } }, { a: "a\nb" }, true],
  [{ a: { $regex: "a.b" } }, { a: "a\nb" }, false],
  [{ a: { $regex: "a.b", $options: "s" } }, { a: "a\nb" }, true],
  [{ a: { $date: "2024-05-01" } }, { a: "2024-05-01T02:00:00+02:00" }, true],
  [{ a: "2024-05-01" }, { a: "2024-05-01T00:00:00Z" }, false],
  [{ a: { $gte: { $date: "2024-05-01" } } }, { a: "2024-04-30T23:59:59.999Z" }, false],
  [{ a: { $gt: new Date(0) } }, { a: "1970-01-01T00:00:00.001" }, true],
  [{ a: { $gt: { $date: "2024-05-01" } } }, { a: 1e15 }, false],
  [{ a: { $in: [{ $date: "2024-05-01" }, 7] } }, { a: 7 }, true],
  [{ toString: 1 }, {}, false],
  [{ "constructor.name": "Object" }, {}, false],
  [{ "constructor.name": { $exists: true } }, {}, false],
  [{ constructor: 1 }, { constructor: 1 }, true],
  [JSON.parse('{"__proto__":{"$exists":true}}') as Filter, {}, false],
  [JSON.parse('{"__proto__.x":1}') as Filter, JSON.parse('{"__proto__":{"x":1}}') as Metadata, true],
  [{ $id: 1 }, {}, true],
  [{ $id: 1n }, {}, true],
  [{ $id: "1" }, {}, false],
  [{ $id: { $gte: 0, $lt: 2n ** 64n - 1n } }, {}, true],
  [{ $id: { $lt: "x" } }, {}, false],
  [{ $id: { $nin: [2, "1"] }, a: 1 }, { a: 1 }, true],
];

for (const [filter, metadata, expected] of cases) {
  const shown = JSON.stringify(filter, (_key, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
  test(`${shown} ${expected ? "matches" : "does not match"} ${JSON.stringify(metadata)}`, () => {
    assert.equal(matches(filter, metadata), expected);
  });
}
