// One LMDB environment, held the one way that keeps its promises: options under which an acknowledged transaction
// is flushed, reads from a pinned snapshot, failures as OmenErrors. It knows nothing of points. What LMDB does
// otherwise, by experiment: docs/decisions/lmdb.md.

import { renameSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type RootDatabase, open as openLmdb } from "./lmdb-module.js";
import { assert } from "../base/assert.js";
import { OmenError } from "../base/omen-error.js";
import type { ResolvedDurability } from "../model/durability.js";
import { IntervalFlusher } from "./interval-flusher.js";
import { commitCause, commitError, freeBytes, lmdbError, refusalOf } from "./lmdb-error.js";
import { LmdbSnapshot } from "./lmdb-snapshot.js";
import { checkFile, prepareFile } from "./prepare-file.js";
import { ReserveFile } from "./reserve-file.js";
import { syncFile, syncFolder } from "./sync-path.js";

/** A sub-database with values of bytes. Keys are compared as unsigned integers, or as bytes. */
export interface LmdbTable<Key extends number | Uint8Array> {
  /** A buffer that the next read of any table of this thread overwrites; its `byteLength` and views are not its own. */
  getBinaryFast(key: Key, options: ReadOptions): Buffer | undefined;
  /**
   * Only inside `commit`. With `append` it resolves to false and stores nothing unless the key is above every key
   * there is; such promises must be handed to `commit`, because they reject of themselves.
   */
  put(key: Key, value: Uint8Array, options?: { readonly append: true }): Promise<boolean>;
  /** Only inside `commit`. */
  remove(key: Key): unknown;
  getRange(options: RangeOptions<Key>): Iterable<{ readonly key: Key; readonly value: Uint8Array }>;
  getKeys(options: RangeOptions<Key>): Iterable<Key>;
  getStats(): TableStats;
}

/** What LMDB counts of a table, of the table of tables (`root`), and of its list of free pages (`free`). */
interface TableStats extends PageCounts {
  readonly entryCount: number;
  readonly root: PageCounts;
  readonly free: PageCounts;
}

interface PageCounts {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

export interface ReadOptions {
  readonly transaction: LmdbSnapshot["transaction"];
}

interface RangeOptions<Key> extends ReadOptions {
  readonly start?: Key;
  readonly exclusiveStart?: boolean;
}

export interface LmdbEnvironmentOptions {
  /** Sub-databases that will be opened, at most. */
  readonly tableCountMax: number;
  /** `create` refuses a folder that has a store, `open` one that has none; without it either is taken. */
  readonly mode?: "create" | "open";
  /** When a commit resolves; without it, when it is flushed. */
  readonly durability?: ResolvedDurability;
  /** `read` never writes the file, and may be used while another process does. Default is `write`. */
  readonly access?: "read" | "write";
  /** Bytes free on the disk of a folder, by which a failed write is told to be a full disk. For tests. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  /** Flushes the file in the modes in which LMDB does not. For tests. */
  readonly flushData?: (file: FileHandle) => Promise<void>;
}

/** Writes of one transaction. */
export interface LmdbCommit {
  /**
   * Calls `put` and `remove` of tables, and nothing that can fail, because LMDB commits what came before a throw.
   * Returns the promises of puts that append.
   */
  readonly puts: () => Promise<boolean>[];
  /** Called at the moment from which reads see the transaction. */
  readonly applied: () => void;
  /** `free` of one that only removes: it may use what is reserved for a full disk, and be put a second time then. */
  readonly purpose: "write" | "free";
}

/** An open environment. Its owner makes sure that commits do not overlap, and that this process alone writes. */
export class LmdbEnvironment {
  #folder: string;
  readonly #root: RootDatabase;
  readonly #freeBytes: (folder: string) => Promise<number>;
  readonly #durability: ResolvedDurability["kind"];
  readonly #flusher: IntervalFlusher | undefined;
  readonly #flushData: (file: FileHandle) => Promise<void>;
  readonly #reserve: ReserveFile;
  readonly #iterators = new Set<Iterator<unknown>>();
  readonly #snapshots = new Set<LmdbSnapshot>();
  #snapshot: LmdbSnapshot | undefined;
  #poison: unknown;
  #isPoisoned = false;
  #isClosed = false;
  /** Called whenever no snapshot is held. */
  #tellIdle: () => void = () => undefined;
  #closing: Promise<void> | undefined;

