// Which rows of one field pass a test, as far as its index tells.

import type { FilterScalar } from "../model/filter.js";
import type { Comparison, FieldTest, InTest } from "../model/filter-tree.js";
import { compareText } from "../base/compare-text.js";
import { type FieldIndex, textLengthMax } from "./field-index.js";
import { holdsAllFor } from "./field-kinds.js";
import { unite } from "./row-algebra.js";
import type { RowSet } from "./row-set.js";
import type { ValueRange } from "./sorted-values.js";
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

/** The tests that an index can narrow down; `element` is put together of others. */
export type IndexedTest = Exclude<FieldTest, { readonly kind: "element" }>;

/** Whether a test is left to the metadata of points because the field was not declared, or found, fit for it. */
export function isLeftToPoints(index: FieldIndex, test: IndexedTest): boolean {
  if (!holdsAllFor(index.holdings, test)) return index.withUnheldValue.count > 0;
  return test.kind === "words" && index.words === undefined && index.valueCount > testedTextsMax;
}

/** Rows that pass a test. */
export function rowsPassing(index: FieldIndex, test: IndexedTest): CandidateRows {
  const { rows, isExact } = heldRowsPassing(index, test);
  const { withUnheldValue } = index;
  if (withUnheldValue.count === 0 || holdsAllFor(index.holdings, test)) return { rows, isExact };
  return { rows: unite([rows, withUnheldValue]), isExact: false };
}

/** Rows that pass by a value that is held. */
function heldRowsPassing(index: FieldIndex, test: IndexedTest): CandidateRows {
  switch (test.kind) {
    case "exists":
      return { rows: index.existing, isExact: true };
    case "size":
      return { rows: index.existing, isExact: false };
    case "in":
      return rowsIn(index, test);
    case "number": {
      const range = rangeOf(test.comparison, (value: number) => value - test.bound);
      return withDoubt(index, index.numbers.rowsIn(range), noText);
    }
    case "text": {
      const range = rangeOf(test.comparison, (value: string) => compareText(value, test.bound));
      return withDoubt(index, index.texts.rowsIn(range));
    }
    case "instant": {
      const range = rangeOf(test.comparison, (value: number) => value - test.bound);
      return withDoubt(index, index.instants.rowsIn(range), noText);
    }
    case "prefix":
      return withDoubt(index, index.rowsOf(textsWithPrefix(index, test.prefix)));
    case "words":
      return index.words?.rowsWithAll(test.words) ?? rowsOfTexts(index, test);
    case "pattern":
      return rowsOfTexts(index, test);
    case "radius":
    case "box":
    case "polygon":
      return index.places.rowsPassing(test);
    default:
      return test satisfies never;
  }
}

function rowsOfTexts(
  index: FieldIndex,
  test: IndexedTest & { readonly kind: "words" | "pattern" },
): CandidateRows {
  if (index.valueCount > testedTextsMax) return { rows: index.existing, isExact: false };
  const passes = compileValueTest(test);
  return withDoubt(index, index.rowsOf([...index.distinctTexts()].filter(passes)));
}

function rowsIn(index: FieldIndex, { values, instants }: InTest): CandidateRows {
  const wanted: FilterScalar[] = [...values, ...index.textsOf(instants)];
  const isLong = wanted.some((value) => typeof value === "string" && value.length > textLengthMax);
  return withDoubt(index, index.rowsOf(wanted), isLong ? undefined : noText);
}

/** Says that no text which is too long to be told apart can pass. */
const noText = "no long text";

/** These rows, and those whose values the index does not tell apart. */
function withDoubt(index: FieldIndex, sets: readonly RowSet[], excluded?: typeof noText): CandidateRows {
  const doubtful = [index.withOtherValue];
  if (excluded === undefined) doubtful.push(index.withLongText);
  const isExact = doubtful.every((rows) => rows.count === 0);
  return { rows: unite(isExact ? sets : sets.concat(doubtful)), isExact };
}

function rangeOf<Value>(comparison: Comparison, difference: (value: Value) => number): ValueRange<Value> {
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

/** Half a pair at the end of a prefix begins texts that do not lie together, so the last unit is left out of the range. */
function textsWithPrefix(index: FieldIndex, prefix: string): string[] {
  const whole = /[\ud800-\udbff]$/.test(prefix) ? prefix.slice(0, -1) : prefix;
  const isBefore = (text: string): boolean => compareText(text, whole) < 0;
  const isBehind = (text: string): boolean => compareText(text, whole) > 0 && !text.startsWith(whole);
  return index.texts.range({ isBefore, isBehind }).filter((text) => text.startsWith(prefix));
}
