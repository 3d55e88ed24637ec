// What filters mean, as directly as it can be said: the specification that everything fast is tested against. It reads
// filters as callers write them, takes them for well-formed, and knows nothing of the checked tree.

import type {
  FieldOperators,
  Filter,
  FilterBound,
  FilterDate,
  FilterValue,
  IdOperators,
} from "../model/filter.js";
import type { JsonObject, JsonValue, Metadata, PointId } from "../model/point.js";
import { compareText } from "../base/compare-text.js";
import { wordsOf } from "../base/words.js";
import { decodeGeoBox, decodeGeoPolygon, decodeGeoRadius } from "../model/decode-geo.js";
import { decodePattern } from "../model/decode-pattern.js";
import { instantOf } from "../model/instant.js";
import { passesGeoTest, placeOf } from "./geo.js";

/** A point as a filter sees it. */
export interface ReferencePoint {
  readonly id: PointId;
  readonly metadata: Metadata;
}

type SizeBounds = Exclude<FieldOperators["$size"] & {}, number>;

/** True if the point passes the filter. */
export function passesFilter(filter: Filter, { id, metadata }: ReferencePoint): boolean {
  return Object.entries(filter).every(([key, condition]) => {
    // The key says of which kind its condition is.
    const filters = condition as readonly Filter[];
    if (key === "$and") return filters.every((part) => passesFilter(part, { id, metadata }));
    if (key === "$or") return filters.some((part) => passesFilter(part, { id, metadata }));
    if (key === "$nor") return !filters.some((part) => passesFilter(part, { id, metadata }));
    if (key === "$not") return !passesFilter(condition as Filter, { id, metadata });
    if (key === "$id") return passesId(condition as PointId | IdOperators, id);
    return passesField(condition as FilterValue | FieldOperators, valuesAt(metadata, keysOf(key)));
  });
}

/** The keys of a path without escapes, which have tests of their own. */
function keysOf(path: string): string[] {
  return path.split(".");
}

/** All values that a path leads to, through the objects in arrays. */
function valuesAt(value: JsonValue, [key, ...rest]: readonly string[]): JsonValue[] {
  if (key === undefined) return [value];
  const objects = (isArray(value) ? value : [value]).filter(isObject);
  const own = objects.filter((object) => Object.hasOwn(object, key));
  return own.flatMap((object) => valuesAt(object[key]!, rest));
}

function passesField(condition: FilterValue | FieldOperators, values: readonly JsonValue[]): boolean {
  if (!isOperators(condition)) return passesField({ $eq: condition }, values);
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === "$options") return true;
    if (operator === "$not") return !passesField(operand as FieldOperators, values);
    if (operator === "$ne") return !passesField({ $eq: operand as FilterValue }, values);
    if (operator === "$nin") return !passesField({ $in: operand as FilterValue[] }, values);
    if (operator === "$exists") return values.length > 0 === operand;
    if (operator === "$all")
      return (operand as FilterValue[]).every((wanted) => passesField({ $eq: wanted }, values));
    if (operator === "$size") {
      const { $gte = 0, $lte = Infinity } =
        typeof operand === "number" ? { $gte: operand, $lte: operand } : (operand as SizeBounds);
      return values.some((value) => isArray(value) && value.length >= $gte && value.length <= $lte);
    }
    if (operator === "$elemMatch") {
      return values.some(
        (value) =>
          isArray(value) && value.some((element) => isMet(operand as Filter & FieldOperators, element)),
      );
    }
    const scalars = values.flatMap((value) =>
      isArray(value) ? value.filter((element) => !isArray(element)) : [value],
    );
    return scalars.some((value) => passesOperator(operator, operand, { value, options: condition.$options }));
  });
}

/** Whether one element of an array meets what `$elemMatch` asks for: operators, or a filter on the fields of an object. */
function isMet(condition: Filter & FieldOperators, element: JsonValue): boolean {
  const keys = Object.keys(condition);
  const isFilter =
    keys.length === 0 || keys.some((key) => !key.startsWith("$") || ["$and", "$or", "$nor"].includes(key));
  if (!isFilter) return passesField(condition, [element]);
  return isObject(element) && passesFilter(condition, { id: "", metadata: element });
}

