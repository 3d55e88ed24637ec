// The points that pass a filter, all as they are in the moment in which the walk begins, whatever is written meanwhile.

import type { FilterNode } from "../model/filter-tree.js";
import type { StoredPoint } from "../store/point-store.js";
import { pointsBetweenPauses } from "../model/limits.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";
import { RowSet } from "../metadata/row-set.js";
import { candidatesOf, type IndexedSources } from "./indexed-sources.js";

/** So many points are read in one turn. */
export const rowsInOneTurn = 2_000;

/** All matching points, `undefined` as a pause between. */
export function* pointsOfMoment(
  sources: IndexedSources,
  node: FilterNode | undefined,
): Generator<StoredPoint | undefined, void> {
  const { store } = sources;
  const filter = node === undefined ? undefined : new PreparedFilter(node);
  const candidates = node === undefined ? undefined : candidatesOf(sources, node)?.rows.sorted();
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
