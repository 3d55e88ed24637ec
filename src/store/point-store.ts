// The durable points of one collection: the truth that every index is derived from. Two implementations, LMDB and
// memory, pass one suite (point-store.suite.ts). Rows are numbers chosen by the caller; ids live here.

import type { PointId } from "../model/point.js";
import type { CheckStoreOptions, StoreFindings } from "./check-store.js";
import type { HeldFile } from "./held-file.js";

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

/**
 * Rows whose points came, went or got other metadata in one batch, ascending. A point replaced in its own row is in the
 * first two: apply `removed` first. An added row may hold no vector of a field; `readVector` tells.
 */
export interface RowChanges {
  readonly sequence: number;
  readonly added: Uint32Array;
  readonly removed: Uint32Array;
  /** Rows that stayed, with their vectors, and got other metadata. */
  readonly changed: Uint32Array;
}

/**
 * Durable points. Reads are synchronous and see a batch whole from the moment its commit is done, never before.
 * Commits asked for while one is in flight wait for it. Every record is checked against its checksum when read:
 * damage is an OmenError of kind `corrupt` (`record_corrupt`, `file_damaged`). After `close` everything but `close`
 * fails with kind `closed`.
 *
 * An iteration sees the store as it is at its first step, whatever is committed meanwhile; one over all of a kind
 * checks at its end that none was missing (`corrupt`, `keys_missing`), one from the middle or left early cannot. While
 * one is not finished, the file grows with every commit.
 */
export interface PointStore {
  readonly state: StoreState;

  /** The row of an id, or -1. */
  rowOf(id: PointId): number;

  /** The id of a row, or `undefined` where the row is not in use. Cheaper than `readPoint` where it was asked before. */
  idOf(row: number): PointId | undefined;

  /** The point of a row, or `undefined` where the row is not in use. */
  readPoint(row: number): StoredPoint | undefined;

  /**
   * Copies the vector of `field` (its place in the configuration) into `target[offset …]`. False where that row has
   * no such vector. `target` may lie over shared memory. Reading rows in ascending order is about twice as fast.
   */
  readVector(field: number, row: number, target: Float32Array, offset: number): boolean;

  /**
   * The same, but for its checksum, which is returned for the caller to compare: XXH32 of the vector's bytes, seeded with the
   * row. -1 where that row has no such vector. Absent where there are no checksums.
   */
  readVectorUnchecked?(field: number, row: number, target: Float32Array, offset: number): number;

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

  /**
   * Applies a batch; resolves when it is as durable as the store was opened for. `applied` is called at the very moment from which reads see the
   * batch, so that derived indexes can change in step with it. A batch that is wrong is an AssertionError. Rejects
   * with kind `unavailable` and nothing of the batch applied: `disk_full` and `read_only`, after which a later commit may succeed (on a full disk, one that only removes a few points does);
   * `flush_failed`, after which every commit rejects with `poisoned` until the store is opened again.
   */
  commit(batch: StoreBatch, applied?: () => void): Promise<void>;

  /**
   * Resolves when all that was committed before is on the disk, whatever an acknowledgement means. Rejects with kind
   * `unavailable` (`acknowledged_unflushed`), and from then on commits do with `poisoned`.
   */
  flush(): Promise<void>;

  /** Forgets row changes up to `sequence`, because a checkpoint holds them. Rejects as `commit` does. */
  trimChanges(sequence: number): Promise<void>;

  /**
   * Walks over the keys of all records, in slices between which other work gets its turn, and rejects with kind
   * `corrupt` (`keys_missing`) unless they are those that were written: a damaged page can make LMDB pass over rows
   * without an error. About 1 to 3 µs a point and vector. What records hold is checked where they are read.
   */
  verifyKeys(): Promise<void>;

  /**
   * Has another process read every record of the file as it is now, while reads and writes go on here; the file is not
   * replaced in the moment in which that one opens it. Absent where there is no file.
   */
  check?(options: Omit<CheckStoreOptions, "openStill">): Promise<StoreFindings>;

  /** The file as it is now, to be copied while commits go on. Absent in memory. Rejects with `poisoned`. */
  holdFile?(): Promise<HeldFile>;

  /** Bytes of the file on disk; 0 in memory. */
  fileBytes(): number;

  /** Bytes that the file would have if it were compacted; 0 in memory. About 25 µs a table. */
  usedBytes(): number;

  /**
   * Replaces the file by a copy without free pages; later commits wait for it, reads do not. Nothing that can be read
   * changes. Iterations under way keep the old file, and with it its space, until they end. Where it rejects, nothing
   * has happened, but for `poisoned`: whether the new file is durable is not known, and every commit rejects so until
   * the store is opened again. Does nothing in memory, where what is removed is free at once, and on Windows.
   */
  compact(): Promise<void>;

  /** Waits for commits in flight and lets go of the files. Calling it again does nothing. */
  close(): Promise<void>;
}