function passesOperator(
  operator: string,
  operand: unknown,
  { value, options }: { readonly value: JsonValue; readonly options: string | undefined },
): boolean {
  switch (operator) {
    case "$eq":
      return equals(operand as FilterValue, value);
    case "$in":
      return (operand as FilterValue[]).some((wanted) => equals(wanted, value));
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return isOrdered(operator, order(value, operand as FilterBound));
    case "$contains":
      return (
        typeof value === "string" && wordsOf(operand as string).every((word) => wordsOf(value).includes(word))
      );
    case "$startsWith":
      return typeof value === "string" && value.slice(0, (operand as string).length) === operand;
    case "$regex":
      return typeof value === "string" && patternOf(operand, options).matches(value);
    default:
      return isInPlace(operator, operand, value);
  }
}

function patternOf(operand: unknown, options: string | undefined): { matches(text: string): boolean } {
  return decodePattern(operand, options, { field: "", optionsField: "" }).pattern;
}

function isInPlace(operator: string, operand: unknown, value: JsonValue): boolean {
  const decode = { $geoRadius: decodeGeoRadius, $geoBox: decodeGeoBox, $geoPolygon: decodeGeoPolygon }[
    operator
  ];
  const place = placeOf(value);
  return place !== undefined && passesGeoTest(decode!(operand, ""), place);
}

function equals(wanted: FilterValue, value: JsonValue): boolean {
  return isDate(wanted) ? order(value, wanted) === 0 : wanted === value;
}

/** The sign of the order of two values of one kind; `undefined` for those that are not comparable. */
function order(value: JsonValue, bound: FilterBound): number | undefined {
  if (isDate(bound)) {
    const instant = typeof value === "string" ? instantOf(value) : undefined;
    return instant === undefined ? undefined : Math.sign(instant - instantOfDate(bound));
  }
  if (typeof value === "number" && typeof bound === "number")
    return value < bound ? -1 : value > bound ? 1 : 0;
  if (typeof value === "string" && typeof bound === "string") return Math.sign(compareText(value, bound));
  return undefined;
}

function isOrdered(operator: "$gt" | "$gte" | "$lt" | "$lte", sign: number | undefined): boolean {
  if (sign === undefined) return false;
  return { $gt: sign > 0, $gte: sign >= 0, $lt: sign < 0, $lte: sign <= 0 }[operator];
}

function passesId(condition: PointId | IdOperators, id: PointId): boolean {
  if (typeof condition !== "object") return passesId({ $eq: condition }, id);
  return Object.entries(condition).every(([operator, operand]) => {
    switch (operator) {
      case "$options":
        return true;
      case "$not":
        return !passesId(operand as IdOperators, id);
      case "$eq":
        return isSameId(operand as PointId, id);
      case "$ne":
        return !isSameId(operand as PointId, id);
      case "$in":
        return (operand as PointId[]).some((wanted) => isSameId(wanted, id));
      case "$nin":
        return !(operand as PointId[]).some((wanted) => isSameId(wanted, id));
      case "$startsWith":
        return typeof id === "string" && id.slice(0, (operand as string).length) === operand;
      case "$regex":
        return typeof id === "string" && patternOf(operand, condition.$options).matches(id);
      default:
        return isOrdered(operator as "$gt" | "$gte" | "$lt" | "$lte", orderOfIds(id, operand as PointId));
    }
  });
}

function isSameId(a: PointId, b: PointId): boolean {
  return orderOfIds(a, b) === 0;
}

function orderOfIds(a: PointId, b: PointId): number | undefined {
  if (typeof a === "string" && typeof b === "string") return Math.sign(compareText(a, b));
  if (typeof a === "string" || typeof b === "string") return undefined;
  return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
}

function isOperators(condition: FilterValue | FieldOperators): condition is FieldOperators {
  return typeof condition === "object" && condition !== null && !isDate(condition);
}

function isDate(value: FilterValue | FieldOperators): value is FilterDate {
  return value instanceof Date || (typeof value === "object" && value !== null && "$date" in value);
}

function instantOfDate(date: FilterDate): number {
  return date instanceof Date ? date.getTime() : instantOf(date.$date)!;
}

/** `Array.isArray` does not narrow to readonly arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
