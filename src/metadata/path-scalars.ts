// The scalars that a path of the metadata leads to, as filters read paths: through each object of an array on the way, and
// to each element of an array at the end.

import type { FilterScalar } from "../model/filter.js";
import type { MetadataPath } from "../model/filter-tree.js";
import type { JsonValue } from "../model/point.js";
import { parseMetadata } from "../model/decode-metadata.js";
import { compileSieve } from "./text-sieve.js";
import { isArray, isObject } from "../model/json-value.js";

/** Gives the distinct scalars of metadata as JSON text. */
export type ScalarReader = (text: string) => FilterScalar[];

/** Prepares reading at a path. */
export function compileScalarReader(path: MetadataPath): ScalarReader {
  const sieve = compileSieve({ kind: "field", path, test: { kind: "exists" } });
  return (text) => {
    if (sieve?.(text) === false) return [];
    const found = new Set<FilterScalar>();
    follow(parseMetadata(text), path, 0, found);
    return [...found];
  };
}

function follow(value: JsonValue, path: MetadataPath, i: number, found: Set<FilterScalar>): void {
  if (isArray(value)) {
    for (const element of value) if (!isArray(element)) followOne(element, path, i, found);
  } else followOne(value, path, i, found);
}

function followOne(
  value: Exclude<JsonValue, readonly JsonValue[]>,
  path: MetadataPath,
  i: number,
  found: Set<FilterScalar>,
): void {
  const step = path[i];
  if (step === undefined) {
    if (!isObject(value)) found.add(value);
  } else if (isObject(value) && Object.hasOwn(value, step)) follow(value[step]!, path, i + 1, found);
}
