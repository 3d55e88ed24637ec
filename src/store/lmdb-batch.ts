// Turns a batch of changes into the writes of one LMDB transaction, and the store's meta into the one after it.

import { assert } from "../base/assert.js";
import { KeyDigestBuilder } from "../base/key-digest.js";
import type { PointId } from "../model/point.js";
import { changeHash, changeKey, writeChangeRecord } from "./change-record.js";
import { idKey } from "./id-key.js";
import type { LmdbTable } from "./lmdb-environment.js";
import { LmdbWrites } from "./lmdb-writes.js";
import { idHash, vectorRecordBytes, writeIdRecord, writePointRecord, writeVectorRecord } from "./point-record.js";
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
  rowOf(id: PointId): number;
  hasVector(field: number, row: number): boolean;
}

/** Changes encoded in one turn of the event loop: about 2 ms of them at 128 dimensions. */
const changesPerTurn = 1000;

/** Encodes a batch that `checkBatch` let pass. Gives way to the event loop between parts of a large one. */
export async function encodeBatch(
  batch: StoreBatch,
  tables: PointTables,
  committed: CommittedState,
): Promise<{ writes: LmdbWrites; meta: StoreMeta }> {
  const encoder = new BatchEncoder(batch, tables, committed);
  const changes = byRow(batch.changes);
  for (let i = 0; i < changes.length; i++) {
    if (i > 0 && i % changesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    encoder.encode(changes[i]!);
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
  readonly #writes = new LmdbWrites();
  readonly #pointSlab: Slab;
  readonly #vectorSlabs: readonly Slab[];
  readonly #idSlab: Slab;
  readonly #rows: KeyDigestBuilder;
  readonly #ids: KeyDigestBuilder;
  readonly #fields: readonly KeyDigestBuilder[];
  readonly #added: number[] = [];
  readonly #removed: number[] = [];
  #rowEnd: number;

  constructor(batch: StoreBatch, tables: PointTables, committed: CommittedState) {
    const { meta } = committed;
    const count = batch.changes.length;
    this.#tables = tables;
    this.#committed = committed;
    this.#pointSlab = new Slab(count * 256);
    this.#vectorSlabs = meta.fields.map((field) => new Slab(count * vectorRecordBytes(field.dimension)));
    this.#idSlab = new Slab(count * 8);
    this.#rows = new KeyDigestBuilder(meta.rows);
    this.#ids = new KeyDigestBuilder(meta.ids);
    this.#fields = meta.fields.map((field) => new KeyDigestBuilder(field.rows));
    this.#rowEnd = meta.rowEnd;
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
    const { row, replacedRow } = change;
    if (replacedRow !== -1) this.#checkStored(change.id, replacedRow);
    const { record, idKey } = writePointRecord(this.#pointSlab, row, change.id, change.metadata);
    const hash = idHash(idKey, row);
    this.#putRecord(this.#tables.points, row, record);
    this.#putVectors(change);
    this.#writes.put(this.#tables.ids, idKey, writeIdRecord(this.#idSlab, row, hash));
    this.#added.push(row);
    if (replacedRow !== -1) {
      this.#removed.push(replacedRow);
      this.#ids.remove(idHash(idKey, replacedRow));
      this.#rows.remove(replacedRow);
      if (replacedRow !== row) this.#removeRecords(replacedRow);
    }
    this.#ids.add(hash);
    this.#rows.add(row);
    this.#rowEnd = Math.max(this.#rowEnd, row + 1);
  }

  #putVectors({ row, replacedRow, vectors }: PutPoint): void {
    for (let field = 0; field < vectors.length; field++) {
      const vector = vectors[field];
      const wasThere = replacedRow === row && this.#committed.hasVector(field, row);
      if (wasThere) this.#fields[field]!.remove(row);
      if (vector !== undefined) {
        this.#putRecord(this.#tables.vectors[field]!, row, writeVectorRecord(this.#vectorSlabs[field]!, row, vector));
        this.#fields[field]!.add(row);
      } else if (wasThere) {
        this.#writes.remove(this.#tables.vectors[field]!, row);
      }
    }
  }

  /**
   * Appends where that is safe: rows at or above `rowEnd` were never put into any table, and come here in ascending
   * order. LMDB drops an append that is out of order, and says nothing.
   */
  #putRecord(table: LmdbTable<number>, row: number, record: Uint8Array): void {
    if (row >= this.#committed.meta.rowEnd) this.#writes.append(table, row, record);
    else this.#writes.put(table, row, record);
  }

  #remove({ id, row }: RemovePoint): void {
    this.#checkStored(id, row);
    const key = idKey(id);
    this.#removeRecords(row);
    this.#writes.remove(this.#tables.ids, key);
    this.#removed.push(row);
    this.#ids.remove(idHash(key, row));
    this.#rows.remove(row);
  }

  #removeRecords(row: number): void {
    this.#writes.remove(this.#tables.points, row);
    for (let field = 0; field < this.#fields.length; field++) {
      if (!this.#committed.hasVector(field, row)) continue;
      this.#writes.remove(this.#tables.vectors[field]!, row);
      this.#fields[field]!.remove(row);
    }
  }

  #putMetadata({ id, row, metadata }: PutMetadata): void {
    this.#checkStored(id, row);
    this.#writes.put(this.#tables.points, row, writePointRecord(this.#pointSlab, row, id, metadata).record);
  }

  #checkStored(id: PointId, row: number): void {
    assert(this.#committed.rowOf(id) === row, `the id ${String(id)} must lie in row ${row}`);
  }

  finish(sequence: number): { writes: LmdbWrites; meta: StoreMeta } {
    const before = this.#committed.meta;
    const changes = new KeyDigestBuilder(before.changes);
    if (this.#added.length + this.#removed.length > 0) {
      const key = changeKey(sequence);
      changes.add(changeHash(key));
      const added = Uint32Array.from(this.#added);
      const removed = Uint32Array.from(this.#removed).sort();
      this.#writes.put(this.#tables.changes, key, writeChangeRecord({ sequence, added, removed }));
    }
    const meta: StoreMeta = {
      sequence,
      trimmedTo: before.trimmedTo,
      rowEnd: this.#rowEnd,
      rows: this.#rows.digest(),
      ids: this.#ids.digest(),
      changes: changes.digest(),
      fields: before.fields.map(({ dimension }, i) => ({ dimension, rows: this.#fields[i]!.digest() })),
    };
    return { writes: this.#writes, meta };
  }
}
