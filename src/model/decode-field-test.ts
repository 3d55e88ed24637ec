// The operators of one field that stand for one test: what each takes, and the test that it becomes. Operators that join
// or negate are in decode-filter.ts.

import type { FilterBudget } from "./filter-budget.js";
import type { Comparison, FieldTest } from "./filter-tree.js";
import { wordsOf } from "../base/words.js";
import { decodeGeoBox, decodeGeoPolygon, decodeGeoRadius } from "./decode-geo.js";
import { decodeBound, decodeEquality, decodeMembership, decodeText } from "./decode-filter-value.js";
import { invalidInput, isPlainObject } from "./invalid-input.js";

/** Decodes the operand of one operator, which stands at `field`. */
export type TestDecoder<Test> = (operand: unknown, field: string, budget: FilterBudget) => Test;

/** The comparison of each ordering operator. */
export const comparisons: Readonly<Record<"$gt" | "$gte" | "$lt" | "$lte", Comparison>> = {
  $gt: "gt",
  $gte: "gte",
  $lt: "lt",
  $lte: "lte",
};

/** The tests of fields, by operator. */
export const fieldTests: ReadonlyMap<string, TestDecoder<FieldTest>> = new Map<
  string,
  TestDecoder<FieldTest>
>([
  ["$eq", decodeEquality],
  ["$in", decodeMembership],
  ...Object.entries(comparisons).map(
    ([operator, comparison]) =>
      [
        operator,
        (operand: unknown, field: string) => decodeBound(operand, field, comparison),
      ] satisfies Entry,
  ),
  ["$size", decodeSize],
  ["$contains", decodeContains],
  ["$startsWith", (operand, field) => ({ kind: "prefix", prefix: decodeText(operand, field) })],
  ["$geoRadius", decodeGeoRadius],
  ["$geoBox", decodeGeoBox],
  ["$geoPolygon", decodeGeoPolygon],
]);

type Entry = [string, TestDecoder<FieldTest>];

/** A size, or the least and the greatest one. */
function decodeSize(operand: unknown, field: string): FieldTest {
  if (!isPlainObject(operand)) {
    const size = decodeElementCount(operand, field);
    return { kind: "size", min: size, max: size };
  }
  const names = Object.keys(operand);
  if (names.length === 0 || names.some((name) => name !== "$gte" && name !== "$lte"))
    throw invalidInput("filter_value", field, operand, "A number, or $gte and $lte with numbers, is needed.");
  const bound = (name: string, unbounded: number): number =>
    Object.hasOwn(operand, name) ? decodeElementCount(operand[name], `${field}.${name}`) : unbounded;
  return { kind: "size", min: bound("$gte", 0), max: bound("$lte", Infinity) };
}

function decodeElementCount(operand: unknown, field: string): number {
  if (typeof operand === "number" && Number.isSafeInteger(operand) && operand >= 0) return operand;
  throw invalidInput("filter_value", field, operand, "A whole number of elements, 0 or more, is needed.");
}

function decodeContains(operand: unknown, field: string): FieldTest {
  const words = [...new Set(wordsOf(decodeText(operand, field)))];
  if (words.length > 0) return { kind: "words", words };
  throw invalidInput("filter_value", field, operand, "A text with at least one letter or digit is needed.");
}
