// JSON values told apart by their form, so that their types are narrowed.

import type { JsonObject, JsonValue } from "./point.js";

/** `Array.isArray` does not narrow to readonly arrays. */
export function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** True for objects that are no arrays. */
export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
