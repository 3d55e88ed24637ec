// The points of one collection in one LMDB environment. Layout of the records: docs/internals/formats.md; why
// it is so: docs/decisions/lmdb.md.
//
//   points       row        checksum, id, metadata
//   vectors/<n>  row        vector of field n, checksum
//   ids          id key     row, checksum
//   changes      sequence   rows added and removed
//   meta         "state"    sequence, counts, digests of keys, dimensions

import { open as openFile } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../base/assert.js";
import { type KeyDigest, KeyDigestBuilder, sameKeyDigest } from "../base/key-digest.js";
import type { OmenError } from "../base/omen-error.js";
import type { PointId } from "../model/point.js";
import { changeHash, changeKey, changeSequence, readChangeRecord } from "./change-record.js";
import { checkBatch, checkRow } from "./check-batch.js";
import { checkStore, type CheckStoreOptions, type StoreFindings } from "./check-store.js";
import {
  canCompact,
  openCompactCopy,
  type CopySources,
  type OpenedTables,
  removeCopy,
  tablesOf,
} from "./compact-copy.js";
import { holdFile, type HeldFile } from "./held-file.js";
import { idKey, IdKeyWriter, readIdKey } from "./id-key.js";
import { encodeBatch, type EncodedBatch, type PointTables } from "./lmdb-batch.js";
import {
  type LmdbCommit,
  LmdbEnvironment,
  type LmdbEnvironmentOptions,
  type LmdbTable,
} from "./lmdb-environment.js";
import { keysMissing, openPointTables, stateKey } from "./open-point-tables.js";
import {
  type IdPlace,
  isVectorIntact,
  type ReadBuffer,
  readIdRecord,
  readPointRecord,
  recordCorrupt,
  vectorChecksum,
  vectorRecordBytes,
} from "./point-record.js";
import type { PointStore, RowChanges, StoreBatch, StoredPoint, StoreState } from "./point-store.js";
import { RowIds } from "./row-ids.js";
import { SerialQueue } from "./serial-queue.js";
import { type StoreMeta, writeStoreMeta } from "./store-meta.js";
import { syncFolder } from "./sync-path.js";

export interface LmdbPointStoreOptions extends Pick<
  LmdbEnvironmentOptions,
  "mode" | "freeBytes" | "durability" | "flushData"
> {
  /** Components of a vector, one number a field, in the order of the configuration. */
  readonly dimensions: readonly number[];
  /** Called with the folder of a compacting copy when it is written and before it is looked at. For tests. */
  readonly onCopied?: (folder: string) => Promise<void>;
}

/**
 * Opens the store in `folder`, creating it if there is none and `mode` is not `"open"`. Throws OmenError `corrupt`
 * (`store_missing`, `file_damaged`, `file_truncated`, `meta_corrupt`, `dimensions_mismatch`, `keys_missing`),
 * `unsupported` (`format_version`), `conflict` (`store_exists`) or `unavailable` (`open_failed`). The caller has
 * locked the folder: two processes that write one store break it.
 */
export async function openLmdbPointStore(
  folder: string,
  options: LmdbPointStoreOptions,
): Promise<PointStore> {
  const { dimensions, onCopied, ...rest } = options;
  const environmentOptions = { ...rest, tableCountMax: 4 + dimensions.length };
  await removeCopy(folder);
  const environment = await LmdbEnvironment.open(folder, environmentOptions);
  try {
    const { tables, meta } = await openPointTables(environment, { dimensions, mode: rest.mode });
    // The catalogue, which is always flushed, may name it from now on.
    if (meta.sequence === 0) await environment.flush();
    return new LmdbPointStore({ environment, tables }, meta, { options: environmentOptions, onCopied });
  } catch (error) {
    await environment.close();
    throw error;
  }
}

/** A walk over the keys of a table of rows. */
interface RowWalk {
  readonly name: string;
  readonly table: LmdbTable<number>;
  readonly expected: KeyDigest;
  readonly from: number;
}

/** How a compacting copy is opened. */
type CopyOptions = Pick<CopySources, "options" | "onCopied">;

class LmdbPointStore implements PointStore {
  // Compacting replaces these two in one turn; an iteration keeps those that it began with.
  #environment: LmdbEnvironment;
  #tables: PointTables;
  readonly #copyOptions: CopyOptions;
  /** Those replaced, until the last iteration over them has ended. */
  readonly #retired = new Map<LmdbEnvironment, Promise<void>>();
  readonly #dimensions: readonly number[];
  readonly #queue = new SerialQueue();
  readonly #keys = new IdKeyWriter();
  readonly #idPlace: IdPlace;
  readonly #rowIds = new RowIds();
  #meta: StoreMeta;
  #state: StoreState;
  // Views of the buffer that lmdb reads into, kept because making them costs as much as the read.
  #readBuffer: ReadBuffer = { bytes: Buffer.alloc(0), words: new Int32Array(0) };
  /** One a field. */
  #floats: readonly Float32Array[] = [];

