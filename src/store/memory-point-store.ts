// The points of a collection that is not kept: the same behaviour as the LMDB store, in plain maps.

import { assert } from "../base/assert.js";
import { OmenError } from "../base/omen-error.js";
import type { PointId } from "../model/point.js";
import { canonicalId, checkBatch, checkRow } from "./check-batch.js";
import { idKey } from "./id-key.js";
import type {
  PointStore,
  PutPoint,
  RowChanges,
  StoreBatch,
  StoreChange,
  StoredPoint,
  StoreState,
} from "./point-store.js";
import { SerialQueue } from "./serial-queue.js";

/** A point in its row; never changed, only replaced, so that iterations can keep it. */
interface MemoryPoint extends StoredPoint {
  readonly vectors: readonly (Float32Array | undefined)[];
}

/** An id in the order of ids. */
interface SortedId {
  readonly id: PointId;
  readonly row: number;
  readonly key: Buffer;
}

export interface MemoryPointStoreOptions {
  /** Components of a vector, one number a field, in the order of the configuration. */
  readonly dimensions: readonly number[];
}

/** Points in memory. Nothing of it ever fails but for being closed, or an assertion about the caller. */
export class MemoryPointStore implements PointStore {
  readonly #dimensions: readonly number[];
  readonly #queue = new SerialQueue();
  readonly #rows = new Map<PointId, number>();
  /** Replaced by a copy where a commit would change it under a walk. */
  #points = new Map<number, MemoryPoint>();
  /** Walks over `#points` that are not finished. */
  #walkCount = 0;
  readonly #changes: RowChanges[] = [];
  #state: StoreState = Object.freeze({ sequence: 0, pointCount: 0, rowEnd: 0 });
  #trimmedTo = 0;
  #isClosed = false;
  /** Replaced, never changed, so that walks keep the one they began with. Lacks `#touchedIds`. */
  #sortedIds: readonly SortedId[] = [];
  readonly #touchedIds = new Set<PointId>();
  #sortedRows: Uint32Array | undefined;

  constructor({ dimensions }: MemoryPointStoreOptions) {
    this.#dimensions = [...dimensions];
  }

  get state(): StoreState {
    return this.#state;
  }

  rowOf(id: PointId): number {
    this.#checkOpen();
    return this.#rows.get(canonicalId(id)) ?? -1;
  }

  idOf(row: number): PointId | undefined {
    return this.readPoint(row)?.id;
  }

  readPoint(row: number): StoredPoint | undefined {
    this.#checkOpen();
    checkRow(row);
    const point = this.#points.get(row);
    return point === undefined ? undefined : storedPoint(point);
  }

  readVector(field: number, row: number, target: Float32Array, offset: number): boolean {
    this.#checkOpen();
    checkRow(row);
    const vector = this.#points.get(row)?.vectors[field];
    if (vector === undefined) return false;
    target.set(vector, offset);
    return true;
  }

  *ids(after?: PointId): Generator<{ readonly id: PointId; readonly row: number }, void, undefined> {
    this.#checkOpen();
    const sorted = this.#idsInOrder();
    const first = after === undefined ? 0 : firstBehind(sorted, idKey(after));
    for (let i = first; i < sorted.length; i++) {
      const { id, row } = sorted[i]!;
      yield { id, row };
      this.#checkOpen();
    }
  }

  /** Where little changed since the last call, the sort only merges two runs. */
  #idsInOrder(): readonly SortedId[] {
    if (this.#touchedIds.size === 0) return this.#sortedIds;
    const sorted = this.#sortedIds.filter(({ id }) => !this.#touchedIds.has(id));
    for (const id of this.#touchedIds) {
      const row = this.#rows.get(id);
      if (row !== undefined) sorted.push({ id, row, key: idKey(id) });
    }
    this.#touchedIds.clear();
    this.#sortedIds = sorted.sort((a, b) => Buffer.compare(a.key, b.key));
    return this.#sortedIds;
  }

