// Qdrant's filters in terms of OmenDB's: https://qdrant.tech/documentation/concepts/filtering. What has no equal yet is
// refused by name.

import type { FieldOperators, Filter, FilterScalar, FilterValue } from "../../../model/filter.js";
import { isPlainObject } from "../../../model/invalid-input.js";
import { BodyFields } from "./body-fields.js";
import { decodeGeoCondition } from "./decode-geo.js";
import { decodePath } from "./decode-path.js";
import { decodePointIds } from "./decode-point.js";
import { formatError } from "./request-errors.js";

/** What the meaning of a filter depends on beside itself. */
export interface FilterContext {
  /** Paths with an index of words: `match: { text }` looks for words there, and for a part of the text elsewhere. */
  readonly textPaths: ReadonlySet<string>;
}

/** `Filter`. */
export function decodeFilter(value: unknown, place: string, context: FilterContext): Filter {
  return BodyFields.read(value, place, (fields) => {
    const conditions = (name: string): Filter[] | undefined => {
      const given = fields.get(name);
      if (given === undefined) return undefined;
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      return list.map((one, i) => decodeCondition(one, `${fields.place(name)}[${i}]`, context));
    };
    const joined: Filter[] = [...(conditions("must") ?? [])];
    const should = conditions("should");
    if (should !== undefined && should.length > 0) joined.push({ $or: should });
    const mustNot = conditions("must_not");
    if (mustNot !== undefined && mustNot.length > 0) joined.push({ $nor: mustNot });
    if (fields.has("min_should"))
      joined.push(decodeMinShould(fields.get("min_should"), fields.place("min_should"), context));
    return joined.length === 0 ? {} : { $and: joined };
  });
}

const combinationsMax = 200;

/** At least so many of the conditions: one of all the ways to choose so many. */
function decodeMinShould(value: unknown, place: string, context: FilterContext): Filter {
  return BodyFields.read(value, place, (fields) => {
    const list = fields.list("conditions") ?? [];
    const count = fields.integer("min_count", 1) ?? 1;
    const conditions = list.map((one, i) => decodeCondition(one, `${place}.conditions[${i}]`, context));
    if (count > conditions.length) return { $nor: [{}] };
    const ways = choose(conditions, count);
    if (ways === undefined)
      throw formatError(
        place,
        `more than ${combinationsMax} ways to choose ${count} of ${list.length} are not supported yet`,
      );
    return { $or: ways.map((way) => ({ $and: way })) };
  });
}

/** All choices of `count` filters; undefined if there are too many. */
function choose(from: readonly Filter[], count: number): Filter[][] | undefined {
  let ways: Filter[][] = [[]];
  from.forEach((one, i) => {
    const needed = (way: readonly Filter[]): boolean => way.length + (from.length - i - 1) >= count;
    const taken = ways.filter((way) => way.length < count).map((way) => [...way, one]);
    ways = [...ways.filter((way) => way.length === count || needed(way)), ...taken];
    if (ways.length > combinationsMax * 4) ways = [];
  });
  const whole = ways.filter((way) => way.length === count);
  return whole.length === 0 || whole.length > combinationsMax ? undefined : whole;
}

function decodeCondition(value: unknown, place: string, context: FilterContext): Filter {
  if (!isPlainObject(value)) throw formatError(place, "an object is expected");
  if (Object.hasOwn(value, "key")) return decodeFieldCondition(value, place, context);
  if (Object.hasOwn(value, "is_empty")) return onlyField(value, place, "is_empty", isEmpty);
  if (Object.hasOwn(value, "is_null")) return onlyField(value, place, "is_null", isNull);
  if (Object.hasOwn(value, "has_id")) {
    return BodyFields.read(value, place, (fields) => ({
      $id: { $in: decodePointIds(fields.get("has_id"), fields.place("has_id")) },
    }));
  }
  if (Object.hasOwn(value, "nested")) return decodeNested(value, place, context);
  for (const name of ["has_vector", "slice"]) {
    if (Object.hasOwn(value, name))
      throw formatError(`${place}.${name}`, "this condition is not supported yet");
  }
  return decodeFilter(value, place, context);
}

