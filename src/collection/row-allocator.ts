// Which row a new vector goes to: free rows first, then the end. Every write takes a fresh row, so that a search
// never meets a row whose vector is being changed.

import { OmenError } from "../base/omen-error.js";
import { rowEndMax } from "../store/point-store.js";

/**
 * States of a row: free → taken (by a write in flight) → in use → awaiting (its point is gone, but an index still
 * passes through it) → free. A taken row whose commit failed goes straight back to free.
 */
export class RowAllocator {
  readonly #free: number[] = [];
  readonly #awaiting = new Set<number>();
  #rowEnd: number;

  constructor(rowEnd: number) {
    this.#rowEnd = rowEnd;
  }

  /** The row end after `count` more rows are taken. Throws OmenError unavailable/rows_exhausted past the last row. */
  rowEndAfter(count: number): number {
    const rowEnd = this.#rowEnd + Math.max(0, count - this.#free.length);
    if (rowEnd <= rowEndMax) return rowEnd;
    const message = `A collection holds at most ${rowEndMax} rows; delete points or begin another collection.`;
    throw new OmenError("unavailable", "rows_exhausted", message);
  }

  /** Takes a row; the caller has asked `rowEndAfter` whether there is room. */
  take(): number {
    return this.#free.pop() ?? this.#rowEnd++;
  }

  /** Gives a row back that nothing refers to. */
  free(row: number): void {
    this.#free.push(row);
  }

  /** Notes a row whose point is gone while an index still refers to it. */
  await(row: number): void {
    this.#awaiting.add(row);
  }

  /** Frees a row if it was awaited: an index has let go of it, and no other one holds it. */
  release(row: number): void {
    if (this.#awaiting.delete(row)) this.#free.push(row);
  }
}
