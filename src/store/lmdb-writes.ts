// The writes of one transaction, collected before it begins: LMDB commits what came before an error in its callback,
// so everything that can fail is done by then.

import type { PointId } from "../model/point.js";
import type { IdKeyWriter } from "./id-key.js";
import type { LmdbTable } from "./lmdb-environment.js";
import { idRecordBytes } from "./point-record.js";
import type { Chunk, Slab } from "./slab.js";

const append = Object.freeze({ append: true as const });

/**
 * A buffer of which lmdb stores the part from `start` to `end`: the form in which its own encoders hand over values,
 * without a view for each. Not documented; `lmdb-traps.test.ts` sees to it that it holds.
 */
interface SpannedBuffer extends Uint8Array {
  start?: number;
  end?: number;
}

/**
 * Puts and removes of rows of one table. Rows from `appendFrom` on are put in ascending order. Lists
 * of numbers, because an object a write costs as much as its put.
 */
export class RowWrites {
  readonly #table: LmdbTable<number>;
  readonly #rows: number[] = [];
  /** `undefined` removes. */
  readonly #chunks: (Chunk | undefined)[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #appendFrom: number;

  constructor(table: LmdbTable<number>, appendFrom: number) {
    this.#table = table;
    this.#appendFrom = appendFrom;
  }

  /** Puts the `length` bytes at the slab's offset, and advances it. */
  put(row: number, slab: Slab, length: number): void {
    this.#rows.push(row);
    this.#chunks.push(slab.chunk);
    this.#starts.push(slab.offset);
    this.#ends.push(slab.offset + length);
    slab.advance(length);
  }

  remove(row: number): void {
    this.#rows.push(row);
    this.#chunks.push(undefined);
    this.#starts.push(0);
    this.#ends.push(0);
  }

  /** Hands the writes to LMDB, inside the callback of a transaction; adds the promises of those appended. */
  run(appended: Promise<boolean>[]): void {
    for (let i = 0; i < this.#rows.length; i++) {
      const row = this.#rows[i]!;
      const chunk = this.#chunks[i];
      if (chunk === undefined) {
        this.#table.remove(row);
        continue;
      }
      const value = spanned(chunk, this.#starts[i]!, this.#ends[i]!);
      if (row >= this.#appendFrom) appended.push(this.#table.put(row, value, append));
      else void this.#table.put(row, value);
    }
  }
}

/** Puts and removes of ids. Keys are written again at the end, because lmdb copies them at once. */
export class IdWrites {
  readonly #table: LmdbTable<Uint8Array>;
  readonly #keys: IdKeyWriter;
  readonly #ids: PointId[] = [];
  /** `undefined` removes. */
  readonly #chunks: (Chunk | undefined)[] = [];
  readonly #starts: number[] = [];

  constructor(table: LmdbTable<Uint8Array>, keys: IdKeyWriter) {
    this.#table = table;
    this.#keys = keys;
  }

  /** Puts the record at the slab's offset, and advances it. */
  put(id: PointId, slab: Slab): void {
    this.#ids.push(id);
    this.#chunks.push(slab.chunk);
    this.#starts.push(slab.offset);
    slab.advance(idRecordBytes);
  }

  remove(id: PointId): void {
    this.#ids.push(id);
    this.#chunks.push(undefined);
    this.#starts.push(0);
  }

  /** Hands the writes to LMDB, inside the callback of a transaction. */
  run(): void {
    for (let i = 0; i < this.#ids.length; i++) {
      const key = this.#keys.write(this.#ids[i]!);
      const chunk = this.#chunks[i];
      const start = this.#starts[i]!;
      if (chunk === undefined) this.#table.remove(key);
      else void this.#table.put(key, spanned(chunk, start, start + idRecordBytes));
    }
  }
}

function spanned(chunk: Chunk, start: number, end: number): SpannedBuffer {
  const value: SpannedBuffer = chunk.bytes;
  value.start = start;
  value.end = end;
  return value;
}
