// Evaluation of a decoded filter on one point's metadata.

import type { Equality, ResolvedFilter } from "../model/decode-filter.js";
import type { JsonValue, Metadata } from "../model/point.js";
import type { FilterScalar } from "../model/filter.js";

/** True if all conditions hold. Types are strict, and a missing field equals nothing, not even null. */
export function matchesFilter(filter: ResolvedFilter, metadata: Metadata): boolean {
  for (const equality of filter) if (!holds(equality, metadata)) return false;
  return true;
}

function holds({ path, value }: Equality, metadata: Metadata): boolean {
  return matchesAt(metadata, path, 0, value);
}

/** Follows `path` from its step `i` on. An array on the way is met by any of its elements. */
function matchesAt(found: JsonValue, path: readonly string[], i: number, wanted: FilterScalar): boolean {
  if (isArray(found))
    return found.some((element) => !isArray(element) && matchesAt(element, path, i, wanted));
  const step = path[i];
  if (step === undefined) return found === wanted;
  if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return false;
  const next = found[step];
  return next !== undefined && matchesAt(next, path, i + 1, wanted);
}

/** `Array.isArray` does not narrow to readonly arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
