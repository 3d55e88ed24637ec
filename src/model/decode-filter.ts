// Decoding of filters: the equality form, each field split into its path. Evaluation is in collection/.

import { OmenError } from "../base/omen-error.js";
import type { FilterScalar } from "./filter.js";
import { invalidInput, isPlainObject, showValue } from "./invalid-input.js";
import { within } from "./decode-object.js";

/** One decoded condition: the value at `path` equals `value`. */
export interface Equality {
  readonly path: readonly string[];
  readonly value: FilterScalar;
}

/** A decoded filter: all of its conditions must hold. */
export type ResolvedFilter = readonly Equality[];

/** Decodes an optional filter. Throws `filter_type`, `filter_value`, or `filter_operator` of kind `unsupported`. */
export function decodeFilter(value: unknown, field: string): ResolvedFilter | undefined {
  if (value === undefined) return undefined;
  if (!isPlainObject(value)) {
    throw invalidInput("filter_type", field, value, "An object of metadata fields and values is needed.");
  }
  return Object.keys(value).map((key) => {
    const path = within(field, key);
    if (key.startsWith("$")) throw unsupportedOperator(key, path);
    return { path: key.split("."), value: decodeScalar(value[key], path) };
  });
}

function decodeScalar(value: unknown, field: string): FilterScalar {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (isPlainObject(value)) {
    const operator = Object.keys(value).find((key) => key.startsWith("$"));
    if (operator !== undefined) throw unsupportedOperator(operator, within(field, operator));
  }
  throw invalidInput("filter_value", field, value, "A string, finite number, boolean or null is needed.");
}

function unsupportedOperator(operator: string, field: string): OmenError {
  const message = `${field}: Operators are not supported yet; only { field: value } is. Received ${showValue(operator)}.`;
  return new OmenError("unsupported", "filter_operator", message, { field, received: showValue(operator) });
}
