// The rows that a filter lets through, found by reading the metadata of every point. The walk is made in slices, so
// writes go on meanwhile; rows that they touch are judged again at the end, in the turn in which the result is used.

import type { FilterNode } from "../model/filter-tree.js";
import type { PointStore } from "../store/point-store.js";
import type { Writer } from "./writer.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";
import { runInSlices } from "./time-slices.js";

/** What is walked over, and by what. `assertOpen` throws once the collection is closed or dropped. */
export interface EligibleSources {
  readonly store: PointStore;
  readonly writer: Writer;
  readonly assertOpen: () => void;
}

/**
 * Finds the eligible rows and gives them, ascending, to `use`, which runs in the same turn as the last look at the
 * store: what it reads is of the same moment.
 */
export async function withEligibleRows<Result>(
  { store, writer, assertOpen }: EligibleSources,
  node: FilterNode,
  use: (rows: Uint32Array) => Result,
): Promise<Result> {
  const filter = new PreparedFilter(node);
  const touched = writer.watch();
  try {
    const rows = await runInSlices(findRows(store, filter), assertOpen);
    return use(judgeAgain(store, filter, rows, touched));
  } finally {
    writer.unwatch(touched);
  }
}

const pointsBetweenPauses = 64;

/** The walk sees the store as it was when it began, whatever is written meanwhile. */
function* findRows(store: PointStore, filter: PreparedFilter): Generator<void, Uint32Array> {
  const rows: number[] = [];
  let count = 0;
  for (const { row, point } of store.points()) {
    if (++count % pointsBetweenPauses === 0) yield;
    if (filter.matches(point)) rows.push(row);
  }
  return Uint32Array.from(rows);
}

function judgeAgain(
  store: PointStore,
  filter: PreparedFilter,
  rows: Uint32Array,
  touched: readonly number[],
): Uint32Array {
  if (touched.length === 0) return rows;
  const eligible = new Set(rows);
  for (const row of touched) {
    const point = store.readPoint(row);
    if (point !== undefined && filter.matches(point)) eligible.add(row);
    else eligible.delete(row);
  }
  return Uint32Array.from(eligible).sort();
}
