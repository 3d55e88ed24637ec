// The operators of one field that stand for one test: what each takes, and the test that it becomes. Operators that join
// or negate are in decode-filter.ts.

import type { FilterBudget } from "./filter-budget.js";
import type { Comparison, FieldTest } from "./filter-tree.js";
import { wordsOf } from "../base/words.js";
import { decodeGeoBox, decodeGeoPolygon, decodeGeoRadius } from "./decode-geo.js";
import { decodeBound, decodeEquality, decodeMembership, decodeText } from "./decode-filter-value.js";
import { invalidInput } from "./invalid-input.js";

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

function decodeSize(operand: unknown, field: string): FieldTest {
  if (typeof operand === "number" && Number.isSafeInteger(operand) && operand >= 0) {
    return { kind: "size", size: operand };
  }
  throw invalidInput("filter_value", field, operand, "A whole number of elements, 0 or more, is needed.");
}

function decodeContains(operand: unknown, field: string): FieldTest {
  const words = [...new Set(wordsOf(decodeText(operand, field)))];
  if (words.length > 0) return { kind: "words", words };
  throw invalidInput("filter_value", field, operand, "A text with at least one letter or digit is needed.");
}