  *points(from = 0): Generator<{ readonly row: number; readonly point: StoredPoint }, void, undefined> {
    for (const { row, point } of this.#walk(from)) yield { row, point: storedPoint(point) };
  }

  *rows(from = 0): Generator<number, void, undefined> {
    for (const { row } of this.#walk(from)) yield row;
  }

  *rowsOf(field: number): Generator<number, void, undefined> {
    for (const { row, point } of this.#walk(0)) if (point.vectors[field] !== undefined) yield row;
  }

  *#walk(from: number): Generator<{ readonly row: number; readonly point: MemoryPoint }, void, undefined> {
    this.#checkOpen();
    const points = this.#points;
    const rows = (this.#sortedRows ??= Uint32Array.from(points.keys()).sort());
    this.#walkCount++;
    try {
      for (let i = firstFrom(rows, from); i < rows.length; i++) {
        const row = rows[i]!;
        yield { row, point: points.get(row)! };
        this.#checkOpen();
      }
    } finally {
      if (points === this.#points) this.#walkCount--;
    }
  }

  changesSince(sequence: number): IterableIterator<RowChanges> | undefined {
    this.#checkOpen();
    if (sequence < this.#trimmedTo) return undefined;
    return this.#changesSince(sequence);
  }

  *#changesSince(sequence: number): Generator<RowChanges, void, undefined> {
    this.#checkOpen();
    const changes = this.#changes.filter((change) => change.sequence > sequence);
    for (const { sequence, added, removed, changed } of changes) {
      yield { sequence, added: added.slice(), removed: removed.slice(), changed: changed.slice() };
      this.#checkOpen();
    }
  }

  commit(batch: StoreBatch, applied: () => void = () => {}): Promise<void> {
    return this.#queue.run(async () => {
      this.#checkOpen();
      checkBatch(batch, this.#state, this.#dimensions);
      this.#checkStored(batch.changes);
      this.#copyUnderWalks();
      this.#apply(batch);
      applied();
    });
  }

  #checkStored(changes: readonly StoreChange[]): void {
    for (const change of changes) {
      idKey(change.id); // Asserts that the id has a key of its own.
      const row = change.kind === "put" ? change.replacedRow : change.row;
      if (row !== -1)
        assert(this.rowOf(change.id) === row, `the id ${String(change.id)} must lie in row ${row}`);
    }
  }

  #copyUnderWalks(): void {
    if (this.#walkCount === 0) return;
    this.#points = new Map(this.#points);
    this.#walkCount = 0;
  }

  #apply({ sequence, changes }: StoreBatch): void {
    const added: number[] = [];
    const removed: number[] = [];
    const changed: number[] = [];
    for (const change of changes) {
      if (change.kind === "metadata") {
        changed.push(change.row);
        this.#points.set(change.row, { ...this.#points.get(change.row)!, metadata: change.metadata });
        continue;
      }
      const oldRow = change.kind === "put" ? change.replacedRow : change.row;
      if (oldRow !== -1) removed.push(oldRow);
      this.#removePoint(canonicalId(change.id), oldRow);
      if (change.kind === "remove") continue;
      added.push(change.row);
      this.#putPoint(change);
    }
    if (added.length + removed.length > 0) this.#sortedRows = undefined;
    if (added.length + removed.length + changed.length > 0) {
      const rows = { added: sortedRows(added), removed: sortedRows(removed), changed: sortedRows(changed) };
      this.#changes.push({ sequence, ...rows });
    }
    const rowEnd = added.reduce((end, row) => Math.max(end, row + 1), this.#state.rowEnd);
    this.#state = Object.freeze({ sequence, pointCount: this.#points.size, rowEnd });
  }

  #removePoint(id: PointId, row: number): void {
    this.#points.delete(row);
    this.#rows.delete(id);
    this.#touchedIds.add(id);
  }

  #putPoint({ id, row, metadata, vectors }: PutPoint): void {
    const canonical = canonicalId(id);
    this.#points.set(row, { id: canonical, metadata, vectors: vectors.map((vector) => vector?.slice()) });
    this.#rows.set(canonical, row);
  }

  trimChanges(sequence: number): Promise<void> {
    return this.#queue.run(async () => {
      this.#checkOpen();
      assert(
        sequence <= this.#state.sequence,
        `changes can be trimmed up to ${this.#state.sequence}, not ${sequence}`,
      );
      if (sequence <= this.#trimmedTo) return;
      const keptFrom = this.#changes.findIndex((change) => change.sequence > sequence);
      this.#changes.splice(0, keptFrom === -1 ? this.#changes.length : keptFrom);
      this.#trimmedTo = sequence;
    });
  }

  async flush(): Promise<void> {}

  async verifyKeys(): Promise<void> {
    this.#checkOpen();
  }

  fileBytes(): number {
    this.#checkOpen();
    return 0;
  }

  usedBytes(): number {
    return this.fileBytes();
  }

  /** Memory of what is removed is free at once. */
  async compact(): Promise<void> {
    await this.#queue.idle();
    this.#checkOpen();
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    this.#isClosed = true;
  }

  #checkOpen(): void {
    if (this.#isClosed)
      throw new OmenError("closed", "store_closed", "The store in memory is closed. Open a new one.");
  }
}

function storedPoint({ id, metadata }: MemoryPoint): StoredPoint {
  return { id, metadata };
}

function sortedRows(rows: readonly number[]): Uint32Array {
  return Uint32Array.from(rows).sort();
}

/** The place of the first row that is not below `from`. */
function firstFrom(rows: Uint32Array, from: number): number {
  return partitionPoint(rows.length, (i) => rows[i]! < from);
}

/** The place of the first id behind `key`. */
function firstBehind(ids: readonly SortedId[], key: Buffer): number {
  return partitionPoint(ids.length, (i) => Buffer.compare(ids[i]!.key, key) <= 0);
}

/** The first of `0 … length` for which `isBefore`, true and then false, is false. */
function partitionPoint(length: number, isBefore: (i: number) => boolean): number {
  let start = 0;
  let end = length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (isBefore(middle)) start = middle + 1;
    else end = middle;
  }
  return start;
}
