// Which rows may still bring something to groups that lack hits: by the index over metadata, as far as it tells.

import type { FieldIndex } from "../metadata/field-index.js";
import { doubtfulRows } from "../metadata/field-values.js";
import { intersect, setsOf, unite } from "../metadata/row-algebra.js";
import { RowSet } from "../metadata/row-set.js";
import type { ResolvedGroupedSearch } from "../model/decode-grouped-search.js";
import type { FilterScalar } from "../model/filter.js";
import { isComplete, valuesOf, type Groups } from "./group-filling.js";
import { fieldAt, type IndexedSources } from "./indexed-sources.js";

/** The groups so far, and the rows that are not in them yet. */
export interface OpenGroups {
  readonly groups: Groups;
  readonly open: RowSet;
}

/** The open rows of which one may begin a group or fill one. */
export function rowsThatMayHelp(
  sources: IndexedSources,
  wanted: ResolvedGroupedSearch,
  { groups, open }: OpenGroups,
): RowSet {
  if (open.count === 0 || isComplete(groups, wanted)) return new RowSet();
  const field = fieldAt(sources, wanted.path);
  if (typeof field === "string") return open;
  const isChosen = groups.size === wanted.groups;
  const full = new Set(valuesOf(groups, wanted, "full"));
  if (!isChosen && full.size === 0) return open;
  const helping = isChosen ? field.rowsOf(valuesOf(groups, wanted, "short")) : rowsOfOthers(field, full);
  return intersect([open, unite([...helping, doubtfulRows(field)])]);
}

/** The rows of all values but some. */
function rowsOfOthers(field: FieldIndex, values: ReadonlySet<FilterScalar>): RowSet[] {
  const others: (RowSet | number)[] = [];
  for (const [value, rows] of field.rowsByValue()) if (!values.has(value)) others.push(rows);
  return setsOf(others);
}
