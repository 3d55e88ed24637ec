// The points that a filter lets through at this moment: from the index over metadata where it tells, else by reading their
// metadata. Whoever lets others write meanwhile must judge again what they touched.

import type { FilterNode, IdTest } from "../model/filter-tree.js";
import type { PointId } from "../model/point.js";
import type { CandidateRows } from "../metadata/field-rows.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";
import type { PointStore, StoredPoint } from "../store/point-store.js";
import { pointsBetweenPauses } from "../model/limits.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";
import { RowSet } from "../metadata/row-set.js";

/** More ids than these are compared point by point, so that looking them up never holds the event loop for long. */
const idsMax = 5_000;

/** Candidates from the index; `undefined` while it is being filled. */
export function findCandidates(
  store: PointStore,
  metadata: MetadataIndexes,
  node: FilterNode,
): CandidateRows | undefined {
  return metadata.candidates(node, (test) => rowsOfIds(store, test));
}

function rowsOfIds(store: PointStore, test: IdTest): RowSet | undefined {
  if (test.kind !== "in" || test.ids.size > idsMax) return undefined;
  const rows = Array.from(test.ids, (id) => store.rowOf(id)).filter((row) => row >= 0);
  return RowSet.fromRows(rows);
}

/** A point that matches. */
export interface MatchingPoint {
  readonly id: PointId;
  readonly row: number;
}

/** All matching points, rows ascending; `undefined` stands for a pause. */
export function* matchingPoints(
  store: PointStore,
  metadata: MetadataIndexes,
  node: FilterNode,
): Generator<MatchingPoint | undefined, void> {
  const candidates = findCandidates(store, metadata, node);
  const rows = candidates?.rows.sorted().slice();
  if (rows === undefined || candidates?.isExact !== true) yield* judgedPoints(store, node, rows);
  else yield* knownPoints(store, rows);
}

function* knownPoints(store: PointStore, rows: Uint32Array): Generator<MatchingPoint | undefined, void> {
  for (let i = 0; i < rows.length; i++) {
    if (i % pointsBetweenPauses === 0) yield undefined;
    const row = rows[i]!;
    const id = store.idOf(row);
    if (id !== undefined) yield { id, row };
  }
}

/** Those among the candidates that match, `undefined` as a pause between; all points are candidates where there are none. */
export function* judgedPoints(
  store: PointStore,
  node: FilterNode,
  candidates: Uint32Array | undefined,
): Generator<MatchingPoint | undefined, void> {
  const filter = new PreparedFilter(node);
  for (const found of pointsAmong(store, candidates)) {
    if (found === undefined) yield undefined;
    else if (filter.matches(found.point)) yield { id: found.point.id, row: found.row };
  }
}

/** A point by its row. */
export interface RowPoint {
  readonly row: number;
  readonly point: StoredPoint;
}

/** Above this share of all points they are read in one walk, which is faster a point than reading each by its row. */
const walkedShare = 0.25;

/** The points of these rows, or all, `undefined` as a pause between. */
export function* pointsAmong(
  store: PointStore,
  rows: Uint32Array | undefined,
): Generator<RowPoint | undefined, void> {
  if (rows === undefined || rows.length > walkedShare * store.state.pointCount) {
    yield* walkedPoints(store, rows === undefined ? undefined : RowSet.fromSorted(rows));
    return;
  }
  let count = 0;
  for (const row of rows) {
    if (++count % pointsBetweenPauses === 0) yield undefined;
    const point = store.readPoint(row);
    if (point !== undefined) yield { row, point };
  }
}

/** The same by one walk over all points, as they are in the moment in which it begins. */
export function* walkedPoints(
  store: PointStore,
  rows: RowSet | undefined,
): Generator<RowPoint | undefined, void> {
  let count = 0;
  for (const found of store.points()) {
    if (++count % pointsBetweenPauses === 0) yield undefined;
    if (rows?.has(found.row) !== false) yield found;
  }
}
