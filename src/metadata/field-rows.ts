// Which rows of one field pass a test, as far as its index tells.

import type { FilterScalar } from "../model/filter.js";
import type { Comparison, FieldTest, GeoTest, InTest } from "../model/filter-tree.js";
import { compareText } from "../base/compare-text.js";
import { type FieldIndex, textLengthMax } from "./field-index.js";
import { passesGeoTest } from "./geo.js";
import { unite } from "./row-algebra.js";
import { RowSet } from "./row-set.js";
import { compileValueTest } from "./value-tests.js";

/**
 * Rows of which none that passes is missing. If `isExact`, all of them pass; else each must be judged by its metadata. The
 * set may belong to an index: it is valid until the next write.
 */
export interface CandidateRows {
  readonly rows: RowSet;
  readonly isExact: boolean;
}

/** A test of each distinct text is made at once up to so many; more are left to the scan, which gives way to others. */
const testedTextsMax = 10_000;
/** The same for places, each counted as often as the polygon has corners. */
const testedPlacesMax = 50_000;

/** The tests that an index can narrow down; `element` is put together of others. */
export type IndexedTest = Exclude<FieldTest, { readonly kind: "element" }>;

/** Rows that pass a test. */
export function rowsPassing(index: FieldIndex, test: IndexedTest): CandidateRows {
  switch (test.kind) {
    case "exists":
      return { rows: index.existing, isExact: true };
    case "size":
      return { rows: index.existing, isExact: false };
    case "in":
      return rowsIn(index, test);
    case "number":
      return withDoubt(
        index,
        inRange(
          index.numbers,
          orderOf(test.comparison, (value) => value - test.bound),
        ),
        noText,
      );
    case "text":
      return withDoubt(
        index,
        inRange(
          index.texts,
          orderOf(test.comparison, (value) => compareText(value, test.bound)),
        ),
      );
    case "instant": {
      const instants = inRange(
        index.instants,
        orderOf(test.comparison, (value) => value - test.bound),
      );
      return withDoubt(index, index.textsOf(instants), noText);
    }
    case "prefix":
      return withDoubt(index, textsWithPrefix(index, test.prefix));
    case "words":
    case "pattern": {
      if (index.valueCount > testedTextsMax) return { rows: index.existing, isExact: false };
      const passes = compileValueTest(test);
      return withDoubt(index, [...index.distinctTexts()].filter(passes));
    }
    case "radius":
    case "box":
    case "polygon":
      return rowsInPlace(index, test);
    default:
      return test satisfies never;
  }
}

function rowsIn(index: FieldIndex, { values, instants }: InTest): CandidateRows {
  const wanted: FilterScalar[] = [...values, ...index.textsOf(instants)];
  const isLong = wanted.some((value) => typeof value === "string" && value.length > textLengthMax);
  return withDoubt(index, wanted, isLong ? undefined : noText);
}

/** Says that no text which is too long to be told apart can pass. */
const noText = "no long text";

/** The rows of these values, and those whose values the index does not tell apart. */
function withDoubt(
  index: FieldIndex,
  values: readonly FilterScalar[],
  excluded?: typeof noText,
): CandidateRows {
  const sets = index.rowsOf(values);
  const doubtful = [index.withOtherValue];
  if (excluded === undefined) doubtful.push(index.withLongText);
  const isExact = doubtful.every((rows) => rows.count === 0);
  return { rows: unite(isExact ? sets : sets.concat(doubtful)), isExact };
}

interface Order<Value> {
  readonly isBefore: (value: Value) => boolean;
  readonly isBehind: (value: Value) => boolean;
}

function orderOf<Value>(comparison: Comparison, difference: (value: Value) => number): Order<Value> {
  const never = (): boolean => false;
  switch (comparison) {
    case "gt":
      return { isBefore: (value) => difference(value) <= 0, isBehind: never };
    case "gte":
      return { isBefore: (value) => difference(value) < 0, isBehind: never };
    case "lt":
      return { isBefore: never, isBehind: (value) => difference(value) >= 0 };
    case "lte":
      return { isBefore: never, isBehind: (value) => difference(value) > 0 };
    default:
      return comparison satisfies never;
  }
}

function inRange<Value>(
  values: {
    range(isBefore: (value: Value) => boolean, isBehind: (value: Value) => boolean): Value[];
  },
  { isBefore, isBehind }: Order<Value>,
): Value[] {
  return values.range(isBefore, isBehind);
}

/** Half a pair at the end of a prefix begins texts that do not lie together, so the last unit is left out of the range. */
function textsWithPrefix(index: FieldIndex, prefix: string): string[] {
  const whole = /[\ud800-\udbff]$/.test(prefix) ? prefix.slice(0, -1) : prefix;
  const isBefore = (text: string): boolean => compareText(text, whole) < 0;
  const isBehind = (text: string): boolean => compareText(text, whole) > 0 && !text.startsWith(whole);
  return index.texts.range(isBefore, isBehind).filter((text) => text.startsWith(prefix));
}

function rowsInPlace({ places }: FieldIndex, test: GeoTest): CandidateRows {
  const corners = test.kind === "polygon" ? test.rings.reduce((sum, ring) => sum + ring.length, 0) : 1;
  const isExact = places.size * corners <= testedPlacesMax;
  const rows: number[] = [];
  for (const [row, found] of places) {
    if (!isExact || found.some((place) => passesGeoTest(test, place))) rows.push(row);
  }
  return { rows: RowSet.fromRows(rows), isExact };
}
