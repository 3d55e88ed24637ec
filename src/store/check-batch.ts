// What every batch must be, whichever store takes it. Input was validated above, so whatever is wrong is our fault.

/// <reference lib="es2024.string" />
import { assert } from "../base/assert.js";
import type { PointId } from "../model/point.js";
import { rowEndMax, type PutPoint, type StoreBatch, type StoreState } from "./point-store.js";

/** Asserts that a batch may be committed to a store in `state` with vector fields of these dimensions. */
export function checkBatch(batch: StoreBatch, state: StoreState, dimensions: readonly number[]): void {
  assert(
    Number.isSafeInteger(batch.sequence) && batch.sequence > state.sequence,
    `a batch needs a sequence greater than ${state.sequence}, not ${batch.sequence}`,
  );
  const rows = new Set<number>();
  const ids = new Set<PointId>();
  for (const change of batch.changes) {
    checkRow(change.row);
    rows.add(change.row);
    ids.add(canonicalId(change.id));
    if (change.kind === "put") checkVectors(change, dimensions);
    if (change.kind !== "remove")
      assert(change.metadata.isWellFormed(), "metadata must be JSON text that UTF-8 can hold");
  }
  assert(rows.size === batch.changes.length, "no row may occur twice in one batch");
  assert(ids.size === batch.changes.length, "no id may occur twice in one batch");
  for (const change of batch.changes) {
    if (change.kind !== "put" || change.replacedRow === -1 || change.replacedRow === change.row) continue;
    checkRow(change.replacedRow);
    assert(!rows.has(change.replacedRow), "a replaced row may not occur again in one batch");
    rows.add(change.replacedRow);
  }
}

/** Asserts that `row` is one: LMDB takes any number and wraps it to 32 bits without a word. */
export function checkRow(row: number): void {
  // The message is made only if it is needed: this runs at every read.
  if (row >>> 0 === row && row < rowEndMax) return;
  assert(false, `a row must be an integer from 0 to ${rowEndMax - 1}, not ${row}`);
}

/** The same value for `5` and `5n`. */
export function canonicalId(id: PointId): PointId {
  if (typeof id !== "bigint") return id;
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}

function checkVectors({ vectors, row }: PutPoint, dimensions: readonly number[]): void {
  if (vectors.length !== dimensions.length)
    assert(false, `row ${row} needs ${dimensions.length} vector fields`);
  for (let field = 0; field < dimensions.length; field++) {
    const vector = vectors[field];
    const dimension = dimensions[field]!;
    if (vector === undefined || (vector instanceof Float32Array && vector.length === dimension)) continue;
    assert(false, `the vector of field ${field} in row ${row} must be a Float32Array of length ${dimension}`);
  }
}
