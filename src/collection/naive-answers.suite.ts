// Support for tests of this folder: what ordered lists, facets and groups should answer, by the plainest code that says it,
// and random points to ask about.

import fc from "fast-check";
import type { Filter, FilterScalar } from "../model/filter.js";
import type { JsonValue, Metadata, PointId } from "../model/point.js";
import { metadataArbitrary } from "../metadata/arbitrary-filters.suite.js";
import { passesFilter } from "../metadata/reference-filter.suite.js";

/** What a collection should hold. */
export type NaivePoints = ReadonlyMap<PointId, Metadata>;

/** Paths that random metadata has now and then. */
export const fieldArbitrary: fc.Arbitrary<string> = fc.constantFrom(
  "a",
  "b",
  "a.b",
  "b.a",
  "c.a.b",
  "__proto__",
  "constructor.a",
  "length",
  "0",
);

export const idsArbitrary: fc.Arbitrary<PointId> = fc.oneof(
  fc.nat(30),
  fc.constantFrom("x", "xy", "5", 2n ** 63n, -1, "\u{1f600}", "\uffee"),
);

/** Random points, as they are stored: JSON has no -0. */
export const pointsArbitrary: fc.Arbitrary<readonly { id: PointId; metadata: Metadata; at: number }[]> =
  fc.array(
    fc.record({
      id: idsArbitrary,
      metadata: metadataArbitrary.map((metadata) => JSON.parse(JSON.stringify(metadata)) as Metadata),
      at: fc.integer({ min: -20, max: 20 }),
    }),
    { maxLength: 30 },
  );

/** The distinct scalars at a path of keys without escapes. */
export function scalarsAt(metadata: Metadata, field: string): FilterScalar[] {
  let found: JsonValue[] = [metadata];
  for (const key of field.split(".")) {
    found = found.flatMap((value) => {
      const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
      const values = isPlain ? Object.entries(value).filter(([name]) => name === key) : [];
      // One level of arrays is looked into, and no further.
      return values.flatMap(([, inner]) => (Array.isArray(inner) ? (inner as JsonValue[]) : [inner]));
    });
  }
  const scalars = found.filter((value): value is FilterScalar => typeof value !== "object" || value === null);
  return [...new Set(scalars)];
}

function rank(value: FilterScalar): number {
  return ["object", "boolean", "number", "string"].indexOf(typeof value);
}

/** The order of scalars. */
export function naiveCompare(a: FilterScalar, b: FilterScalar): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  if (rank(a) !== rank(b) || a === null || b === null) return rank(a) - rank(b);
  return Number(a) - Number(b);
}

function compareCodePoints(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  for (let i = 0; i < Math.min(left!.length, right!.length); i++) {
    if (left![i] !== right![i]) return left![i]! - right![i]!;
  }
  return left!.length - right!.length;
}

/** The order of ids. */
export function naiveCompareIds(a: PointId, b: PointId): number {
  if ((typeof a === "string") !== (typeof b === "string")) return typeof a === "string" ? 1 : -1;
  if (typeof a === "string") return compareCodePoints(a, String(b));
  const [left, right] = [BigInt(a), BigInt(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** The points that pass. */
export function passing(points: NaivePoints, filter: Filter | undefined): [PointId, Metadata][] {
  return [...points].filter(
    ([id, metadata]) => filter === undefined || passesFilter(filter, { id, metadata }),
  );
}

/** Ids in the order of a path. */
export function naiveOrder(
  points: readonly (readonly [PointId, Metadata])[],
  { field, direction }: { readonly field: string; readonly direction: "asc" | "desc" },
): PointId[] {
  const sign = direction === "asc" ? 1 : -1;
  const keyed = points.flatMap(([id, metadata]) => {
    const [value] = scalarsAt(metadata, field).sort((a, b) => sign * naiveCompare(a, b));
    return value === undefined ? [] : [{ id, value }];
  });
  keyed.sort((a, b) => sign * naiveCompare(a.value, b.value) || naiveCompareIds(a.id, b.id));
  return keyed.map(({ id }) => id);
}

/** All values with the number of points that have them, in the order of facets. */
export function naiveFacets(
  points: readonly (readonly [PointId, Metadata])[],
  field: string,
): { readonly value: FilterScalar; readonly count: number }[] {
  const counts = new Map<FilterScalar, number>();
  for (const [, metadata] of points) {
    for (const value of scalarsAt(metadata, field)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Array.from(counts, ([value, count]) => ({ value, count })).sort(
    (a, b) => b.count - a.count || naiveCompare(a.value, b.value),
  );
}
