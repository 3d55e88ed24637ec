// The condition that a search, list, count, delete or update puts on points: what callers write. The language, operator
// by operator, is docs/reference/filters.md.

import type { PointId } from "./point.js";

/** A scalar that metadata can be compared with. Numbers are finite. */
export type FilterScalar = string | number | boolean | null;

/**
 * An instant: an ISO 8601 text (`"2024-05-01"`, `"2024-05-01T12:00:00+02:00"`) or a `Date`. It is compared with texts of
 * the metadata that are such dates, by the instant they stand for.
 */
export type FilterDate = { readonly $date: string } | Date;

/** What a value of the metadata can be equal to. */
export type FilterValue = FilterScalar | FilterDate;

/** What a value of the metadata can be below or above: numbers, texts (by code points) and dates, each by its own kind. */
export type FilterBound = string | number | FilterDate;

/** A place on the earth: latitude from -90 to 90 and longitude from -180 to 180, in degrees. */
export interface GeoPoint {
  readonly lat: number;
  readonly lon: number;
}

/** Places at most so far from a center, along a great circle. */
export interface GeoRadius {
  readonly center: GeoPoint;
  readonly radiusMeters: number;
}

/** Places between two parallels and two meridians; across the meridian of 180° where the left one is east of the right. */
export interface GeoBox {
  readonly topLeft: GeoPoint;
  readonly bottomRight: GeoPoint;
}

/**
 * Places in a polygon of straight lines on a plane of longitude and latitude, outside of its holes. Each ring has at least
 * three corners, the last one joined to the first. None crosses the meridian of 180°: write two polygons in `$or`.
 */
export interface GeoPolygon {
  readonly exterior: readonly GeoPoint[];
  readonly interiors?: readonly (readonly GeoPoint[])[];
}

/** Conditions on one field of the metadata; all must hold. */
export interface FieldOperators {
  /** Some value at the path equals this one. */
  readonly $eq?: FilterValue;
  /** None does: the negation of `$eq`. */
  readonly $ne?: FilterValue;
  readonly $gt?: FilterBound;
  readonly $gte?: FilterBound;
  readonly $lt?: FilterBound;
  readonly $lte?: FilterBound;
  /** Some value at the path equals one of these, 100,000 at most in a filter. */
  readonly $in?: readonly FilterValue[];
  /** None does: the negation of `$in`. */
  readonly $nin?: readonly FilterValue[];
  /** Whether there is any value at the path, null included. */
  readonly $exists?: boolean;
  /** Each of these equals some value at the path. */
  readonly $all?: readonly FilterValue[];
  /** The path leads to an array of so many elements, or of at least and at most so many. */
  readonly $size?: number | { readonly $gte?: number; readonly $lte?: number };
  /** Some text at the path has all of these words, in any order and case. */
  readonly $contains?: string;
  /** Some text at the path begins so. */
  readonly $startsWith?: string;
  /** A regular expression in the syntax of RE2, found anywhere in some text at the path. */
  readonly $regex?: string;
  /** Of `$regex`: `i` ignores case, `m` lets `^` and `$` match at lines, `s` lets `.` match line feeds. */
  readonly $options?: string;
  /** One element of an array at the path meets all of this: a filter on objects, or operators. */
  readonly $elemMatch?: Filter | FieldOperators;
  readonly $geoRadius?: GeoRadius;
  readonly $geoBox?: GeoBox;
  readonly $geoPolygon?: GeoPolygon;
  /** These conditions do not all hold. */
  readonly $not?: FieldOperators;
}

/** Conditions on the id of a point; all must hold. Integers come before texts, and are never equal to them. */
export interface IdOperators {
  readonly $eq?: PointId;
  readonly $ne?: PointId;
  readonly $gt?: PointId;
  readonly $gte?: PointId;
  readonly $lt?: PointId;
  readonly $lte?: PointId;
  readonly $in?: readonly PointId[];
  readonly $nin?: readonly PointId[];
  readonly $startsWith?: string;
  readonly $regex?: string;
  readonly $options?: string;
  readonly $not?: IdOperators;
}

/** Conditions on fields, each named by its path. */
export interface FieldFilter {
  readonly [path: string]: FilterValue | FieldOperators;
}

/** Filters joined to one. */
export interface JoinedFilter {
  /** All hold. */
  readonly $and?: readonly Filter[];
  /** At least one holds. */
  readonly $or?: readonly Filter[];
  /** None holds. */
  readonly $nor?: readonly Filter[];
  readonly $not?: Filter;
  readonly $id?: PointId | IdOperators;
}

/**
 * A condition on points: fields of the metadata with a value or with operators, and `$and`, `$or`, `$nor`, `$not`, `$id`.
 * All of it must hold, and the empty filter lets every point through.
 *
 * A path (`"author.name"`) goes on in each object of an array, and ends in the elements of an array too: one that meets the
 * condition is enough. Types are strict: `1` is not `"1"`, and a comparison across types is false. A field that is not there
 * equals nothing, not even null, and so meets `$ne`, `$nin` and `$not`.
 *
 * ```ts
 * { year: { $gte: 1980, $lt: 1990 }, "author.name": "Le Guin", $or: [{ tags: "novel" }, { pages: { $gt: 300 } }] }
 * ```
 */
export type Filter = FieldFilter | JoinedFilter;
