// Decoding of what counts points: `count` and `facets`.

import type { FilterNode, MetadataPath } from "./filter-tree.js";
import type { CountRequest, FacetsRequest } from "./requests.js";
import { decodeFilter } from "./decode-filter.js";
import { decodeBoolean, decodeFields, decodeInteger } from "./decode-object.js";
import { defaults, limits } from "./limits.js";
import { decodePathField } from "./metadata-path.js";

/** A count, complete. */
export interface ResolvedCount {
  readonly filter: FilterNode | undefined;
  readonly accuracy: "exact" | "approximate";
}

/** A question for facets, complete. */
export interface ResolvedFacets {
  readonly path: MetadataPath;
  readonly filter: FilterNode | undefined;
  readonly limit: number;
}

const countFields: readonly (keyof CountRequest)[] = ["filter", "approximate"];
const facetsFields: readonly (keyof FacetsRequest)[] = ["field", "filter", "limit"];
const limitRange = { min: 1, max: limits.limitMax, fallback: defaults.facetLimit };

/** Decodes the request of `count`. */
export function decodeCount(value: unknown): ResolvedCount {
  const given = decodeFields(value === undefined ? {} : value, "", countFields);
  return {
    filter: decodeFilter(given.filter, "filter"),
    accuracy: decodeBoolean(given.approximate, "approximate") ? "approximate" : "exact",
  };
}

/** Decodes the request of `facets`. */
export function decodeFacets(value: unknown): ResolvedFacets {
  const given = decodeFields(value, "", facetsFields);
  return {
    path: decodePathField(given.field, "field"),
    filter: decodeFilter(given.filter, "filter"),
    limit: decodeInteger(given.limit, "limit", limitRange),
  };
}
