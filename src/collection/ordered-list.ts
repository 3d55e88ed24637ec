// Answers `list` in the order of a path of the metadata: a page holds what stands behind its cursor and not behind the cursor
// that it gives, so that points which no write touches are neither repeated nor lost, whatever is written meanwhile. Points
// are found in slices of time; those that writes touched in between are looked at again at the end.

import type { Point } from "../model/point.js";
import type { OrderedListResult } from "../model/requests.js";
import type { StoredPoint } from "../store/point-store.js";
import type { ListParts } from "./lister.js";
import { encodeCursor, type OrderKey, type ResolvedOrderedList } from "../model/decode-list.js";
import { pointsBetweenPauses } from "../model/limits.js";
import { FirstInOrder } from "../base/first-in-order.js";
import { lookAgain, PointOrder, type PageGathering } from "./point-order.js";
import { rowsInOrder } from "./rows-in-order.js";

/** Reads one page. */
export function* listInOrder(
  parts: ListParts,
  request: ResolvedOrderedList,
): Generator<void, OrderedListResult> {
  const touched = parts.writer.watch();
  try {
    const order = new PointOrder(request);
    const first = new FirstInOrder<OrderKey>(request.limit + 1, order.compare);
    yield* rowsInOrder(parts, request, { order, first });
    const settledCount = yield* settle(parts, { touched, order, first });
    const sorted = first.sorted();
    const keys = sorted.slice(0, request.limit);
    // With a full page the next one begins behind it; a page that writes made short ends where points were left out.
    const isFull =
      keys.length === request.limit && (sorted.length > keys.length || first.bound !== undefined);
    const last = isFull ? keys[keys.length - 1] : first.bound;
    const points = yield* view(parts, request, {
      keys,
      order,
      isSettled: () => touched.length === settledCount,
    });
    if (last === undefined) return { points };
    return { points, next: encodeCursor(last, request.path, request.direction) };
  } finally {
    parts.writer.unwatch(touched);
  }
}

/** Looks again at what writes touched, until in one turn nothing is left; returns how many rows that were. */
function* settle(
  parts: ListParts,
  { touched, ...gathering }: PageGathering & { readonly touched: readonly number[] },
): Generator<void, number> {
  for (let i = 0; i < touched.length; i++) {
    if (i % pointsBetweenPauses === pointsBetweenPauses - 1) yield;
    lookAgain(parts, touched[i]!, gathering);
  }
  return touched.length;
}

/** The points that still stand where they stood. */
function* view(
  { store, views }: ListParts,
  { include }: ResolvedOrderedList,
  {
    keys,
    order,
    isSettled,
  }: { readonly keys: readonly OrderKey[]; readonly order: PointOrder; readonly isSettled: () => boolean },
): Generator<void, Point[]> {
  const points: Point[] = [];
  const answer = views.answer();
  for (const [i, key] of keys.entries()) {
    if (i % pointsBetweenPauses === pointsBetweenPauses - 1) yield;
    const row = store.rowOf(key.id);
    if (row < 0 || (!isSettled() && !standsAt(store.readPoint(row), key, order))) continue;
    const point = answer.point(row, include);
    if (point !== undefined) points.push(point);
  }
  return points;
}

function standsAt(point: StoredPoint | undefined, key: OrderKey, order: PointOrder): boolean {
  const now = point === undefined ? undefined : order.keyOf(point);
  return now !== undefined && order.compare(now, key) === 0;
}