  /** Opens or creates the environment in `folder`; throws OmenErrors as `openLmdbPointStore` says. */
  static async open(folder: string, options: LmdbEnvironmentOptions): Promise<LmdbEnvironment> {
    const isThere = await (options.access === "read" ? checkFile(folder) : prepareFile(folder, options.mode));
    const environment = new LmdbEnvironment(folder, options);
    try {
      if (!isThere) await syncNewFile(folder);
    } catch (error) {
      await environment.close();
      throw error;
    }
    return environment;
  }

  private constructor(folder: string, options: LmdbEnvironmentOptions) {
    this.#folder = folder;
    this.#freeBytes = options.freeBytes ?? freeBytes;
    const { durability } = options;
    this.#durability = durability?.kind ?? "sync";
    this.#flushData = options.flushData ?? ((file) => file.datasync());
    this.#flusher =
      durability?.kind === "interval" ? this.#newFlusher(durability.flushIntervalMs) : undefined;
    this.#reserve = new ReserveFile(
      () => this.#folder,
      () => this.freeDiskBytes(),
    );
    try {
      this.#root = openLmdb(folder, {
        // The default flushes after it publishes, and after a restored disk snapshot trusts a page that was not flushed.
        overlappingSync: false,
        // A commit is written, and flushed by nobody but us.
        noSync: this.#durability !== "sync",
        // The default leaves an unhandled rejection behind a failed commit, which ends the process.
        eventTurnBatching: false,
        // Of 4 to 64 KiB the size that wastes least around vectors of 128 to 1,536 components.
        pageSize: 16384,
        // Address space, not memory; growing past it would remap, and keep the old mappings.
        mapSize: 2 ** 36,
        // Otherwise a folder with a dot in its name is taken for a file.
        noSubdir: false,
        encoding: "binary",
        keyEncoding: "binary",
        maxDbs: options.tableCountMax,
        readOnly: options.access === "read",
      });
    } catch (error) {
      throw lmdbError(error, folder, "opened");
    }
  }

  /** Opens a sub-database, creating it if need be. All of them before the first read or commit. */
  table<Key extends number | Uint8Array>(
    name: string,
    keys: Key extends number ? "uint32" : "binary",
  ): LmdbTable<Key> {
    try {
      const table = this.#root.openDB<Uint8Array, Key>(name, { encoding: "binary", keyEncoding: keys });
      // The declarations of lmdb lack the options of getBinaryFast and put.
      return table as unknown as LmdbTable<Key>;
    } catch (error) {
      throw lmdbError(error, this.folder, "opened");
    }
  }

  /** Opens a sub-database that there may not be, in an environment that is only read. */
  findTable<Key extends number | Uint8Array>(
    name: string,
    keys: Key extends number ? "uint32" : "binary",
  ): LmdbTable<Key> | undefined {
    // lmdb gives undefined for one that is not there, which its declarations do not say.
    return this.table<Key>(name, keys);
  }

  /** Lets go of what readers in other processes held that have ended without a word. */
  forgetDeadReaders(): void {
    if (!this.#isClosed) this.#root.readerCheck();
  }

  /** What reads see: the last transaction that `commit` finished, whatever the writer thread does meanwhile. */
  get snapshot(): LmdbSnapshot {
    if (this.#isClosed) throw this.closedError();
    return (this.#snapshot ??= this.#newSnapshot());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Moves reads on to the newest transaction; needed after tables were opened. */
  refresh(): void {
    const before = this.#snapshot;
    this.#snapshot = this.#newSnapshot();
    before?.release();
  }

  #newSnapshot(): LmdbSnapshot {
    const snapshot = new LmdbSnapshot(this.#root, (ended) => {
      this.#snapshots.delete(ended);
      if (this.#snapshots.size === 0) this.#tellIdle();
    });
    this.#snapshots.add(snapshot);
    return snapshot;
  }

  /** Reads one value into the buffer that the thread's reads share; `undefined` if there is none. */
  read<Key extends number | Uint8Array>(
    table: LmdbTable<Key>,
    key: Key,
    snapshot: LmdbSnapshot = this.snapshot,
  ): Buffer | undefined {
    if (this.#isClosed) throw this.closedError();
    try {
      return table.getBinaryFast(key, snapshot);
    } catch (error) {
      throw lmdbError(error, this.folder, "read");
    }
  }

  /**
   * Walks over what `range` gives of a table, in the snapshot of the first step. Where it is left half-way by anything
   * but an end of the loop, the snapshot stays until the environment is closed.
   */
  *scan<T>(range: (options: ReadOptions) => Iterable<T>): Generator<T, void, undefined> {
    const snapshot = this.snapshot.hold();
    // An object of its own, because lmdb writes into the options that it is given.
    const iterator = range({ transaction: snapshot.transaction })[Symbol.iterator]();
    this.#iterators.add(iterator);
    try {
      for (;;) {
        if (this.#isClosed) throw this.closedError();
        const step = iterator.next();
        if (step.done === true) return;
        yield step.value;
      }
    } catch (error) {
      throw lmdbError(error, this.folder, "read");
    } finally {
      if (this.#iterators.delete(iterator)) iterator.return?.();
      snapshot.release();
    }
  }

  /** Records of a table, as LMDB counts them itself. */
  recordCount(table: LmdbTable<number> | LmdbTable<Uint8Array>): number {
    return table.getStats().entryCount;
  }

  /**
   * Runs one transaction and resolves when it is as durable as was asked for. Rejects with kind `unavailable`: `disk_full`
   * or `read_only` (nothing is changed, and later commits may succeed), `flush_failed`, and from then on `poisoned`.
   */
  async commit(commit: LmdbCommit): Promise<void> {
    if (this.#isClosed) throw this.closedError();
    this.assertSound();
    void this.snapshot; // Held from before the transaction, so that reads meanwhile do not see it.
    try {
      await this.#commitOnce(commit);
    } catch (error) {
      const isFull = error instanceof OmenError && error.code === "disk_full";
      if (!isFull || commit.purpose === "write") throw error;
      await this.#makeRoom();
      await this.#commitOnce(commit);
    }
    this.#reserve.ensure();
  }

  /** Pages that only an earlier flush needs can be used again, and the reserve is given up. */
  async #makeRoom(): Promise<void> {
    if (this.#flusher !== undefined) await this.#flushing(this.#flusher.catchUp());
    await this.#reserve.give();
  }

  async #commitOnce({ puts, applied }: LmdbCommit): Promise<void> {
    await this.#flusher?.beforeCommit().catch(async (error: unknown) => {
      throw await this.#failure(error);
    });
    try {
      await this.#transact(puts);
      this.refresh();
      applied();
    } finally {
      this.#flusher?.afterCommit();
    }
  }

  async #transact(puts: LmdbCommit["puts"]): Promise<void> {
    let appended: Promise<boolean[]> = Promise.resolve([]);
    const committed = this.#root.batch(() => {
      appended = Promise.all(puts());
      appended.catch(() => {}); // Rejects together with `committed`, which says all.
    });
    try {
      await committed;
    } catch (error) {
      throw await this.#failure(await commitCause(error));
    }
    assert(!(await appended).includes(false), "rows are appended in ascending order");
  }

  /**
   * After a failed flush the kernel may count pages as written that are not, so nothing more is written. A full disk
   * is harmless where LMDB did not get to its flush: none of the pages written belong to a transaction.
   */
  async #failure(cause: unknown): Promise<OmenError> {
    const refusal = refusalOf(cause, await this.#freeBytes(this.folder));
    if (refusal !== undefined && this.#takesTransactions()) {
      return commitError(refusal, { folder: this.folder, cause });
    }
    this.poison(cause);
    return commitError("flush_failed", { folder: this.folder, cause });
  }

  /**
   * False when it was the meta page that could not be written, as on a full disk that does not write in place. LMDB begins
   * no transaction from then on, says EINVAL or MDB_PANIC, and a commit given to it would never settle.
   */
  #takesTransactions(): boolean {
    try {
      // One that is empty writes nothing.
      this.#root.transactionSync(() => undefined);
      return true;
    } catch {
      return false;
    }
  }

  /** Refuses commits from now on, because what is on the disk is no longer known. */
  poison(cause: unknown): void {
    this.#isPoisoned = true;
    this.#poison = cause;
  }

  /** Throws `poisoned` if that was done. */
  assertSound(): void {
    if (this.#isPoisoned) throw commitError("poisoned", { folder: this.folder, cause: this.#poison });
  }

  /**
   * Bytes of the pages that hold something, which is exactly what a compacting copy has: those of `tables`, which are
   * all there are, of the table of tables, and two meta pages. About 25 µs a table.
   */
  usedBytes(tables: readonly (LmdbTable<number> | LmdbTable<Uint8Array>)[]): number {
    const stats = tables.map((table) => table.getStats());
    const { root, pageSize } = stats[0]!;
    const pageCount = stats.reduce((sum, counts) => sum + pagesOf(counts), 2 + pagesOf(root));
    return pageCount * pageSize;
  }

  /** Bytes that can still be written to the disk. */
  freeDiskBytes(): Promise<number> {
    return this.#freeBytes(this.folder);
  }

  /** Writes the pages that hold something into a new file in the folder `target`, without flushing it. */
  async copyTo(target: string): Promise<void> {
    await this.#root.backup(target, true);
  }

  /** Flushes the file, for one that LMDB did not flush itself. */
  async sync(): Promise<void> {
    await syncFile(join(this.folder, "data.mdb"));
    await syncFolder(this.folder);
  }

  /** Resolves when all that was committed is flushed. Rejects with kind `unavailable` (`flush_failed`). */
  async flush(): Promise<void> {
    if (this.#durability === "sync") return;
    await this.#flushing(this.#flusher?.flush() ?? this.#flushFile());
  }

  /** The same, so that the file needs nothing beside it to be right, as before it is closed or replaced. No commit may be in flight. */
  async finishFlushes(): Promise<void> {
    if (this.#durability === "sync") return;
    await this.#flushing(this.#flusher?.finish() ?? this.#flushFile());
  }

  async #flushing(flush: Promise<void>): Promise<void> {
    try {
      await flush;
    } catch (cause) {
      this.poison(cause);
      throw commitError("acknowledged_unflushed", { folder: this.folder, cause });
    }
  }

  async #flushFile(): Promise<void> {
    const file = await open(join(this.folder, "data.mdb"), "r+");
    try {
      await this.#flushData(file);
    } finally {
      await file.close();
    }
  }

  #newFlusher(intervalMs: number): IntervalFlusher {
    const folder = (): string => this.#folder;
    return new IntervalFlusher(
      {
        get folder() {
          return folder();
        },
        newSnapshot: () => this.#newSnapshot(),
        flushData: this.#flushData,
        onFailed: (error) => {
          this.poison(error);
          const told = `Writes to ${this.#folder} that were acknowledged could not be flushed; it takes no more until it is opened again: ${String(error)}`;
          process.emitWarning(told, "OmenDBWarning");
        },
      },
      intervalMs,
    );
  }

  /**
   * Takes the place of another environment, whose file goes on without a name while it is open. It is not durable
   * before `target` is flushed. Throws with nothing changed if the file could not be renamed.
   */
  replace(target: string): void {
    renameSync(join(this.folder, "data.mdb"), join(target, "data.mdb"));
    const from = this.#folder;
    this.#folder = target;
    try {
      // The reader table belongs to the file: who opens the folder must find both of one environment.
      renameSync(join(from, "lock.mdb"), join(target, "lock.mdb"));
    } catch (error) {
      this.poison(error);
    }
  }

  /**
   * Closes it, whose file another one replaced, as soon as the last iteration over it has ended, and resolves then.
   * Nothing new may begin here. `handle` has the same file open and is closed last, off this thread: freeing the space
   * of 0.7 GB blocked it for 0.2 s (ext4), and now closing does for 0.2 ms.
   */
  async retire(handle: FileHandle): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#tellIdle = resolve;
    });
    // There is one to release, so that the end of the last is always told.
    this.snapshot.release();
    // Not amid the end of an iteration, which has more to let go of.
    await ended;
    await this.close();
    await handle.close();
  }

  /** Bytes of the file on disk. */
  fileBytes(): number {
    return statSync(join(this.folder, "data.mdb")).size;
  }

  closedError(): OmenError {
    return new OmenError("closed", "store_closed", `The store in ${this.folder} is closed. Open it again.`);
  }

  /** Lets go of the file. The owner has awaited its commits; iterations that are not finished end with `closed`. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.finishFlushes();
    } finally {
      await this.#flusher?.abandon();
      await this.#reserve.settle();
      await this.#letGo();
    }
  }

  async #letGo(): Promise<void> {
    for (const iterator of this.#iterators) iterator.return?.();
    this.#iterators.clear();
    for (const snapshot of this.#snapshots) snapshot.end();
    await this.#root.close();
  }
}

function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }: PageCounts): number {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}

/** A file is durable once the folders above it are. */
async function syncNewFile(folder: string): Promise<void> {
  await syncFolder(folder);
  await syncFolder(dirname(resolve(folder)));
}
