// Random metadata and random filters for property tests. Keys and values come from small sets, so that filters meet what
// they ask for now and then, also across types and through arrays.

import fc from "fast-check";
import type { FieldOperators, Filter, FilterBound, FilterValue, IdOperators } from "../model/filter.js";
import type { JsonValue, Metadata, PointId } from "../model/point.js";

/** Keys of the metadata. */
export const metadataKeys: readonly string[] = ["a", "b", "c", "__proto__", "constructor", "length", "0"];
const texts = [
  "",
  "x",
  "xy",
  "X y",
  "naïve Straße",
  `x${"y".repeat(150)}`,
  "NAÏVE strasse, x",
  "1",
  "true",
  "\ud800",
  "\u{1f600}",
  "\uffee",
  "2024-02-29",
  "2024-02-29T01:00:00+01:00",
  "2024-02-29T00:00:00.001Z",
  "2023-02-29",
];
const numbers = [0, -0, 1, 2, 3, 0.5, -1, 1e21, 2 ** 53];

const scalar: fc.Arbitrary<string | number | boolean | null> = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(...numbers),
  fc.boolean(),
  fc.constant(null),
);
const degrees = (max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.constantFrom(-max, 0, 10, max), fc.double({ min: -max, max, noNaN: true }));
const place = fc.record({ lat: degrees(90), lon: degrees(180) });
/** Sometimes not one: out of range, or without a number. */
const almostPlace = fc.oneof(place, fc.record({ lat: scalar, lon: scalar }));

const { value } = fc.letrec<{ value: JsonValue; object: JsonValue }>((tie) => ({
  object: fc
    .array(fc.tuple(fc.constantFrom(...metadataKeys), tie("value")), { maxLength: 4 })
    .map((parts) => Object.fromEntries(parts)),
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    scalar,
    almostPlace,
    tie("object"),
    fc.array(tie("value"), { maxLength: 4 }),
  ),
}));

/** Metadata, always an object; `__proto__` is a key of its own where it occurs. */
export const metadataArbitrary: fc.Arbitrary<Metadata> = fc
  .array(fc.tuple(fc.constantFrom(...metadataKeys), value), { maxLength: 5 })
  .map((parts) => Object.fromEntries(parts));

/** Ids of every kind. */
export const idArbitrary: fc.Arbitrary<PointId> = fc.constantFrom<PointId>(
  0,
  1,
  2,
  -1,
  2 ** 53 - 1,
  2n ** 63n,
  -(2n ** 63n),
  "1",
  "x",
  "xy",
  "\u{1f600}",
  "\uffee",
);

const date = fc.oneof(
  fc.constantFrom({ $date: "2024-02-29" }, { $date: "2024-02-29T00:00:00.001Z" }, { $date: "0050-01-01" }),
  fc.constant(new Date("2024-02-29")),
);
const filterValue: fc.Arbitrary<FilterValue> = fc.oneof(scalar, scalar, date);
const bound: fc.Arbitrary<FilterBound> = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(...numbers),
  date,
);
const pattern = fc.constantFrom("x", "^x$", "X|y", "[^x]", "(?i)STRASSE", "x.y", "^", "\\d{4}", "(x*)*y");
const geoBox = fc
  .tuple(place, place)
  .map(([a, b]) => (a.lat >= b.lat ? { topLeft: a, bottomRight: b } : { topLeft: b, bottomRight: a }));
const ring = fc.array(place, { minLength: 3, maxLength: 5 });

/** One to three of these, as one object. */
function oneOrMore<T extends object>(parts: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T> {
  return fc
    .array(fc.oneof(...parts), { minLength: 1, maxLength: 3 })
    .map((chosen) => Object.assign({}, ...chosen) as T);
}

const path = fc
  .array(fc.constantFrom(...metadataKeys), { minLength: 1, maxLength: 3 })
  .map((steps) => steps.join("."));

const tree = fc.letrec<{ filter: Filter; field: FieldOperators }>((tie) => ({
  field: oneOrMore<FieldOperators>([
    fc.record({ $eq: filterValue }),
    fc.record({ $ne: filterValue }),
    fc.record({ $gt: bound }),
    fc.record({ $gte: bound }),
    fc.record({ $lt: bound }),
    fc.record({ $lte: bound }),
    fc.record({ $in: fc.array(filterValue, { maxLength: 6 }) }),
    fc.record({ $nin: fc.array(filterValue, { maxLength: 6 }) }),
    fc.record({ $exists: fc.boolean() }),
    fc.record({ $all: fc.array(filterValue, { minLength: 1, maxLength: 3 }) }),
    fc.record({ $size: fc.nat(3) }),
    fc.record({ $size: fc.record({ $gte: fc.nat(3) }) }),
    fc.record({ $size: fc.record({ $lte: fc.nat(3) }) }),
    fc.record({ $size: fc.record({ $gte: fc.nat(3), $lte: fc.nat(3) }) }),
    fc.record({ $contains: fc.constantFrom("x", "Y x", "STRASSE", "1") }),
    fc.record({ $startsWith: fc.constantFrom(...texts) }),
    fc.record({ $regex: pattern }),
    fc.record({ $regex: pattern, $options: fc.constantFrom("i", "ms", "") }),
    fc.record({ $geoRadius: fc.record({ center: place, radiusMeters: fc.constantFrom(0, 1e6, 2e7) }) }),
    fc.record({ $geoBox: geoBox }),
    fc.record({ $geoPolygon: fc.record({ exterior: ring, interiors: fc.array(ring, { maxLength: 1 }) }) }),
    fc.record({ $not: tie("field") }),
    fc.record({ $elemMatch: fc.oneof(tie("field"), fc.dictionary(path, filterValue, { maxKeys: 2 })) }),
  ]),
  filter: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(path, filterValue).map(([key, wanted]) => Object.fromEntries([[key, wanted]])),
    fc.tuple(path, tie("field")).map(([key, wanted]) => Object.fromEntries([[key, wanted]])),
    oneOrMore<Filter>([
      fc.record({ $and: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ $or: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ $nor: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ $not: tie("filter") }),
    ]),
  ),
}));

/** Conditions on one field. */
export const fieldOperatorsArbitrary: fc.Arbitrary<FieldOperators> = tree.field;

const { id: idOperators } = fc.letrec<{ id: IdOperators }>((tie) => ({
  id: oneOrMore<IdOperators>([
    fc.record({ $eq: idArbitrary }),
    fc.record({ $ne: idArbitrary }),
    fc.record({ $gt: idArbitrary }),
    fc.record({ $lte: idArbitrary }),
    fc.record({ $in: fc.array(idArbitrary, { maxLength: 4 }) }),
    fc.record({ $nin: fc.array(idArbitrary, { maxLength: 4 }) }),
    fc.record({ $startsWith: fc.constantFrom("", "x", "1") }),
    fc.record({ $regex: pattern }),
    fc.record({ $not: tie("id") }),
  ]),
}));

/** Filters of every operator. */
export const filterArbitrary: fc.Arbitrary<Filter> = fc.oneof(
  { weight: 6, arbitrary: tree.filter },
  { weight: 1, arbitrary: fc.record({ $id: fc.oneof(idArbitrary, idOperators) }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(tree.filter, fc.record({ $id: idOperators }))
      .map(([filter, ids]): Filter => ({ $or: [filter, ids] })),
  },
);
