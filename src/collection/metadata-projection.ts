// Keeping or dropping paths of metadata. Where a path meets an array, it applies to each element.

import type { MetadataPaths } from "../model/decode-include.js";
import type { JsonValue, Metadata } from "../model/point.js";
import { isArray } from "../model/json-value.js";

/** What is left of metadata: only the named paths, or all but them. The input is not changed. */
export function projectMetadata(metadata: Metadata, { kind, paths }: MetadataPaths): Metadata {
  return kind === "keep" ? keepPaths(metadata, paths) : dropPaths(metadata, paths);
}

type Paths = readonly (readonly string[])[];

function keepPaths(metadata: Metadata, paths: Paths): Metadata {
  const kept: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(metadata)) {
    const rests = pathsBehind(paths, key);
    const part = rests.some((rest) => rest.length === 0) ? value : keepWithin(value, rests);
    if (part !== undefined) kept.push([key, part]);
  }
  // Unlike assignment, `fromEntries` makes `__proto__` a key like any other.
  return Object.fromEntries(kept);
}

/** What the paths reach within a value; `undefined` where it has no such part, as no scalar has. */
function keepWithin(value: JsonValue, paths: Paths): JsonValue | undefined {
  if (paths.length === 0 || typeof value !== "object" || value === null) return undefined;
  if (!isArray(value)) return keepPaths(value, paths);
  return value.map((element) => keepWithin(element, paths)).filter((part) => part !== undefined);
}

function dropPaths(metadata: Metadata, paths: Paths): Metadata {
  const left: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(metadata)) {
    const rests = pathsBehind(paths, key);
    if (!rests.some((rest) => rest.length === 0)) left.push([key, dropWithin(value, rests)]);
  }
  return Object.fromEntries(left);
}

function dropWithin(value: JsonValue, paths: Paths): JsonValue {
  if (paths.length === 0 || typeof value !== "object" || value === null) return value;
  return isArray(value) ? value.map((element) => dropWithin(element, paths)) : dropPaths(value, paths);
}

/** What remains of the paths that begin with `key`. */
function pathsBehind(paths: Paths, key: string): Paths {
  return paths.filter((path) => path[0] === key).map((path) => path.slice(1));
}