function onlyField(value: unknown, place: string, name: string, filter: (path: string) => Filter): Filter {
  return BodyFields.read(value, place, (outer) =>
    BodyFields.read(outer.get(name), outer.place(name), (fields) => {
      const key = fields.string("key");
      if (key === undefined) throw formatError(outer.place(name), "missing field `key`");
      return filter(decodePath(key, fields.place("key")));
    }),
  );
}

/** Not there, null, or an array without elements. */
function isEmpty(path: string): Filter {
  const hasElement: Filter = { [path]: { $elemMatch: { $nin: [] } } };
  const isNullAlone: Filter = { $and: [{ [path]: null }, { $not: hasElement }] };
  return { $or: [{ [path]: { $exists: false } }, { [path]: { $size: 0 } }, isNullAlone] };
}

function isNull(path: string): Filter {
  return { [path]: null };
}

/** One element of an array meets the whole filter. */
function decodeNested(value: unknown, place: string, context: FilterContext): Filter {
  return BodyFields.read(value, place, (outer) =>
    BodyFields.read(outer.get("nested"), outer.place("nested"), (fields) => {
      const key = fields.string("key");
      if (key === undefined) throw formatError(outer.place("nested"), "missing field `key`");
      const inner = decodeFilter(fields.need("filter"), fields.place("filter"), context);
      return { [decodePath(key, fields.place("key"))]: { $elemMatch: inner } };
    }),
  );
}

function decodeFieldCondition(value: unknown, place: string, context: FilterContext): Filter {
  return BodyFields.read(value, place, (fields) => {
    const path = decodePath(fields.string("key") ?? "", fields.place("key"));
    const filters: Filter[] = [];
    const add = (name: string, decode: (given: unknown, at: string) => Filter): void => {
      if (fields.has(name)) filters.push(decode(fields.get(name), fields.place(name)));
    };
    add("match", (given, at) => decodeMatch(given, at, path, context));
    add("range", (given, at) => decodeRange(given, at, path));
    add("values_count", (given, at) => decodeValuesCount(given, at, path));
    for (const name of ["geo_bounding_box", "geo_radius", "geo_polygon"] as const)
      add(name, (given, at) => decodeGeoCondition(name, given, at, path));
    const empty = fields.boolean("is_empty");
    if (empty !== undefined) filters.push(empty ? isEmpty(path) : { $not: isEmpty(path) });
    const nothing = fields.boolean("is_null");
    if (nothing !== undefined) filters.push(nothing ? isNull(path) : { $not: isNull(path) });
    if (filters.length === 0) throw formatError(place, "a condition on the field is expected");
    return { $and: filters };
  });
}

function decodeMatch(value: unknown, place: string, path: string, { textPaths }: FilterContext): Filter {
  return BodyFields.read(value, place, (fields) => {
    if (fields.has("value")) return { [path]: { $eq: scalarOf(fields.get("value"), fields.place("value")) } };
    const text = fields.string("text");
    if (text !== undefined) return { [path]: textPaths.has(path) ? { $contains: text } : partOf(text) };
    const prefix = fields.string("prefix");
    if (prefix !== undefined) return { [path]: { $startsWith: prefix } };
    const phrase = fields.string("phrase");
    if (phrase !== undefined) return { [path]: textPaths.has(path) ? phraseOf(phrase) : partOf(phrase) };
    const anyText = fields.string("text_any");
    if (anyText !== undefined) {
      const words = anyText.split(/\s+/u).filter((word) => word !== "");
      return words.length === 0
        ? { $nor: [{}] }
        : { $or: words.map((word) => ({ [path]: { $contains: word } })) };
    }
    if (fields.has("any")) return { [path]: { $in: scalarsOf(fields.list("any"), fields.place("any")) } };
    if (fields.has("except")) return exceptOf(path, scalarsOf(fields.list("except"), fields.place("except")));
    throw formatError(place, "one of value, text, text_any, phrase, prefix, any, except is expected");
  });
}

