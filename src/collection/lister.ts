// Answers `get`, and `list` in the order of ids: reads of the store in slices.

import type { PointId, Point } from "../model/point.js";
import type { ResolvedInclude } from "../model/decode-include.js";
import type { ResolvedList } from "../model/decode-list.js";
import type { ListResult } from "../model/requests.js";
import type { PointStore } from "../store/point-store.js";
import type { PointViews } from "./point-views.js";
import type { CandidateRows } from "../metadata/field-rows.js";
import type { FilterNode } from "../model/filter-tree.js";
import { candidatesOf, type IndexedSources } from "./indexed-sources.js";
import { pointsBetweenPauses } from "../model/limits.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";

const idsBetweenPauses = 256;

/** Reads points by id, in the order asked for. */
export function* readPoints(
  { store, views }: { readonly store: PointStore; readonly views: PointViews },
  ids: readonly PointId[],
  include: ResolvedInclude,
): Generator<void, (Point | undefined)[]> {
  const points: (Point | undefined)[] = [];
  const answer = views.answer();
  for (const id of ids) {
    const row = store.rowOf(id);
    points.push(row < 0 ? undefined : answer.point(row, include));
    if (points.length % pointsBetweenPauses === 0) yield;
  }
  return points;
}

/** What a page is read from. */
export interface ListParts extends IndexedSources {
  readonly views: PointViews;
}

/** Reads one page of points in the order of ids. */
export function* listPoints(
  parts: ListParts,
  { filter, limit, after, from, include }: ResolvedList,
): Generator<void, ListResult> {
  const { store, views, writer } = parts;
  const points: Point[] = [];
  const answer = views.answer();
  const touched = writer.watch();
  const rows = filter === undefined ? undefined : new ListedRows(parts, filter, touched);
  try {
    for (const found of idsBetweenTurns(store, { after, from })) {
      if (found === undefined) {
        yield;
        continue;
      }
      // One more than the page holds is known to exist: there is a next page, though a filter may leave it empty.
      if (points.length === limit) return { points, next: points[points.length - 1]!.id };
      if (rows?.matches(found.row) === false) continue;
      const point = answer.point(found.row, include);
      if (point !== undefined) points.push(point);
    }
    return { points };
  } finally {
    writer.unwatch(touched);
  }
}

/** Judges rows by their metadata as it is; the index only saves looking at those that cannot match. */
class ListedRows {
  readonly #store: PointStore;
  readonly #filter: PreparedFilter;
  readonly #candidates: CandidateRows | undefined;
  readonly #touched: readonly number[];
  /** The first `#seenCount` of them. */
  readonly #seen = new Set<number>();
  #seenCount = 0;

  constructor(parts: ListParts, node: FilterNode, touched: readonly number[]) {
    this.#store = parts.store;
    this.#filter = new PreparedFilter(node);
    this.#candidates = candidatesOf(parts, node);
    this.#touched = touched;
  }

  matches(row: number): boolean {
    if (this.#candidates?.rows.has(row) === false && !this.#isTouched(row)) return false;
    const stored = this.#store.readPoint(row);
    return stored !== undefined && this.#filter.matches(stored);
  }

  #isTouched(row: number): boolean {
    while (this.#seenCount < this.#touched.length) this.#seen.add(this.#touched[this.#seenCount++]!);
    return this.#seen.has(row);
  }
}

interface IdRow {
  readonly id: PointId;
  readonly row: number;
}

/**
 * Ids behind `after`, or at and behind `from`, in order; `undefined` stands for a pause, across which no iterator of the store
 * is held.
 */
function* idsBetweenTurns(
  store: PointStore,
  { after, from }: Pick<ResolvedList, "after" | "from">,
): Generator<IdRow | undefined, void> {
  const row = from === undefined ? -1 : store.rowOf(from);
  if (from !== undefined && row >= 0) yield { id: from, row };
  let last = from ?? after;
  for (let batch = takeIds(store, last); batch.length > 0; batch = takeIds(store, last)) {
    yield* batch;
    last = batch[batch.length - 1]!.id;
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
