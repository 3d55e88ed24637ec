// The one order of scalars of all types, and that of ids: null, false, true, numbers, texts; integers, then strings.

import type { FilterScalar } from "./filter.js";
import type { PointId } from "./point.js";
import { compareText } from "../base/compare-text.js";

/** Negative if `a` comes first, positive if `b` does, 0 if they are equal. */
export function compareScalars(a: FilterScalar, b: FilterScalar): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return rank(a) - rank(b);
}

function rank(value: FilterScalar): number {
  if (value === null) return 0;
  if (typeof value === "boolean") return value ? 2 : 1;
  return typeof value === "number" ? 3 : 4;
}

/** The same for ids. */
export function compareIds(a: PointId, b: PointId): number {
  if (typeof a === "string") return typeof b === "string" ? compareText(a, b) : 1;
  if (typeof b === "string") return -1;
  // Numbers and bigints compare with each other without rounding; -0 is no id.
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
