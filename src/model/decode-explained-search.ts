// Decoding of the wish to be told how a search was done.

import { invalidInput, isPlainObject } from "./invalid-input.js";

/** A request without `explain`, and whether it was there and true. Throws `wrong_type`. */
export function decodeExplain(value: unknown): { readonly request: unknown; readonly isExplained: boolean } {
  if (!isPlainObject(value) || !("explain" in value)) return { request: value, isExplained: false };
  const { explain, ...request } = value;
  if (explain !== undefined && typeof explain !== "boolean")
    throw invalidInput("wrong_type", "explain", explain, "true or false is needed.");
  return { request, isExplained: explain === true };
}
