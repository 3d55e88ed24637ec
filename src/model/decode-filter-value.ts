// Decoding of what filters compare with: scalars, dates, bounds, and lists of them.

import type { FilterScalar } from "./filter.js";
import type { Comparison, CompareTest, InTest } from "./filter-tree.js";
import type { FilterBudget } from "./filter-budget.js";
import { instantOf } from "./instant.js";
import { invalidInput, isPlainObject } from "./invalid-input.js";
import { within } from "./decode-object.js";

/** Decodes the value of an equality. Throws `filter_value`. */
export function decodeEquality(value: unknown, field: string): InTest {
  const instant = decodeDate(value, field);
  if (instant !== undefined) return { kind: "in", values: new Set(), instants: new Set([instant]) };
  return { kind: "in", values: new Set([decodeScalar(value, field)]), instants: new Set() };
}

/** Decodes a list of values of which one must be equal. Throws `filter_value` or `filter_too_large`. */
export function decodeMembership(value: unknown, field: string, budget: FilterBudget): InTest {
  const values = new Set<FilterScalar>();
  const instants = new Set<number>();
  const list = decodeList(value, field);
  budget.takeValues(list, field);
  for (let i = 0; i < list.length; i++) {
    const member = list[i];
    if (isScalar(member)) values.add(member);
    else instants.add(decodeDate(member, `${field}[${i}]`) ?? refuseScalar(member, `${field}[${i}]`));
  }
  return { kind: "in", values, instants };
}

/** Decodes the bound of an ordered comparison. Throws `filter_value`. */
export function decodeBound(value: unknown, field: string, comparison: Comparison): CompareTest {
  const instant = decodeDate(value, field);
  if (instant !== undefined) return { kind: "instant", comparison, bound: instant };
  if (typeof value === "string") return { kind: "text", comparison, bound: value };
  if (typeof value === "number" && !Number.isNaN(value)) return { kind: "number", comparison, bound: value };
  throw invalidInput("filter_value", field, value, "A number, a string or { $date } is needed.");
}

/** Decodes an array. Throws `filter_value`. */
export function decodeList(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalidInput("filter_value", field, value, "An array is needed.");
}

/** Decodes a string. Throws `filter_value`. */
export function decodeText(value: unknown, field: string): string {
  if (typeof value === "string") return value;
  throw invalidInput("filter_value", field, value, "A string is needed.");
}

/** True for `{ $date: … }` and for a Date: what must not be taken for an object of operators. */
export function isDateValue(value: unknown): boolean {
  return value instanceof Date || (isPlainObject(value) && Object.hasOwn(value, "$date"));
}

function decodeDate(value: unknown, field: string): number | undefined {
  if (!isDateValue(value)) return undefined;
  if (value instanceof Date) {
    // A subclass may have a `getTime` of its own.
    const instant = Date.prototype.getTime.call(value);
    if (!Number.isNaN(instant)) return instant;
    throw invalidInput("filter_value", field, value, "The Date is invalid.");
  }
  return decodeDateText(value, field);
}

function decodeDateText(value: unknown, field: string): number {
  const dateField = within(field, "$date");
  if (!isPlainObject(value) || Object.keys(value).length !== 1) {
    throw invalidInput(
      "filter_value",
      field,
      value,
      "{ $date } stands alone, as the operand of an operator.",
    );
  }
  const text = value["$date"];
  const instant = typeof text === "string" ? instantOf(text) : undefined;
  if (instant !== undefined) return instant;
  const message = `A date in ISO 8601 is needed, such as "2024-05-01" or "2024-05-01T12:00:00.000Z".`;
  throw invalidInput("filter_value", dateField, text, message);
}

function decodeScalar(value: unknown, field: string): FilterScalar {
  return isScalar(value) ? value : refuseScalar(value, field);
}

/** Whether a value from outside is a scalar that JSON can hold. */
export function isScalar(value: unknown): value is FilterScalar {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  return typeof value === "number" && Number.isFinite(value);
}

function refuseScalar(value: unknown, field: string): never {
  const message = Array.isArray(value)
    ? "Arrays are not compared as a whole; use $in for one of these values and $all for each of them."
    : `A string, finite number, boolean, null or { $date } is needed; fields of objects are named by paths ("a.b").`;
  throw invalidInput("filter_value", field, value, message);
}
