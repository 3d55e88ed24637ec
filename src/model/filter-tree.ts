// A filter once it is decoded: a checked tree of few kinds of nodes. Operators that only negate or join others are gone:
// `$ne` is a `not` over an `in`, and two operators on one field are two nodes under an `and`.

import type { FilterScalar, GeoPoint } from "./filter.js";
import type { PointId } from "./point.js";

/** Keys from the outside in. Empty is the value itself, as in the elements that `$elemMatch` looks at. */
export type MetadataPath = readonly string[];

/** A filter that has been checked. An `and` of nothing is true, an `or` of nothing false. */
export type FilterNode =
  | { readonly kind: "and"; readonly parts: readonly FilterNode[] }
  | { readonly kind: "or"; readonly parts: readonly FilterNode[] }
  | { readonly kind: "not"; readonly part: FilterNode }
  | FieldNode
  | IdNode;

/** Some value at `path` passes the test. */
export interface FieldNode {
  readonly kind: "field";
  readonly path: MetadataPath;
  readonly test: FieldTest;
}

/** The point's id passes the test. Never within an `element` test. */
export interface IdNode {
  readonly kind: "id";
  readonly test: IdTest;
}

/** What an ordered comparison asks for. */
export type Comparison = "gt" | "gte" | "lt" | "lte";

/**
 * A test of what a path leads to. `exists`, `size` and `element` look at that value; the others, where it is an array, at
 * each of its elements instead, of which one is enough.
 */
export type FieldTest =
  | InTest
  | CompareTest
  | { readonly kind: "exists" }
  | { readonly kind: "size"; readonly min: number; readonly max: number }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "prefix"; readonly prefix: string }
  | PatternTest
  | GeoTest
  | ElementTest;

/** Equality with one of these. A text equals an instant if it is a date that stands for it. */
export interface InTest {
  readonly kind: "in";
  readonly values: ReadonlySet<FilterScalar>;
  /** Milliseconds since 1970. */
  readonly instants: ReadonlySet<number>;
}

/** An ordered comparison with a value of the same kind: a number, a text, or an instant in milliseconds since 1970. */
export type CompareTest =
  | { readonly kind: "number"; readonly comparison: Comparison; readonly bound: number }
  | { readonly kind: "text"; readonly comparison: Comparison; readonly bound: string }
  | { readonly kind: "instant"; readonly comparison: Comparison; readonly bound: number };

/** A test of an object with `lat` and `lon`. */
export type GeoTest =
  | { readonly kind: "radius"; readonly center: GeoPoint; readonly radiusMeters: number }
  | { readonly kind: "box"; readonly topLeft: GeoPoint; readonly bottomRight: GeoPoint }
  | { readonly kind: "polygon"; readonly rings: readonly (readonly GeoPoint[])[] };

/** One element of an array passes `filter`, whose paths begin in the element. */
export interface ElementTest {
  readonly kind: "element";
  /** Whether elements that are no objects are passed over. */
  readonly elements: "objects" | "all";
  readonly filter: FilterNode;
}

/** A test of an id. `range` compares with ids of the bound's type only: integers with integers, texts with texts. */
export type IdTest =
  | { readonly kind: "in"; readonly ids: ReadonlySet<PointId> }
  | { readonly kind: "range"; readonly comparison: Comparison; readonly bound: PointId }
  | { readonly kind: "prefix"; readonly prefix: string }
  | PatternTest;

/** A regular expression is found in the text. */
export interface PatternTest {
  readonly kind: "pattern";
  readonly pattern: TextPattern;
}

/** A compiled regular expression, matched in time linear in the text. */
export interface TextPattern {
  /** Whether it is found anywhere in the text. */
  matches(text: string): boolean;
}
