// The free rows of a reopened collection: those below the row end that neither a point nor an index holds. They are
// looked for at the first write, because a collection that is only read never needs them.

import type { PointStore } from "../store/point-store.js";
import type { VectorIndex } from "../vector/vector-index.js";
import { RowAllocator } from "./row-allocator.js";
import { runInSlices } from "./time-slices.js";

const rowsBetweenPauses = 1024;

/** Builds the allocator of a collection; walks the keys of all rows if there are gaps between them. */
export async function openRows(store: PointStore, indexes: readonly VectorIndex[]): Promise<RowAllocator> {
  const { rowEnd, pointCount } = store.state;
  const rows = new RowAllocator(rowEnd);
  // Rows released so far are found as gaps below; from here on each release counts.
  for (const index of indexes) index.takeFreeRows();
  if (rowEnd > pointCount) await runInSlices(findGaps(store, indexes, rows));
  return rows;
}

function* findGaps(store: PointStore, indexes: readonly VectorIndex[], rows: RowAllocator): Generator<void, void> {
  const { rowEnd } = store.state;
  let expected = 0;
  for (const used of rowsBetweenTurns(store)) {
    if (used === undefined) yield;
    else {
      for (; expected < used; expected++) noteGap(expected, indexes, rows);
      expected = used + 1;
    }
  }
  for (; expected < rowEnd; expected++) {
    noteGap(expected, indexes, rows);
    if (expected % rowsBetweenPauses === 0) yield;
  }
}

function noteGap(row: number, indexes: readonly VectorIndex[], rows: RowAllocator): void {
  if (indexes.some((index) => index.isOccupied(row))) rows.await(row);
  else rows.free(row);
}

/** Rows in use, ascending; `undefined` stands for a pause, across which no iterator of the store is held. */
export function* rowsBetweenTurns(store: PointStore): Generator<number | undefined, void> {
  let from = 0;
  for (let batch = takeRows(store, from); batch.length > 0; batch = takeRows(store, from)) {
    yield* batch;
    from = batch[batch.length - 1]! + 1;
    yield undefined;
  }
}

function takeRows(store: PointStore, from: number): number[] {
  const batch: number[] = [];
  for (const row of store.rows(from)) {
    batch.push(row);
    if (batch.length === rowsBetweenPauses) break;
  }
  return batch;
}
