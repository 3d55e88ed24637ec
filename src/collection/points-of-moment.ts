// The points that pass a filter, all as they are in the moment in which the walk begins, whatever is written meanwhile.

import type { FilterNode, MetadataPath } from "../model/filter-tree.js";
import type { FieldIndex } from "../metadata/field-index.js";
import type { StoredPoint } from "../store/point-store.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";
import { RowSet } from "../metadata/row-set.js";
import type { EligibleSources } from "./eligible-rows.js";
import { findCandidates } from "./matching-points.js";

/** So many points are read in one turn. */
export const rowsInOneTurn = 2_000;
const pointsBetweenPauses = 64;

/** What points are found in. */
export type PointSources = Omit<EligibleSources, "assertOpen">;

/** The index of a path, as it is in this moment: `"unknown"` also where an index could not take a write. */
export function fieldAt(
  { metadata, writer }: PointSources,
  path: MetadataPath,
): FieldIndex | "empty" | "unknown" {
  return writer.failure === undefined ? metadata.fieldAt(path) : "unknown";
}

/** All matching points, `undefined` as a pause between. */
export function* pointsOfMoment(
  { store, metadata, writer }: PointSources,
  node: FilterNode | undefined,
): Generator<StoredPoint | undefined, void> {
  const filter = node === undefined ? undefined : new PreparedFilter(node);
  const isIndexed = node !== undefined && writer.failure === undefined;
  const candidates = isIndexed ? findCandidates(store, metadata, node)?.rows.sorted() : undefined;
  if (candidates !== undefined && candidates.length <= rowsInOneTurn) {
    for (const row of candidates) {
      const point = store.readPoint(row);
      if (point !== undefined && filter?.matches(point) !== false) yield point;
    }
    return;
  }
  // A copy, because the index goes on, while an iteration of the store shows one moment.
  const rows = candidates === undefined ? undefined : RowSet.fromSorted(candidates.slice());
  let count = 0;
  for (const { row, point } of store.points()) {
    if (++count % pointsBetweenPauses === 0) yield undefined;
    if (rows?.has(row) !== false && filter?.matches(point) !== false) yield point;
  }
}
