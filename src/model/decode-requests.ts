// Decoding of searches, of `get`, and of which points a call speaks of: into complete values with every default filled in.

import type { PointId } from "./point.js";
import type { ResolvedVectorField } from "./collection-config.js";
import type { GetOptions, SearchRequest } from "./requests.js";
import { decodeFields, decodeInteger, within } from "./decode-object.js";
import { decodeFilter } from "./decode-filter.js";
import type { FilterNode } from "./filter-tree.js";
import { decodeIds } from "./decode-id.js";
import { decodeInclude, includeOfGet, includeOfSearch, type ResolvedInclude } from "./decode-include.js";
import { decodeBorrowedVector, decodeVector } from "./decode-vector.js";
import { invalidInput, tooMany } from "./invalid-input.js";
import { defaults, limits } from "./limits.js";
import { decodeEffort, type SearchEffort } from "./search-effort.js";

/** A search, complete. `fieldIndex` is the searched field's place in the configuration. */
export interface ResolvedSearch {
  readonly fieldIndex: number;
  readonly vector: Float32Array;
  readonly limit: number;
  readonly offset: number;
  readonly effort: SearchEffort;
  readonly filter: FilterNode | undefined;
  readonly include: ResolvedInclude;
  readonly scoreThreshold: number | undefined;
}

const searchFields: readonly (keyof SearchRequest)[] = [
  "vector",
  "using",
  "limit",
  "offset",
  "filter",
  "recall",
  "ef",
  "exact",
  "include",
  "scoreThreshold",
];
const limitRange = { min: 1, max: limits.limitMax, fallback: defaults.searchLimit };
const offsetRange = { min: 0, max: limits.offsetMax, fallback: 0 };

/**
 * Decodes a search. `at` is where the request stands in a batch, or empty: then the vector may be the caller's own where
 * there is no filter, and must be used in this turn.
 */
export function decodeSearch(
  value: unknown,
  fields: readonly ResolvedVectorField[],
  at = "",
): ResolvedSearch {
  const given = decodeFields(value, at, searchFields);
  const fieldIndex = decodeUsing(given.using, within(at, "using"), fields);
  const vectorField = within(at, "vector");
  const decodeQuery = at === "" && given.filter === undefined ? decodeBorrowedVector : decodeVector;
  if (given.vector === undefined) {
    throw invalidInput("missing_field", vectorField, undefined, "The vector to search for is needed.");
  }
  return {
    fieldIndex,
    vector: decodeQuery(given.vector, vectorField, fields[fieldIndex]!),
    limit: decodeInteger(given.limit, within(at, "limit"), limitRange),
    offset: decodeInteger(given.offset, within(at, "offset"), offsetRange),
    effort: decodeEffort(given, at),
    filter: decodeFilter(given.filter, within(at, "filter")),
    include: decodeInclude(given.include, within(at, "include"), includeOfSearch),
    scoreThreshold: decodeThreshold(given.scoreThreshold, within(at, "scoreThreshold")),
  };
}

/** Decodes the searches of a batch. */
export function decodeSearches(value: unknown, fields: readonly ResolvedVectorField[]): ResolvedSearch[] {
  if (!Array.isArray(value))
    throw invalidInput("wrong_type", "requests", value, "An array of searches is needed.");
  if (value.length > limits.searchesMax) throw tooMany("requests", value, limits.searchesMax);
  return Array.from(value, (request: unknown, i) => decodeSearch(request, fields, `requests[${i}]`));
}

function decodeUsing(value: unknown, field: string, fields: readonly ResolvedVectorField[]): number {
  const names = fields.map(({ name }) => name).join(", ");
  if (value === undefined) {
    if (fields.length === 1) return 0;
    throw invalidInput(
      "missing_field",
      field,
      value,
      `The vector field to search is needed, one of: ${names}.`,
    );
  }
  const found = fields.findIndex(({ name }) => name !== "" && name === value);
  if (found >= 0) return found;
  const message =
    names === "" ? `This collection has one unnamed field; leave "using" out.` : `One of ${names} is needed.`;
  throw invalidInput(typeof value === "string" ? "vector_field" : "wrong_type", field, value, message);
}

function decodeThreshold(value: unknown, field: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const code = typeof value === "number" ? "out_of_range" : "wrong_type";
  throw invalidInput(code, field, value, "A finite number is needed.");
}

const getFields: readonly (keyof GetOptions)[] = ["include"];

/** Decodes the options of `get`. */
export function decodeGetOptions(value: unknown): ResolvedInclude {
  return decodeInclude(
    decodeFields(value === undefined ? {} : value, "options", getFields).include,
    "options.include",
    includeOfGet,
  );
}

/** Which points a delete or an update speaks of. */
export type ResolvedSelector =
  | { readonly kind: "ids"; readonly ids: readonly PointId[] }
  | { readonly kind: "filter"; readonly filter: FilterNode };

/** Decodes ids or `{ filter }`. */
export function decodeSelector(value: unknown): ResolvedSelector {
  if (Array.isArray(value)) return { kind: "ids", ids: decodeIds(value, "ids") };
  const filter = decodeFilter(decodeFields(value, "target", ["filter"]).filter, "filter");
  if (filter === undefined) {
    throw invalidInput("missing_field", "filter", undefined, "An array of ids, or { filter }, is needed.");
  }
  return { kind: "filter", filter };
}
