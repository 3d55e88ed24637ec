// Answers get, list and count: reads of the store alone, in slices.

import type { PointId, Point } from "../model/point.js";
import type { ResolvedInclude } from "../model/decode-include.js";
import type { ResolvedList } from "../model/decode-requests.js";
import type { ListResult } from "../model/requests.js";
import type { PointStore } from "../store/point-store.js";
import type { PointViews } from "./point-views.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";

const pointsBetweenPauses = 64;
const idsBetweenPauses = 256;

/** Reads points by id, in the order asked for. */
export function* readPoints(
  { store, views }: { readonly store: PointStore; readonly views: PointViews },
  ids: readonly PointId[],
  include: ResolvedInclude,
): Generator<void, (Point | undefined)[]> {
  const points: (Point | undefined)[] = [];
  for (const id of ids) {
    const row = store.rowOf(id);
    points.push(row < 0 ? undefined : views.point(row, include));
    if (points.length % pointsBetweenPauses === 0) yield;
  }
  return points;
}

/** Reads one page of points in the order of ids. */
export function* listPoints(
  { store, views }: { readonly store: PointStore; readonly views: PointViews },
  { filter, limit, after, include }: ResolvedList,
): Generator<void, ListResult> {
  const points: Point[] = [];
  const prepared = filter === undefined ? undefined : new PreparedFilter(filter);
  for (const found of idsBetweenTurns(store, after)) {
    if (found === undefined) {
      yield;
      continue;
    }
    // One more than the page holds is known to exist: there is a next page, though a filter may leave it empty.
    if (points.length === limit) return { points, next: points[points.length - 1]!.id };
    if (prepared !== undefined && !matchesRow(store, found.row, prepared)) continue;
    const point = views.point(found.row, include);
    if (point !== undefined) points.push(point);
  }
  return { points };
}

function matchesRow(store: PointStore, row: number, filter: PreparedFilter): boolean {
  const stored = store.readPoint(row);
  return stored !== undefined && filter.matches(stored);
}

interface IdRow {
  readonly id: PointId;
  readonly row: number;
}

/** Ids behind `after`, in order; `undefined` stands for a pause, across which no iterator of the store is held. */
function* idsBetweenTurns(store: PointStore, after: PointId | undefined): Generator<IdRow | undefined, void> {
  let from = after;
  for (let batch = takeIds(store, from); batch.length > 0; batch = takeIds(store, from)) {
    yield* batch;
    from = batch[batch.length - 1]!.id;
    yield undefined;
  }
}

function takeIds(store: PointStore, after: PointId | undefined): IdRow[] {
  const batch: IdRow[] = [];
  for (const found of store.ids(after)) {
    batch.push(found);
    if (batch.length === idsBetweenPauses) break;
  }
  return batch;
}
