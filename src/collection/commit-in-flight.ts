// A group of writes between the start of its commit and its publication.

import type { MetadataIndexes, PreparedMetadata } from "../metadata/metadata-indexes.js";
import type { VectorIndex } from "../vector/vector-index.js";
import type { RowAllocator } from "./row-allocator.js";
import type { WritePlan } from "./write-group.js";

const rowsBetweenPauses = 64;

/** The indexes that a commit goes into. */
export interface CommitTargets {
  /** One a vector field. */
  readonly indexes: readonly VectorIndex[];
  readonly metadata: MetadataIndexes;
}

export class CommitInFlight {
  readonly #indexes: readonly VectorIndex[];
  readonly #metadata: MetadataIndexes;
  readonly #plan: WritePlan;
  /** The next of the plan's written rows to go into the indexes. */
  #next = 0;
  /** What the written metadata says, in the order of the plan's changes. */
  readonly #facts: (PreparedMetadata | undefined)[] = [];

  constructor({ indexes, metadata }: CommitTargets, plan: WritePlan) {
    this.#indexes = indexes;
    this.#metadata = metadata;
    this.#plan = plan;
  }

  /** Encodes the written vectors into their rows, which no search sees yet, and takes the written metadata apart. */
  *writeRows(): Generator<void, void> {
    const { written, changes } = this.#plan;
    while (this.#next < written.length) {
      this.#writeRow();
      if (this.#next % rowsBetweenPauses === 0) yield;
    }
    while (this.#facts.length < changes.length) {
      this.#prepareMetadata();
      if (this.#facts.length % rowsBetweenPauses === 0) yield;
    }
  }

  #prepareMetadata(): void {
    const change = this.#plan.changes[this.#facts.length]!;
    this.#facts.push(change.kind === "remove" ? undefined : this.#metadata.prepare(change.metadata));
  }

  #writeRow(): void {
    const { row, vectors } = this.#plan.written[this.#next++]!;
    for (let field = 0; field < this.#indexes.length; field++) {
      const vector = vectors[field];
      if (vector !== undefined) this.#indexes[field]!.write(row, vector);
    }
  }

  /** Makes the group visible to searches, all of it in one turn, and hands back the rows that it emptied. */
  publish(rows: RowAllocator): void {
    const { written, removedRows } = this.#plan;
    // The commit may be faster than the slices in which rows are written.
    while (this.#next < written.length) this.#writeRow();
    this.#indexes.forEach((index, field) => {
      index.publish(written.filter(({ vectors }) => vectors[field] !== undefined).map(({ row }) => row));
    });
    for (const row of removedRows) {
      // A point without any vector was never in an index, so none will release its row.
      if (this.#indexes.some((index) => index.isOccupied(row))) rows.await(row);
      else rows.free(row);
    }
    for (const index of this.#indexes) index.remove(removedRows);
    releaseRows(this.#indexes, rows);
    this.#publishMetadata();
  }

  #publishMetadata(): void {
    const { changes } = this.#plan;
    while (this.#facts.length < changes.length) this.#prepareMetadata();
    for (let i = 0; i < changes.length; i++) {
      const change = changes[i]!;
      const facts = this.#facts[i];
      if (change.kind === "put" && change.replacedRow >= 0) this.#metadata.remove(change.replacedRow);
      if (facts === undefined) this.#metadata.remove(change.row);
      else this.#metadata.set(change.row, facts);
    }
  }

  /** Appends every row whose point came, went or changed. */
  addTouchedRows(touched: number[]): void {
    for (const { row } of this.#plan.written) touched.push(row);
    for (const row of this.#plan.removedRows) touched.push(row);
    for (const row of this.#plan.changedRows) touched.push(row);
  }
}

/** Frees the rows that indexes have let go of, where no other index still holds them. */
export function releaseRows(indexes: readonly VectorIndex[], rows: RowAllocator): void {
  // All are asked before any row is judged, because a row may be released by several at once.
  const released = indexes.flatMap((index) => index.takeFreeRows());
  for (const row of released) {
    if (!indexes.some((index) => index.isOccupied(row))) rows.release(row);
  }
}
