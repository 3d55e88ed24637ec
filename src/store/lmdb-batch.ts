// Turns a batch of changes into the writes of one LMDB transaction, and the store's meta into the one after it.

import { assert } from "../base/assert.js";
import { KeyDigestBuilder } from "../base/key-digest.js";
import type { PointId } from "../model/point.js";
import { changeHash, changeKey, writeChangeRecord } from "./change-record.js";
import type { IdKeyWriter } from "./id-key.js";
import type { LmdbCommit, LmdbTable } from "./lmdb-environment.js";
import { IdWrites, RowWrites } from "./lmdb-writes.js";
import {
  idRecordBytes,
  vectorRecordBytes,
  writeIdRecord,
  writePointRecord,
  writeVectorRecord,
  writtenIdHash,
} from "./point-record.js";
import type { PutMetadata, PutPoint, RemovePoint, StoreBatch, StoreChange } from "./point-store.js";
import { Slab } from "./slab.js";
import type { StoreMeta } from "./store-meta.js";

/** The sub-databases of a point store. */
export interface PointTables {
  readonly points: LmdbTable<number>;
  /** One a field. */
  readonly vectors: readonly LmdbTable<number>[];
  readonly ids: LmdbTable<Uint8Array>;
  readonly changes: LmdbTable<Uint8Array>;
  readonly meta: LmdbTable<Uint8Array>;
}

/** What the encoder asks of the committed state: only changes of points that exist cost these reads. */
export interface CommittedState {
  readonly meta: StoreMeta;
  readonly keys: IdKeyWriter;
  rowOf(id: PointId): number;
  hasVector(field: number, row: number): boolean;
}

/** Longest that encoding and the like hold up the event loop; between two looks at the clock lie 64 changes. */
const turnMs = 5;
const changesPerLook = 64;

/** A batch ready to be committed: what hands it to LMDB inside a transaction, and the meta that then holds. */
export interface EncodedBatch {
  readonly run: LmdbCommit["puts"];
  /** To be called when the transaction is flushed, and never if that failed. */
  readonly recycle: () => void;
  readonly meta: StoreMeta;
}

/**
 * Records from this size on are appended, which leaves fewer holes in pages of 16 KiB (at 768 dimensions 3,282 bytes a
 * row rather than 4,101), and costs 1.2 µs each in promises. Short records leave few holes anyway.
 */
const appendedBytesMin = 1024;

/** Encodes a batch that `checkBatch` let pass. Gives way to the event loop between parts of a large one. */
export async function encodeBatch(
  batch: StoreBatch,
  tables: PointTables,
  committed: CommittedState,
): Promise<EncodedBatch> {
  const encoder = new BatchEncoder(batch, tables, committed);
  const changes = byRow(batch.changes);
  let end = performance.now() + turnMs;
  for (let i = 0; i < changes.length; i++) {
    encoder.encode(changes[i]!);
    // Also behind the last one: all of a batch goes to LMDB in one turn, which had better be a fresh one.
    if ((i + 1) % changesPerLook > 0 && i + 1 < changes.length) continue;
    if (performance.now() < end) continue;
    await new Promise((resolve) => setImmediate(resolve));
    end = performance.now() + turnMs;
  }
  return encoder.finish(batch.sequence);
}

/** Rows are appended in ascending order; callers mostly have them so. */
function byRow(changes: readonly StoreChange[]): readonly StoreChange[] {
  const isAscending = changes.every((change, i) => i === 0 || changes[i - 1]!.row < change.row);
  return isAscending ? changes : changes.toSorted((a, b) => a.row - b.row);
}

class BatchEncoder {
  readonly #tables: PointTables;
  readonly #committed: CommittedState;
  readonly #points: RowWrites;
  readonly #vectors: readonly RowWrites[];
  readonly #ids: IdWrites;
  readonly #pointSlab: Slab;
  readonly #vectorSlabs: readonly Slab[];
  readonly #idSlab: Slab;
  readonly #rowDigest: KeyDigestBuilder;
  readonly #idDigest: KeyDigestBuilder;
  readonly #fieldDigests: readonly KeyDigestBuilder[];
  readonly #added: number[] = [];
  readonly #removed: number[] = [];
  readonly #changed: number[] = [];

