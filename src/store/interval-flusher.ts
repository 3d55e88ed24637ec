// Flushes an LMDB environment that commits without flushing, so that after a power cut the state of the last flush is
// whole. LMDB alone would use its pages again, and overwrite its meta; docs/decisions/durability-modes.md. A flush is:
//
//   between two commits: read the newest meta, and hold a snapshot of it ──> flush data.mdb ──> write the meta into
//   flushed.omen and flush that ──> let go of the snapshot of the flush before the last
//
// Two snapshots are held, because either slot of flushed.omen may be the one that is left.

import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { FlushRecord } from "./flush-record.js";
import { readNewestMeta, type MetaPage } from "./lmdb-meta-page.js";
import type { LmdbSnapshot } from "./lmdb-snapshot.js";

/**
 * Growth of the file since the last flush that brings the next one at once, and by twice of which commits wait for it: small
 * commits of a second could fill hundreds of MiB, because none of their pages is used again before.
 */
const growthBytes = 2 ** 24;
/** What a small commit writes, some path of each tree: 16 pages. */
const commitBytes = 2 ** 18;

/** What a flusher needs of the environment that it flushes. */
export interface FlushedEnvironment {
  readonly folder: string;
  /** A snapshot of the last commit, which the caller releases. */
  newSnapshot(): LmdbSnapshot;
  flushData(file: FileHandle): Promise<void>;
  /** Called once, when a flush has failed: what was acknowledged since the last one may not survive a power cut. */
  onFailed(error: unknown): void;
}

/** The state between two commits. */
interface Moment {
  readonly meta: MetaPage;
  readonly snapshot: LmdbSnapshot;
}

/** Files that are open while there may be something to flush. */
interface Files {
  readonly data: FileHandle;
  readonly record: FlushRecord;
}

export class IntervalFlusher {
  readonly #environment: FlushedEnvironment;
  readonly #intervalMs: number;
  #files: Files | undefined;
  /** Of the last flushes, oldest first. */
  readonly #held: LmdbSnapshot[] = [];
  #isCommitting = false;
  /** Whether something was committed since the moment of the last flush. */
  #isBehind = false;
  /** The last page at the moment of the last flush, and what was added since. */
  #lastPage = 0n;
  #grownBytes = 0;
  #atRest: (() => void) | undefined;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(environment: FlushedEnvironment, intervalMs: number) {
    this.#environment = environment;
    this.#intervalMs = intervalMs;
  }

  /** Must be done before each commit: no commit goes without a flushed state that can be gone back to. */
  async beforeCommit(): Promise<void> {
    this.#files ??= await this.#begin();
    if (this.#grownBytes > 2 * growthBytes) await this.#flushing?.catch(() => {});
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#isCommitting = true;
  }

  /** Must be called when a commit is over, whether or not it came about, before another begins. */
  afterCommit(): void {
    this.#isCommitting = false;
    this.#isBehind = true;
    this.#atRest?.();
    this.#flushIfGrown();
    // It keeps the process alive: what was acknowledged is flushed before it ends by itself.
    this.#timer ??= setTimeout(() => this.#onTime(), this.#intervalMs);
  }

  /** Resolves when everything that was committed before the call is flushed; rejects once a flush has failed. */
  async flush(): Promise<void> {
    // One under way may have begun before the last commit.
    if (this.#flushing !== undefined) await this.#flushing;
    await this.#flushNow();
  }

  /**
   * Flushes everything into both slots, so that only the last commit is held: the pages of earlier ones can be used again.
   * No commit may be in flight.
   */
  async catchUp(): Promise<void> {
    await this.flush();
    await this.#writeDown(() => this.#files?.record.repeat());
    while (this.#held.length > 1) this.#held.shift()!.release();
  }

  /** Flushes everything, and ends the record of it: the file alone is right from then on. Commits must not be in flight. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      await this.flush();
      await this.#files?.record.remove();
      await this.#files?.data.close();
      this.#files = undefined;
    } finally {
      for (const snapshot of this.#held.splice(0)) snapshot.release();
    }
  }

  /** Lets go of everything as it is, when no flush can be hoped for any more. */
  async abandon(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#flushing?.catch(() => {});
    for (const snapshot of this.#held.splice(0)) snapshot.release();
    await this.#files?.record.leave().catch(() => {});
    await this.#files?.data.close().catch(() => {});
    this.#files = undefined;
  }

  #flushIfGrown(): void {
    if (this.#files === undefined) return;
    try {
      const { lastPage, pageBytes } = this.#readMeta(this.#files.data);
      const grown = Number(lastPage - this.#lastPage) * pageBytes;
      // Pages that were free are used up without growth, and made free again by a flush only.
      this.#grownBytes = Math.max(grown, this.#grownBytes + commitBytes);
    } catch {
      return; // The commit came about; the next flush will tell.
    }
    if (this.#grownBytes > growthBytes && this.#flushing === undefined) this.#flushNow().catch(() => {});
  }

  #readMeta(data: FileHandle): MetaPage {
    return readNewestMeta(data, join(this.#environment.folder, "data.mdb"));
  }

  #onTime(): void {
    this.#timer = undefined;
    this.flush().catch(() => {}); // `onFailed` tells.
  }

  /** Shared by all who ask before it is over. */
  #flushNow(): Promise<void> {
    this.#flushing ??= this.#flushOnce().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flushOnce(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (!this.#isBehind || this.#files === undefined) return;
    const { data, record } = this.#files;
    await this.#writeDown(async () => {
      const { meta, snapshot } = await this.#momentBetweenCommits(data);
      // From here on its pages are not used again, whether or not the flush succeeds.
      this.#held.push(snapshot);
      await this.#environment.flushData(data);
      await record.advance(meta);
    });
    while (this.#held.length > 2) this.#held.shift()!.release();
  }

  async #writeDown(write: () => Promise<void> | undefined): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#failure = { error };
      // Where this fails too, the record still says what it said.
      await this.#files?.record.demandReturn().catch(() => {});
      this.#environment.onFailed(error);
      throw error;
    }
  }

  /** Waits for the commit in flight, if any, and looks before the next one can begin. */
  async #momentBetweenCommits(data: FileHandle): Promise<Moment> {
    if (!this.#isCommitting) return this.#moment(data);
    return new Promise((resolve, reject) => {
      this.#atRest = () => {
        this.#atRest = undefined;
        try {
          resolve(this.#moment(data));
        } catch (error) {
          reject(error);
        }
      };
    });
  }

  #moment(data: FileHandle): Moment {
    const snapshot = this.#environment.newSnapshot();
    try {
      const meta = this.#readMeta(data);
      this.#isBehind = false;
      this.#lastPage = meta.lastPage;
      this.#grownBytes = 0;
      return { meta, snapshot };
    } catch (error) {
      snapshot.release();
      throw error;
    }
  }

  /** Everything so far is flushed, and written down as such. */
  async #begin(): Promise<Files> {
    const { folder } = this.#environment;
    const path = join(folder, "data.mdb");
    const data = await open(path, "r+");
    try {
      await data.sync();
      const snapshot = this.#environment.newSnapshot();
      this.#held.push(snapshot);
      const meta = this.#readMeta(data);
      this.#lastPage = meta.lastPage;
      return { data, record: await FlushRecord.begin(folder, meta) };
    } catch (error) {
      for (const snapshot of this.#held.splice(0)) snapshot.release();
      await data.close();
      throw error;
    }
  }
}
