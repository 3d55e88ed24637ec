// Walks over all stored points that can be paused: an iterator of the store is never held across a pause, because
// it would hold a read transaction, and pages could not be reused meanwhile.

import type { PointStore, StoredPoint } from "../store/point-store.js";

const pointsBetweenPauses = 256;

/** A stored point with its row. */
export interface RowPoint {
  readonly row: number;
  readonly point: StoredPoint;
}

/** All points in the order of rows; `undefined` stands for a pause, in which the store may change. */
export function* pointsBetweenTurns(store: PointStore): Generator<RowPoint | undefined, void> {
  let from = 0;
  for (let batch = takePoints(store, from); batch.length > 0; batch = takePoints(store, from)) {
    yield* batch;
    from = batch[batch.length - 1]!.row + 1;
    yield undefined;
  }
}

function takePoints(store: PointStore, from: number): RowPoint[] {
  const batch: RowPoint[] = [];
  for (const found of store.points(from)) {
    batch.push(found);
    if (batch.length === pointsBetweenPauses) break;
  }
  return batch;
}