/** The words in their order, with nothing but what is no word between them. None are everywhere, as with `text`. */
function phraseOf(phrase: string): FieldOperators {
  const words = phrase.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  if (words.length === 0) return { $contains: phrase };
  const gap = "[^\\pL\\pM\\pN]";
  return { $contains: phrase, $regex: `(?:^|${gap})${words.join(`${gap}+`)}(?:${gap}|$)`, $options: "i" };
}

/** The text as it is, anywhere. */
function partOf(text: string): FieldOperators {
  return { $regex: text.replace(/[\\^$.*+?()[\]{}|]/gu, "\\$&") };
}

/** There is a value that is none of these: in an array one is enough. */
function exceptOf(path: string, values: readonly FilterValue[]): Filter {
  const none = [...values, null];
  return {
    $or: [
      { [path]: { $exists: true, $nin: none, $not: { $size: 0 } } },
      { [path]: { $elemMatch: { $nin: none } } },
    ],
  };
}

function scalarsOf(values: readonly unknown[] | undefined, place: string): FilterScalar[] {
  return (values ?? []).map((value, i) => scalarOf(value, `${place}[${i}]`));
}

function scalarOf(value: unknown, place: string): FilterScalar {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw formatError(place, "a string, an integer or a boolean is expected");
}

const bounds = { gt: "$gt", gte: "$gte", lt: "$lt", lte: "$lte" } as const;
type Bound = keyof typeof bounds;

/** Bounds on one value: of an array, one element must keep all of them. */
function decodeRange(value: unknown, place: string, path: string): Filter {
  return BodyFields.read(value, place, (fields) => {
    const operators: Record<string, FilterValue> = {};
    for (const name of Object.keys(bounds) as Bound[]) {
      const given = fields.get(name);
      if (given !== undefined) operators[bounds[name]] = boundOf(given, fields.place(name));
    }
    const count = Object.keys(operators).length;
    if (count === 0) throw formatError(place, "one of gt, gte, lt, lte is expected");
    if (count === 1) return { [path]: operators };
    // Each bound is kept by some element, and it is one and the same unless there are several.
    const oneElement: Filter = { [path]: { $elemMatch: operators } };
    const noArray: Filter = { $not: { [path]: { $elemMatch: { $nin: [] } } } };
    return { $and: [{ [path]: operators }, { $or: [oneElement, noArray] }] };
  });
}

function boundOf(value: unknown, place: string): FilterValue {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string") return { $date: value };
  throw formatError(place, "a number or a date is expected");
}

/** How many values there are: elements of an array, one for anything else, none where there is nothing. */
function decodeValuesCount(value: unknown, place: string, path: string): Filter {
  return BodyFields.read(value, place, (fields) => {
    const gte = Math.max(fields.integer("gte", 0) ?? 0, (fields.integer("gt", 0) ?? -1) + 1);
    const lte = Math.min(fields.integer("lte", 0) ?? Infinity, (fields.integer("lt", 0) ?? Infinity) - 1);
    const isBetween: Filter = gte > lte ? { $nor: [{}] } : { [path]: { $size: sizeOf(gte, lte) } };
    const ways = [isBetween];
    if (gte === 0) ways.push({ [path]: { $exists: false } });
    if (gte <= 1 && lte >= 1) ways.push({ [path]: { $exists: true, $not: { $size: { $gte: 0 } } } });
    return { $or: ways };
  });
}

function sizeOf(least: number, most: number): NonNullable<FieldOperators["$size"]> {
  return most === Infinity ? { $gte: least } : { $gte: least, $lte: most };
}
