// Decoding of searches whose hits come in groups.

import type { ResolvedVectorField } from "./collection-config.js";
import type { MetadataPath } from "./filter-tree.js";
import type { GroupBy } from "./requests.js";
import { decodeFields, decodeInteger } from "./decode-object.js";
import { decodeSearch, type ResolvedSearch } from "./decode-requests.js";
import { invalidInput, isPlainObject } from "./invalid-input.js";
import { defaults, limits } from "./limits.js";
import { decodePathField } from "./metadata-path.js";

/** A search for groups, complete. `limit` and `offset` of the search have no meaning. */
export interface ResolvedGroupedSearch {
  readonly search: ResolvedSearch;
  readonly path: MetadataPath;
  readonly groups: number;
  readonly perGroup: number;
}

const groupFields: readonly (keyof GroupBy)[] = ["field", "groups", "perGroup"];
const groupsRange = { min: 1, max: limits.groupsMax, fallback: defaults.groups };
const perGroupRange = { min: 1, max: limits.perGroupMax, fallback: defaults.perGroup };

/** Whether a request asks for groups. */
export function asksForGroups(value: unknown): value is { readonly [name: string]: unknown } {
  return isPlainObject(value) && value["groupBy"] !== undefined;
}

/** Decodes a search that asks for groups. */
export function decodeGroupedSearch(
  value: { readonly [name: string]: unknown },
  fields: readonly ResolvedVectorField[],
): ResolvedGroupedSearch {
  const { groupBy, ...request } = value;
  for (const name of ["limit", "offset"]) {
    if (request[name] === undefined) continue;
    const message = `"groupBy" says how many hits there are, by "groups" and "perGroup"; leave "${name}" out.`;
    throw invalidInput("conflicting_fields", name, request[name], message);
  }
  const given = decodeFields(groupBy, "groupBy", groupFields);
  const path = decodePathField(given.field, "groupBy.field");
  const groups = decodeInteger(given.groups, "groupBy.groups", groupsRange);
  const perGroup = decodeInteger(given.perGroup, "groupBy.perGroup", perGroupRange);
  if (groups * perGroup > limits.groupedHitsMax) {
    const message = `At most ${limits.groupedHitsMax} hits are given in all groups; lower "groups" or "perGroup".`;
    throw invalidInput("out_of_range", "groupBy", groupBy, message);
  }
  const search = decodeSearch(request, fields);
  // The work goes on in other turns, in which the caller may change its vector.
  return { search: { ...search, vector: search.vector.slice() }, path, groups, perGroup };
}
