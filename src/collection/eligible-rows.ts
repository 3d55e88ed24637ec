// The rows that a filter lets through, in the moment in which they are used. What the index over metadata cannot tell is
// found by reading metadata, in slices, so that writes go on meanwhile; rows that they touch are judged again at the end.

import type { FilterNode } from "../model/filter-tree.js";
import type { PointStore } from "../store/point-store.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";
import { RowSet } from "../metadata/row-set.js";
import { candidatesOf, type IndexedSources } from "./indexed-sources.js";
import { judgedPoints } from "./matching-points.js";
import { runInSlices } from "./time-slices.js";

/** What rows are found in, and by what. `assertOpen` throws once the collection is closed or dropped. */
export interface EligibleSources extends IndexedSources {
  readonly assertOpen: () => void;
}

/** How the eligible rows were found. */
export interface FilterFinding {
  /** Points that the index could not rule out. */
  readonly candidates: number;
  /** Points whose metadata was read to judge them. */
  readonly judged: number;
}

/**
 * Finds the eligible rows and gives them to `use`, which runs in the same turn as the last look at index and
 * store: what it reads is of the same moment. The rows are valid in that turn only.
 */
export async function withEligibleRows<Result>(
  sources: EligibleSources,
  node: FilterNode,
  use: (rows: RowSet, finding: FilterFinding) => Result,
): Promise<Result> {
  const { store, writer, assertOpen } = sources;
  const candidates = candidatesOf(sources, node);
  if (candidates?.isExact === true)
    return use(candidates.rows, { candidates: candidates.rows.count, judged: 0 });
  const count = candidates?.rows.count ?? store.state.pointCount;
  const touched = writer.watch();
  try {
    // A copy, because the index goes on.
    const rows = await runInSlices(judge(store, node, candidates?.rows.sorted().slice()), assertOpen);
    return use(RowSet.fromSorted(judgeAgain(store, new PreparedFilter(node), rows, touched)), {
      candidates: count,
      judged: count + touched.length,
    });
  } finally {
    writer.unwatch(touched);
  }
}

/** Each point is judged as it is in some moment between begin and end. */
function* judge(
  store: PointStore,
  node: FilterNode,
  candidates: Uint32Array | undefined,
): Generator<void, Uint32Array> {
  const rows: number[] = [];
  for (const found of judgedPoints(store, node, candidates)) {
    if (found === undefined) yield;
    else rows.push(found.row);
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