  constructor({ changes }: StoreBatch, tables: PointTables, committed: CommittedState) {
    const { meta, keys } = committed;
    this.#tables = tables;
    this.#committed = committed;
    this.#points = new RowWrites(tables.points, Number.POSITIVE_INFINITY);
    this.#vectors = tables.vectors.map((table, field) => {
      const isAppended = vectorRecordBytes(meta.fields[field]!.dimension) >= appendedBytesMin;
      // Rows from the row end on were never put into any table, and come here in ascending order.
      return new RowWrites(table, isAppended ? meta.rowEnd : Number.POSITIVE_INFINITY);
    });
    this.#ids = new IdWrites(tables.ids, keys);
    this.#pointSlab = new Slab(changes.length * 256);
    this.#vectorSlabs = meta.fields.map(
      ({ dimension }) => new Slab(changes.length * vectorRecordBytes(dimension)),
    );
    this.#idSlab = new Slab(changes.length * idRecordBytes);
    this.#rowDigest = new KeyDigestBuilder(meta.rows);
    this.#idDigest = new KeyDigestBuilder(meta.ids);
    this.#fieldDigests = meta.fields.map(({ rows }) => new KeyDigestBuilder(rows));
  }

  encode(change: StoreChange): void {
    switch (change.kind) {
      case "put":
        return this.#put(change);
      case "remove":
        return this.#remove(change);
      case "metadata":
        return this.#putMetadata(change);
      default:
        change satisfies never;
    }
  }

  #put(change: PutPoint): void {
    const { id, row, replacedRow } = change;
    if (replacedRow !== -1) this.#removeOld(change);
    const length = writePointRecord(this.#pointSlab, change);
    const hash = writtenIdHash(this.#pointSlab.chunk, this.#pointSlab.offset, row);
    this.#points.put(row, this.#pointSlab, length);
    writeIdRecord(this.#idSlab, row, hash);
    this.#ids.put(id, this.#idSlab);
    this.#idDigest.add(hash);
    this.#rowDigest.add(row);
    this.#added.push(row);
    this.#putVectors(change);
  }

  #putVectors({ row, vectors }: PutPoint): void {
    for (let field = 0; field < vectors.length; field++) {
      const vector = vectors[field];
      if (vector === undefined) continue;
      const slab = this.#vectorSlabs[field]!;
      const length = writeVectorRecord(slab, row, vector);
      this.#vectors[field]!.put(row, slab, length);
      this.#fieldDigests[field]!.add(row);
    }
  }

  /** Takes a replaced point out of the digests, and removes what of it is not written over. */
  #removeOld({ id, row, replacedRow, vectors }: PutPoint): void {
    this.#checkStored(id, replacedRow);
    this.#forgetKeys(id, replacedRow);
    if (replacedRow !== row) this.#points.remove(replacedRow);
    for (let field = 0; field < vectors.length; field++) {
      const isWrittenOver = replacedRow === row && vectors[field] !== undefined;
      this.#removeVector({ field, row: replacedRow, isWrittenOver });
    }
  }

  #remove({ id, row }: RemovePoint): void {
    this.#checkStored(id, row);
    this.#forgetKeys(id, row);
    this.#points.remove(row);
    this.#ids.remove(id);
    for (let field = 0; field < this.#vectors.length; field++) {
      this.#removeVector({ field, row, isWrittenOver: false });
    }
  }

  #forgetKeys(id: PointId, row: number): void {
    const { keys } = this.#committed;
    this.#idDigest.remove(keys.hash(keys.write(id), row));
    this.#rowDigest.remove(row);
    this.#removed.push(row);
  }

  #removeVector({ field, row, isWrittenOver }: { field: number; row: number; isWrittenOver: boolean }): void {
    if (!this.#committed.hasVector(field, row)) return;
    this.#fieldDigests[field]!.remove(row);
    if (!isWrittenOver) this.#vectors[field]!.remove(row);
  }

  #putMetadata(change: PutMetadata): void {
    this.#checkStored(change.id, change.row);
    const length = writePointRecord(this.#pointSlab, change);
    this.#points.put(change.row, this.#pointSlab, length);
    this.#changed.push(change.row);
  }

  #checkStored(id: PointId, row: number): void {
    assert(this.#committed.rowOf(id) === row, `the id ${String(id)} must lie in row ${row}`);
  }

  finish(sequence: number): EncodedBatch {
    const before = this.#committed.meta;
    const rowEnd = Math.max(before.rowEnd, (this.#added.at(-1) ?? -1) + 1);
    const changes = this.#changes(sequence);
    const changeDigest = new KeyDigestBuilder(before.changes);
    if (changes !== undefined) changeDigest.add(changeHash(changes.key));
    const meta: StoreMeta = {
      sequence,
      trimmedTo: before.trimmedTo,
      rowEnd,
      rows: this.#rowDigest.digest(),
      ids: this.#idDigest.digest(),
      changes: changeDigest.digest(),
      fields: before.fields.map(({ dimension }, i) => ({ dimension, rows: this.#fieldDigests[i]!.digest() })),
    };
    const run = (): Promise<boolean>[] => {
      const appended: Promise<boolean>[] = [];
      this.#points.run(appended);
      for (const vectors of this.#vectors) vectors.run(appended);
      this.#ids.run();
      if (changes !== undefined) void this.#tables.changes.put(changes.key, changes.record);
      return appended;
    };
    const recycle = (): void => {
      for (const slab of [this.#pointSlab, this.#idSlab, ...this.#vectorSlabs]) slab.recycle();
    };
    return { run, recycle, meta };
  }

  /** The record of the rows that came, went or changed, if any did. */
  #changes(sequence: number): { key: Uint8Array; record: Uint8Array } | undefined {
    if (this.#added.length + this.#removed.length + this.#changed.length === 0) return undefined;
    const added = Uint32Array.from(this.#added);
    const removed = Uint32Array.from(this.#removed).sort();
    // Changes come by row.
    const changed = Uint32Array.from(this.#changed);
    return { key: changeKey(sequence), record: writeChangeRecord({ sequence, added, removed, changed }) };
  }
}
