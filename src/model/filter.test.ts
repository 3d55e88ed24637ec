// What the type of filters lets through and what it refuses, checked by the compiler.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Filter } from "./filter.js";
import { decodeFilter } from "./decode-filter.js";

const typed: readonly Filter[] = [
  {},
  { year: 1982, "author.name": { $in: ["Le Guin", null] } },
  { year: { $gte: 1980, $lt: 1990 }, $or: [{ tags: "x" }, { $not: { tags: { $size: 2 } } }] },
  { $and: [{ a: { $date: "2024-05-01" } }, { b: { $gt: new Date(0) } }], c: null },
  { $id: { $in: [1, 2n, "x"], $ne: 5 } },
  { $id: "x", tags: { $elemMatch: { name: "x", "size.width": { $gt: 3 } } } },
  { scores: { $elemMatch: { $gte: 80, $lt: 85 } } },
  { at: { $geoRadius: { center: { lat: 1, lon: 2 }, radiusMeters: 1000 } } },
  {
    at: {
      $geoPolygon: {
        exterior: [
          { lat: 0, lon: 0 },
          { lat: 0, lon: 1 },
          { lat: 1, lon: 1 },
        ],
      },
    },
  },
  { text: { $contains: "word", $not: { $regex: "x", $options: "i" } } },
];

const mistyped: readonly Filter[] = [
  // @ts-expect-error An operator that does not exist.
  { year: { $gtt: 1 } },
  // @ts-expect-error An operator with another type of operand.
  { year: { $in: 1 } },
  // @ts-expect-error A list where one value is needed.
  { year: [1, 2] },
  // @ts-expect-error A filter that joins no list.
  { $or: { a: 1 } },
];

test("filters of the right type are decoded", () => {
  for (const filter of typed) assert.ok(decodeFilter(filter, "filter") !== undefined);
});

test("filters of a wrong type are refused at run time too", () => {
  for (const filter of mistyped) assert.throws(() => decodeFilter(filter, "filter"));
});
