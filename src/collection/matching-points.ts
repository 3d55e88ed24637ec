// The points that a filter lets through at this moment: from the index over metadata where it tells, else by reading their
// metadata. Whoever lets others write meanwhile must judge again what they touched.

import type { FilterNode, IdTest } from "../model/filter-tree.js";
import type { PointId } from "../model/point.js";
import type { CandidateRows } from "../metadata/field-rows.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";
import type { PointStore } from "../store/point-store.js";
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
  const { points, wanted } = readingOf(store, candidates);
  let count = 0;
  for (const { row, point } of points) {
    if (++count % pointsBetweenPauses === 0) yield undefined;
    if (wanted?.has(row) !== false && filter.matches(point)) yield { id: point.id, row };
  }
}

/** Points to go through, and which of them are wanted: all where there is no set. */
export interface Reading {
  readonly points: ReturnType<PointStore["points"]>;
  readonly wanted: RowSet | undefined;
}

/** Above this share of all points they are read in one walk, which is faster a point than reading each by its row. */
const walkedShare = 0.25;

/** How the points of these rows, or all, are read soonest. No generator of its own, which took a twentieth of the time. */
export function readingOf(store: PointStore, rows: Uint32Array | undefined): Reading {
  if (rows === undefined) return { points: store.points(), wanted: undefined };
  const isWalked = rows.length > walkedShare * store.state.pointCount;
  if (!isWalked) return { points: pointsOf(store, rows), wanted: undefined };
  return { points: store.points(), wanted: RowSet.fromSorted(rows) };
}

function* pointsOf(store: PointStore, rows: Uint32Array): Reading["points"] {
  for (const row of rows) {
    const point = store.readPoint(row);
    if (point !== undefined) yield { row, point };
  }
}
