// The durable points of one collection: the truth that every index is derived from. Two implementations, LMDB and
// memory, pass one suite (point-store.suite.ts). Rows are numbers chosen by the caller; ids live here.

import type { PointId } from "../model/point.js";

/** A row is an unsigned 32-bit integer below this. */
export const rowEndMax = 0xffff_fffe;

/** What the store knows about itself; every committed batch changes it in the same transaction. */
export interface StoreState {
  /** Number of the last operation applied; 0 for an empty store. */
  readonly sequence: number;
  /** Points stored. */
  readonly pointCount: number;
  /** One more than the greatest row ever used. */
  readonly rowEnd: number;
}

/** Writes a point at `row`, under a fresh row or the row it already has. */
export interface PutPoint {
  readonly kind: "put";
  readonly id: PointId;
  readonly row: number;
  /** The row under which this id was stored so far, whose records go away; -1 if the id is new. */
  readonly replacedRow: number;
  /** Metadata as JSON text. */
  readonly metadata: string;
  /** One vector a field, in the order of the configuration; `undefined` where the point has none. Never changed by the caller until the commit settles. */
  readonly vectors: readonly (Float32Array | undefined)[];
}

/** Removes a point and its row. */
export interface RemovePoint {
  readonly kind: "remove";
  readonly id: PointId;
  readonly row: number;
}

/** Replaces the metadata of a point that stays in its row. */
export interface PutMetadata {
  readonly kind: "metadata";
  readonly id: PointId;
  readonly row: number;
  readonly metadata: string;
}

export type StoreChange = PutPoint | RemovePoint | PutMetadata;

/** Changes that become durable together. No id and no row occurs twice in one batch. */
export interface StoreBatch {
  /** Number of the last operation in it; greater than `state.sequence`. */
  readonly sequence: number;
  readonly changes: readonly StoreChange[];
}

/** A point as stored, without its vectors. */
export interface StoredPoint {
  readonly id: PointId;
  /** Metadata as JSON text. */
  readonly metadata: string;
}

/** Rows whose vectors came or went in one batch; metadata changes are not in it. */
export interface RowChanges {
  readonly sequence: number;
  readonly added: Uint32Array;
  readonly removed: Uint32Array;
}

/**
 * Durable points. Reads are synchronous and see committed batches only. One commit may be in flight at a time.
 * Every record is checked against its checksum when read: damage is an OmenError of kind `corrupt`.
 */
export interface PointStore {
  readonly state: StoreState;

  /** The row of an id, or -1. */
  rowOf(id: PointId): number;

  /** The point of a row, or `undefined` where the row is not in use. */
  readPoint(row: number): StoredPoint | undefined;

  /**
   * Copies the vector of `field` (its place in the configuration) into `target[offset …]`. False where that row has
   * no such vector. `target` may lie over shared memory. Reading rows in ascending order is about twice as fast.
   */
  readVector(field: number, row: number, target: Float32Array, offset: number): boolean;

  /** Ids with their rows in the order of ids (integers ascending, then strings by UTF-8 bytes), behind `after`. */
  ids(after?: PointId): IterableIterator<{ readonly id: PointId; readonly row: number }>;

  /** Rows in use from `from` (default 0) on, ascending, with their points. A walk in slices starts a new one each. */
  points(from?: number): IterableIterator<{ readonly row: number; readonly point: StoredPoint }>;

  /** Rows in use from `from` (default 0) on, ascending; keys only, so that gaps are found without reading points. */
  rows(from?: number): IterableIterator<number>;

  /** Rows of `field` that hold a vector, ascending; keys only, so that a rebuild can read them in order. */
  rowsOf(field: number): IterableIterator<number>;

  /**
   * Changes of rows behind `sequence`, oldest first. `undefined` where they are no longer kept that far back, so
   * that the caller must rebuild from all rows.
   */
  changesSince(sequence: number): IterableIterator<RowChanges> | undefined;

  /** Applies a batch; resolves when it is flushed. After a failure nothing of it is visible, and see `poisoned`. */
  commit(batch: StoreBatch): Promise<void>;

  /** Forgets row changes up to `sequence`, because a checkpoint holds them. */
  trimChanges(sequence: number): Promise<void>;

  /** Bytes of the file on disk; 0 in memory. */
  fileBytes(): number;

  close(): Promise<void>;
}
