// Tests of one value, prepared for use on many: scalars, and objects that stand for places. Arrays are the business of the
// caller.

import type { Comparison, FieldTest, IdTest, InTest } from "../model/filter-tree.js";
import type { JsonValue, PointId } from "../model/point.js";
import { compareText } from "../base/compare-text.js";
import { compareIds } from "../model/scalar-order.js";
import { wordsOf } from "../base/words.js";
import { instantOf } from "../model/instant.js";
import { passesGeoTest, placeOf } from "./geo.js";

/** True if the value passes. */
export type ValueTest = (value: JsonValue) => boolean;

/** The kinds of tests that look at one value. */
export type SingleTest = Exclude<
  FieldTest,
  { readonly kind: "exists" } | { readonly kind: "size" } | { readonly kind: "element" }
>;

/** Prepares a test of one value that is no array. */
export function compileValueTest(test: SingleTest): ValueTest {
  switch (test.kind) {
    case "in":
      return compileIn(test);
    case "number": {
      const passes = orderTest(test.comparison);
      return (value) => typeof value === "number" && passes(value - test.bound);
    }
    case "text": {
      const passes = orderTest(test.comparison);
      return (value) => typeof value === "string" && passes(compareText(value, test.bound));
    }
    case "instant": {
      const passes = orderTest(test.comparison);
      return instantTest((instant) => passes(instant - test.bound));
    }
    case "words":
      return (value) => typeof value === "string" && hasWords(value, test.words);
    case "prefix":
      return (value) => typeof value === "string" && value.startsWith(test.prefix);
    case "pattern":
      return (value) => typeof value === "string" && test.pattern.matches(value);
    case "radius":
    case "box":
    case "polygon":
      return (value) => {
        const place = placeOf(value);
        return place !== undefined && passesGeoTest(test, place);
      };
    default:
      return test satisfies never;
  }
}

/** Prepares a test of an id. */
export function compileIdTest(test: IdTest): (id: PointId) => boolean {
  switch (test.kind) {
    case "in":
      return (id) => test.ids.has(id);
    case "range": {
      const passes = orderTest(test.comparison);
      return (id) => isSameKind(id, test.bound) && passes(compareIds(id, test.bound));
    }
    case "prefix":
      return (id) => typeof id === "string" && id.startsWith(test.prefix);
    case "pattern":
      return (id) => typeof id === "string" && test.pattern.matches(id);
    default:
      return test satisfies never;
  }
}

function compileIn({ values, instants }: InTest): ValueTest {
  // A set takes 0 and -0 for equal, as `===` does.
  const isListed: ValueTest = (value) => (typeof value !== "object" || value === null) && values.has(value);
  if (instants.size === 0) return isListed;
  const isInstant = instantTest((instant) => instants.has(instant));
  return (value) => isListed(value) || isInstant(value);
}

function instantTest(passes: (instant: number) => boolean): ValueTest {
  return (value) => {
    const instant = typeof value === "string" ? instantOf(value) : undefined;
    return instant !== undefined && passes(instant);
  };
}

function hasWords(text: string, wanted: readonly string[]): boolean {
  const words = new Set(wordsOf(text));
  return wanted.every((word) => words.has(word));
}

/** A test of the sign of a difference. */
function orderTest(comparison: Comparison): (difference: number) => boolean {
  switch (comparison) {
    case "gt":
      return (difference) => difference > 0;
    case "gte":
      return (difference) => difference >= 0;
    case "lt":
      return (difference) => difference < 0;
    case "lte":
      return (difference) => difference <= 0;
    default:
      return comparison satisfies never;
  }
}

function isSameKind(a: PointId, b: PointId): boolean {
  return (typeof a === "string") === (typeof b === "string");
}
