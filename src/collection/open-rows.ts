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

function* findGaps(
  store: PointStore,
  indexes: readonly VectorIndex[],
  rows: RowAllocator,
): Generator<void, void> {
  const { rowEnd } = store.state;
  let expected = 0;
  let count = 0;
  for (const used of store.rows()) {
    for (; expected < used; expected++) noteGap(expected, indexes, rows);
    expected = used + 1;
    if (++count % rowsBetweenPauses === 0) yield;
  }
  for (; expected < rowEnd; expected++) noteGap(expected, indexes, rows);
}

function noteGap(row: number, indexes: readonly VectorIndex[], rows: RowAllocator): void {
  if (indexes.some((index) => index.isOccupied(row))) rows.await(row);
  else rows.free(row);
}
