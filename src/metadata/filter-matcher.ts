// Filters prepared for use on many points: closures made once from the checked tree. What a filter means is told by
// reference-filter.suite.ts; this must give the same, and is tested against it.

import type { FieldTest, FilterNode, IdTest, MetadataPath } from "../model/filter-tree.js";
import type { JsonValue, PointId } from "../model/point.js";
import { equalitiesMin, groupEqualities } from "./equality-groups.js";
import { compileIdTest, compileValueTest, type ValueTest } from "./value-tests.js";
import { isArray, isObject } from "../model/json-value.js";

/** True if the metadata and the id pass the filter. */
export type Matcher = (metadata: JsonValue, id: PointId) => boolean;

/** Prepares a filter; cheap enough for one use. */
export function compileFilter(node: FilterNode): Matcher {
  switch (node.kind) {
    case "and":
      return compileAnd(compileParts(node.parts, "every"));
    case "or":
      return compileOr(compileParts(node.parts, "some"));
    case "not": {
      const part = compileFilter(node.part);
      return (metadata, id) => !part(metadata, id);
    }
    case "field":
      return compileField(node.path, reachedTest(node.test));
    case "id":
      return compileId(node.test);
    default:
      return node satisfies never;
  }
}

/** Parts of `and` and of `or`; many equalities at one path, as `$all` makes them, become one. */
function compileParts(parts: readonly FilterNode[], quantifier: "every" | "some"): Matcher[] {
  if (parts.length < equalitiesMin) return parts.map(compileFilter);
  const { groups, others } = groupEqualities(parts);
  const matchers = others.map(compileFilter);
  for (const { path, wanted } of groups) {
    matchers.push((metadata) => {
      const present = new Set<JsonValue>();
      // Never true, so that everything is visited.
      reaches(
        metadata,
        path,
        0,
        eachElement((value) => present.add(value).size < 0),
      );
      return wanted[quantifier]((value) => present.has(value));
    });
  }
  return matchers;
}

function compileAnd(parts: readonly Matcher[]): Matcher {
  return (metadata, id) => {
    for (const part of parts) if (!part(metadata, id)) return false;
    return true;
  };
}

function compileOr(parts: readonly Matcher[]): Matcher {
  return (metadata, id) => {
    for (const part of parts) if (part(metadata, id)) return true;
    return false;
  };
}

function compileId(test: IdTest): Matcher {
  const passes = compileIdTest(test);
  return (_metadata, id) => passes(id);
}

function compileField(path: MetadataPath, passes: ValueTest): Matcher {
  const [only] = path;
  if (only === undefined) return passes;
  if (path.length > 1) return (metadata) => reaches(metadata, path, 0, passes);
  return (metadata) => isObject(metadata) && Object.hasOwn(metadata, only) && passes(metadata[only]!);
}

/** Follows `path` from its step `i` on; each object of an array on the way may lead on. */
function reaches(found: JsonValue, path: MetadataPath, i: number, passes: ValueTest): boolean {
  const step = path[i];
  if (step === undefined) return passes(found);
  if (isArray(found)) {
    for (const element of found) if (isObject(element) && reaches(element, path, i, passes)) return true;
    return false;
  }
  return isObject(found) && Object.hasOwn(found, step) && reaches(found[step]!, path, i + 1, passes);
}

/** The test of what a path leads to, arrays included. */
function reachedTest(test: FieldTest): ValueTest {
  switch (test.kind) {
    case "exists":
      return () => true;
    case "size":
      return (found) => isArray(found) && found.length >= test.min && found.length <= test.max;
    case "element":
      return someElement(compileFilter(test.filter), test.elements);
    default:
      return eachElement(compileValueTest(test));
  }
}

function someElement(matches: Matcher, elements: "objects" | "all"): ValueTest {
  return (found) => {
    if (!isArray(found)) return false;
    for (const element of found) {
      // No filter on elements asks for an id.
      if ((elements === "all" || isObject(element)) && matches(element, "")) return true;
    }
    return false;
  };
}

function eachElement(passes: ValueTest): ValueTest {
  return (found) => {
    if (!isArray(found)) return passes(found);
    for (const element of found) if (!isArray(element) && passes(element)) return true;
    return false;
  };
}
