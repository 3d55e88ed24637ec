// How much of an index a search looks at, decoded: a recall to be reached, a number of candidates, or everything.

import type { SearchRequest } from "./requests.js";
import { decodeBoolean, decodeInteger, within } from "./decode-object.js";
import { invalidInput } from "./invalid-input.js";
import { defaults, limits } from "./limits.js";

/** How much of an index a search looks at. */
export type SearchEffort =
  | { readonly kind: "recall"; readonly recall: number }
  | { readonly kind: "ef"; readonly ef: number }
  | { readonly kind: "exact" };

export const defaultEffort: SearchEffort = Object.freeze({ kind: "recall", recall: defaults.recall });
const exactEffort: SearchEffort = Object.freeze({ kind: "exact" });
const efRange = { min: 1, max: limits.efMax, fallback: 1 };

/** Decodes `recall`, `ef` and `exact`, of which one at most may be asked for. */
export function decodeEffort(given: Partial<Record<keyof SearchRequest, unknown>>, at: string): SearchEffort {
  const { recall, ef } = given;
  const exact = decodeBoolean(given.exact, within(at, "exact"));
  if (recall === undefined && ef === undefined) return exact ? exactEffort : defaultEffort;
  const efField = within(at, "ef");
  if (exact || (recall !== undefined && ef !== undefined)) {
    const message = `"recall", "ef" and "exact" exclude each other; give one of them.`;
    throw invalidInput(
      "conflicting_fields",
      exact ? within(at, "exact") : efField,
      exact ? true : ef,
      message,
    );
  }
  if (ef !== undefined) return { kind: "ef", ef: decodeInteger(ef, efField, efRange) };
  return { kind: "recall", recall: decodeRecall(recall, within(at, "recall")) };
}

function decodeRecall(value: unknown, field: string): number {
  const { recallMin, recallMax } = limits;
  if (typeof value === "number" && value >= recallMin && value <= recallMax) return value;
  const code = typeof value === "number" ? "out_of_range" : "wrong_type";
  const message = `A number from ${recallMin} to ${recallMax} is needed; "exact": true compares every point.`;
  throw invalidInput(code, field, value, message);
}