  constructor({ environment, tables }: OpenedTables, meta: StoreMeta, copyOptions: CopyOptions) {
    this.#environment = environment;
    this.#tables = tables;
    this.#copyOptions = copyOptions;
    this.#dimensions = meta.fields.map((field) => field.dimension);
    this.#idPlace = { keys: this.#keys, folder: environment.folder };
    this.#meta = meta;
    this.#state = stateOf(meta);
  }

  get state(): StoreState {
    return this.#state;
  }

  rowOf(id: PointId): number {
    const key = this.#keys.write(id);
    const record = this.#environment.read(this.#tables.ids, key);
    return record === undefined ? -1 : readIdRecord(record, key, this.#idPlace);
  }

  idOf(row: number): PointId | undefined {
    if (this.#environment.isClosed) throw this.#environment.closedError();
    const known = this.#rowIds.get(row);
    if (known !== undefined) return known;
    const id = this.readPoint(row)?.id;
    if (id !== undefined) this.#rowIds.set(row, id);
    return id;
  }

  readPoint(row: number): StoredPoint | undefined {
    checkRow(row);
    const record = this.#environment.read(this.#tables.points, row);
    return record === undefined ? undefined : this.#pointOf(record, row);
  }

  #pointOf(record: Buffer, row: number): StoredPoint {
    const { folder } = this.#environment;
    return readPointRecord(this.#readBufferOf(record), record.length, { row, folder });
  }

  readVector(field: number, row: number, target: Float32Array, offset: number): boolean {
    const words = this.#readVectorRecord(field, row);
    if (words === undefined) return false;
    if (!isVectorIntact(words, this.#dimensions[field]!, row)) throw this.#vectorCorrupt(field, row);
    target.set(this.#floats[field]!, offset);
    return true;
  }

  readVectorUnchecked(field: number, row: number, target: Float32Array, offset: number): number {
    const words = this.#readVectorRecord(field, row);
    if (words === undefined) return -1;
    target.set(this.#floats[field]!, offset);
    return vectorChecksum(words, this.#dimensions[field]!);
  }

  /** The words of a vector's record, of which only the length is known to be right. */
  #readVectorRecord(field: number, row: number): Int32Array | undefined {
    checkRow(row);
    const record = this.#environment.read(this.#tables.vectors[field]!, row);
    if (record === undefined) return undefined;
    const { words } = this.#readBufferOf(record);
    if (record.length === vectorRecordBytes(this.#dimensions[field]!)) return words;
    throw this.#vectorCorrupt(field, row);
  }

  #vectorCorrupt(field: number, row: number): OmenError {
    return recordCorrupt(`vector of field ${field} in row ${row}`, this.#environment.folder);
  }

  /** lmdb reads into one buffer a thread, which it replaces only for values above 16 MiB; views of it are kept. */
  #readBufferOf(record: Buffer): ReadBuffer {
    if (record.buffer !== this.#readBuffer.bytes.buffer) {
      const { buffer, byteOffset } = record;
      assert(byteOffset === 0, "lmdb reads to the start of its buffer");
      this.#readBuffer = {
        bytes: Buffer.from(buffer),
        words: new Int32Array(buffer, 0, buffer.byteLength >> 2),
      };
      this.#floats = this.#dimensions.map((dimension) => new Float32Array(buffer, 0, dimension));
    }
    return this.#readBuffer;
  }

  *ids(after?: PointId): Generator<{ readonly id: PointId; readonly row: number }, void, undefined> {
    const { ids } = this.#tables;
    const { ids: expected } = this.#meta;
    const digest = new KeyDigestBuilder();
    const start = after === undefined ? {} : { start: idKey(after), exclusiveStart: true };
    for (const { key, value } of this.#environment.scan((options) =>
      ids.getRange({ ...options, ...start }),
    )) {
      const copied = this.#keys.copy(key);
      const row = readIdRecord(bufferOf(value), copied, this.#idPlace);
      digest.add(this.#keys.hash(copied, row));
      yield { id: readIdKey(bufferOf(key), 0, key.length), row };
    }
    if (after === undefined) checkKeys(this.#environment.folder, "ids", digest, expected);
  }

  *points(from = 0): Generator<{ readonly row: number; readonly point: StoredPoint }, void, undefined> {
    const environment = this.#environment;
    const { points } = this.#tables;
    const snapshot = environment.snapshot.hold();
    try {
      for (const row of this.rows(from)) {
        const record = environment.read(points, row, snapshot);
        assert(record !== undefined, "a key and its record are in the same snapshot");
        yield { row, point: this.#pointOf(record, row) };
      }
    } finally {
      snapshot.release();
    }
  }

  *rows(from = 0): Generator<number, void, undefined> {
    const { rows: expected } = this.#meta;
    yield* this.#rows({ name: "points", table: this.#tables.points, expected, from });
  }

  *rowsOf(field: number): Generator<number, void, undefined> {
    const { rows: expected } = this.#meta.fields[field]!;
    yield* this.#rows({ name: `vectors/${field}`, table: this.#tables.vectors[field]!, expected, from: 0 });
  }

  *#rows({ name, table, expected, from }: RowWalk): Generator<number, void, undefined> {
    const digest = new KeyDigestBuilder();
    for (const row of this.#environment.scan((options) => table.getKeys({ ...options, start: from }))) {
      digest.add(row);
      yield row;
    }
    if (from === 0) checkKeys(this.#environment.folder, name, digest, expected);
  }

  changesSince(sequence: number): IterableIterator<RowChanges> | undefined {
    if (this.#environment.isClosed) throw this.#environment.closedError();
    if (sequence < this.#meta.trimmedTo) return undefined;
    // Checked before the first of them is used, not after the last, because what lacks one must not be applied.
    this.#checkChangeKeys();
    return this.#changesSince(sequence);
  }

  *#changesSince(sequence: number): Generator<RowChanges, void, undefined> {
    const { changes } = this.#tables;
    const start = { start: changeKey(sequence), exclusiveStart: true };
    for (const { key, value } of this.#environment.scan((options) =>
      changes.getRange({ ...options, ...start }),
    )) {
      yield readChangeRecord(value, changeSequence(key), this.#environment.folder);
    }
  }

  #checkChangeKeys(): void {
    const { changes } = this.#tables;
    const digest = new KeyDigestBuilder();
    for (const key of this.#environment.scan((options) => changes.getKeys(options)))
      digest.add(changeHash(key));
    checkKeys(this.#environment.folder, "changes", digest, this.#meta.changes);
  }

  commit(batch: StoreBatch, applied: () => void = () => {}): Promise<void> {
    return this.#queue.run(async () => {
      checkBatch(batch, this.#state, this.#dimensions);
      const { run, recycle, meta } = await encodeBatch(batch, this.#tables, {
        meta: this.#meta,
        keys: this.#keys,
        rowOf: (id) => this.rowOf(id),
        hasVector: (field, row) => this.#environment.read(this.#tables.vectors[field]!, row) !== undefined,
      });
      const isFreeing = batch.changes.every((change) => change.kind === "remove");
      const apply = (): void => {
        this.#forgetIds(batch);
        applied();
      };
      await this.#write(run, meta, { applied: apply, purpose: isFreeing ? "free" : "write" });
      recycle();
    });
  }

  #forgetIds({ changes }: StoreBatch): void {
    for (const change of changes) {
      if (change.kind === "remove") this.#rowIds.forget(change.row);
      if (change.kind === "put" && change.replacedRow >= 0) this.#rowIds.forget(change.replacedRow);
    }
  }

  trimChanges(sequence: number): Promise<void> {
    return this.#queue.run(async () => {
      const meta = this.#meta;
      assert(sequence <= meta.sequence, `changes can be trimmed up to ${meta.sequence}, not ${sequence}`);
      if (sequence <= meta.trimmedTo) return;
      const trimmed: Uint8Array[] = [];
      const digest = new KeyDigestBuilder(meta.changes);
      for (const key of this.#environment.scan((options) => this.#tables.changes.getKeys(options))) {
        if (changeSequence(key) > sequence) break;
        trimmed.push(key);
        digest.remove(changeHash(key));
      }
      const run = (): [] => {
        for (const key of trimmed) this.#tables.changes.remove(key);
        return [];
      };
      await this.#write(
        run,
        { ...meta, trimmedTo: sequence, changes: digest.digest() },
        {
          applied: () => {},
          purpose: "free",
        },
      );
    });
  }

  async #write(
    run: EncodedBatch["run"],
    meta: StoreMeta,
    { applied, purpose }: Pick<LmdbCommit, "applied" | "purpose">,
  ): Promise<void> {
    const record = writeStoreMeta(meta);
    await this.#environment.commit({
      puts: () => {
        void this.#tables.meta.put(stateKey, record);
        return run();
      },
      applied: () => {
        this.#meta = meta;
        this.#state = stateOf(meta);
        applied();
      },
      purpose,
    });
  }

  flush(): Promise<void> {
    // In the queue, so that no commit is in flight.
    return this.#queue.run(() => this.#environment.flush());
  }

  async verifyKeys(): Promise<void> {
    // All walks begin in this turn, so that they see the store in one state.
    const walks: Iterator<unknown>[] = [this.rows(), this.ids()];
    for (let field = 0; field < this.#dimensions.length; field++) walks.push(this.rowsOf(field));
    this.#checkChangeKeys();
    await finishInTurns(walks);
  }

  async check(options: Omit<CheckStoreOptions, "openStill">): Promise<StoreFindings> {
    const { folder } = this.#environment;
    try {
      // In the queue no commit is in flight, and compacting does not rename the file or the table of its readers.
      const openStill: CheckStoreOptions["openStill"] = (open) => this.#queue.run(open);
      return await checkStore({ folder, dimensions: this.#dimensions }, { ...options, openStill });
    } finally {
      // One that was ended while it read would keep LMDB from using pages again.
      this.#environment.forgetDeadReaders();
    }
  }

  holdFile(): Promise<HeldFile> {
    return this.#queue.run(() => holdFile(this.#environment, this.#state));
  }

  fileBytes(): number {
    return this.#environment.fileBytes();
  }

  usedBytes(): number {
    if (this.#environment.isClosed) throw this.#environment.closedError();
    return canCompact ? this.#environment.usedBytes(tablesOf(this.#tables)) : this.fileBytes();
  }

  compact(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#environment.isClosed) throw this.#environment.closedError();
      if (!canCompact) return;
      const { folder } = this.#environment;
      const sources = { environment: this.#environment, tables: this.#tables, meta: this.#meta };
      const copy = await openCompactCopy({ ...sources, ...this.#copyOptions });
      try {
        await this.#goOver(copy);
      } finally {
        // What is left is removed at the next opening if not now.
        await removeCopy(folder).catch(() => {});
      }
      copy.environment.assertSound();
    });
  }

  async #goOver({ environment, tables }: OpenedTables): Promise<void> {
    const before = this.#environment;
    const { folder } = before;
    // From here on either file is right by itself, and no commit comes until the new one has taken its place.
    await before.finishFlushes().catch(closing(environment));
    const handle = await openFile(join(folder, "data.mdb"), "r").catch(closing(environment));
    try {
      environment.replace(folder);
    } catch (error) {
      await handle.close();
      await environment.close();
      throw error;
    }
    // In the turn of the renaming, so that all that is read comes from one file that is open.
    this.#environment = environment;
    this.#tables = tables;
    const retired = before.retire(handle).finally(() => this.#retired.delete(before));
    retired.catch(() => {}); // Nothing is lost with the old file; `close` tells.
    this.#retired.set(before, retired);
    try {
      await syncFolder(folder);
    } catch (error) {
      // Either file may be there after a power cut: nothing may come that is in one of them only.
      environment.poison(error);
    }
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    for (const [environment, retired] of this.#retired) {
      await environment.close();
      await retired;
    }
    await this.#environment.close();
  }
}

/** Closes an environment that is not needed after all, for the sake of an error. */
function closing(environment: LmdbEnvironment): (error: unknown) => Promise<never> {
  return async (error) => {
    await environment.close();
    throw error;
  };
}

function checkKeys(folder: string, table: string, found: KeyDigestBuilder, expected: KeyDigest): void {
  const digest = found.digest();
  if (sameKeyDigest(digest, expected)) return;
  throw keysMissing(
    folder,
    table,
    `${digest.count} records, ${expected.count} were written, and their keys differ`,
  );
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

const stepsPerTurn = 4000;

/** Runs all iterators to their ends, a few thousand steps in one turn of the event loop. */
async function finishInTurns(iterators: readonly Iterator<unknown>[]): Promise<void> {
  try {
    let unfinished = iterators;
    while (unfinished.length > 0) {
      unfinished = unfinished.filter((iterator) => !runSteps(iterator, stepsPerTurn));
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}

function runSteps(iterator: Iterator<unknown>, stepCount: number): boolean {
  for (let i = 0; i < stepCount; i++) if (iterator.next().done === true) return true;
  return false;
}

function stateOf({ sequence, rows, rowEnd }: StoreMeta): StoreState {
  return Object.freeze({ sequence, pointCount: rows.count, rowEnd });
}
