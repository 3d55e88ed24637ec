// Work on one index that goes on in the background: linking the tail, and consolidating what was removed.
//
//   tail ──link──▶ linked ──remove──▶ dead ──condemn, reparent, repair, release──▶ free
//
// Linking threads do the work in slices; this decides which slice is next. Pausing stops new slices and waits for the
// running ones, so that whoever paused has the graph to itself.

import { setImmediate as turn } from "node:timers/promises";
import { OmenError } from "../base/omen-error.js";
import type { IndexMemory } from "./index-memory.js";
import type { IndexAccess, LinkingJob, LinkingSource } from "./linking-job.js";
import type { LinkingPool } from "./linking-pool.js";

/** Linking starts when scanning the tail would touch this many bytes of codes (some 50 µs). */
const tailStartBytes = 512 * 1024;
/** Once there is a graph, a tail of an eighth of that is worth linking. */
const tailAgainFraction = 1 / 8;
/** Writers wait while scanning the tail would touch more than this (some 5 ms). */
const tailMaxBytes = 100 * 1024 * 1024;
/** A writer that comes back within this time is still the same burst. */
const writePauseMs = 25;
/** Consolidation begins when this share of the linked rows is dead, and at least so many. */
const deadShare = 0.2;
const deadRowsMin = 64;
/** Rows that one slice of consolidation covers. */
const consolidationSlice = 1024;
/** Rows that the host looks at in one turn of the event loop: some 5 ms. */
const lastPassSlice = 32 * 1024;

interface Waiter {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Decides what linking threads do on one index. */
export class Maintenance implements LinkingSource {
  readonly access: IndexAccess;
  readonly #memory: IndexMemory;
  readonly #pool: LinkingPool;
  readonly #number: number;
  readonly #onReleased: (rows: readonly number[]) => void;
  /** Dead rows that the graph refers to, or may. */
  #dead: number[] = [];
  #liveRows = 0;
  #linking = false;
  #runningJobs = 0;
  #pauses = 0;
  /** Calls that wait for the whole tail. */
  #settling = 0;
  #writers = 0;
  #lastWriteMs = 0;
  #writePause: NodeJS.Timeout | undefined;
  #closed = false;
  #failure: OmenError | undefined;
  #waiters: Waiter[] = [];
  /** Slices of consolidation waiting for a thread, and what follows each. */
  #consolidationJob: { job: LinkingJob; done: (result: number) => void } | undefined;
  #runningConsolidation: { job: LinkingJob; done: (result: number) => void } | undefined;
  #consolidation: Promise<void> | undefined;
  /** Rows linked since the last checkpoint. */
  linkedRowsSinceCheckpoint = 0;

  constructor(memory: IndexMemory, pool: LinkingPool, onReleased: (rows: readonly number[]) => void) {
    this.#memory = memory;
    this.#pool = pool;
    this.#onReleased = onReleased;
    this.access = { module: memory.module.module, memory: memory.memory, settings: memory.settings };
    this.#number = pool.attach(this);
  }

  get liveRows(): number {
    return this.#liveRows;
  }

  get deadRows(): number {
    return this.#dead.length;
  }

  /** Rows in the graph, dead ones included. */
  get linkedRows(): number {
    return this.#memory.header("linkedCount");
  }

  get awaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** Live rows that are not linked, or a few more. */
  get tailRows(): number {
    return Math.max(0, this.#liveRows + this.#dead.length - this.linkedRows);
  }

  /** After a checkpoint was loaded: counts and the dead rows are read off the bit sets. */
  adopt(liveRows: number, dead: number[]): void {
    this.#liveRows = liveRows;
    this.#dead = dead;
    this.#consider();
  }

  rowsPublished(count: number): void {
    this.#liveRows += count;
    this.#consider();
  }

  /** `dead` are those of the removed rows that must be consolidated. */
  rowsRemoved(count: number, dead: readonly number[]): void {
    this.#liveRows -= count;
    for (const row of dead) this.#dead.push(row);
    this.#consider();
  }

  beginWrite(): void {
    if (this.#writers++ === 0) this.#memory.setHeader("writing", 1);
  }

  endWrite(): void {
    this.#lastWriteMs = performance.now();
    if (--this.#writers > 0 || this.#writePause !== undefined) return;
    this.#writePause = setTimeout(() => {
      this.#endWriting();
    }, writePauseMs).unref();
  }

  /** Linking threads go on at full speed when no write has come for a while. */
  #endWriting(): void {
    const quietMs = performance.now() - this.#lastWriteMs;
    this.#writePause = undefined;
    if (this.#writers > 0) return;
    if (quietMs >= writePauseMs - 1) {
      this.#memory.setHeader("writing", 0);
      return;
    }
    this.#writePause = setTimeout(() => {
      this.#endWriting();
    }, writePauseMs - quietMs).unref();
  }

  /** Resolves when the tail is short enough for more rows. */
  whenWritable(): Promise<void> {
    const tailMax = this.#rowsIn(tailMaxBytes);
    return this.#when(() => this.tailRows <= tailMax);
  }

  /** Resolves when every live row is linked and no consolidation is due or running. */
  whenSettled(): Promise<void> {
    const settled = (): boolean =>
      !this.#tailHasRows() && this.#consolidation === undefined && !this.#consolidationIsDue();
    this.#settling++;
    const promise = this.#when(settled).finally(() => {
      this.#settling--;
    });
    this.#consider();
    return promise;
  }

  /** Stops new slices and waits for the running ones. Every pause needs a resume. */
  async pause(): Promise<void> {
    if (this.#pauses++ === 0) this.#memory.setHeader("pause", 1);
    if (this.#runningJobs === 0) return;
    const quiet = this.#when(() => this.#runningJobs === 0);
    this.#pool.wake();
    await quiet;
  }

  resume(): void {
    if (--this.#pauses > 0) return;
    this.#memory.setHeader("pause", 0);
    this.#consider();
  }

  /** Stops for good. Consolidation is left where it is: a checkpoint holds it as far as it went. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.pause();
    this.#consolidationJob?.done(-1);
    await this.#consolidation;
    this.#failWaiters(
      new OmenError("closed", "closed", "The database was closed while the index was awaited."),
    );
    clearTimeout(this.#writePause);
    this.#pool.detach(this.#number);
  }

  nextJob(): LinkingJob | undefined {
    if (this.#pauses > 0 || this.#failure !== undefined) return undefined;
    const consolidation = this.#consolidationJob;
    if (consolidation !== undefined && this.#runningConsolidation === undefined) {
      this.#runningConsolidation = consolidation;
      this.#runningJobs++;
      return consolidation.job;
    }
    if (!this.#linking || !this.#tailHasRows()) return undefined;
    this.#runningJobs++;
    return { kind: "link" };
  }

  jobDone(job: LinkingJob, result: number): void {
    this.#runningJobs--;
    if (job.kind === "link") {
      this.linkedRowsSinceCheckpoint += result;
      if (!this.#tailHasRows()) this.#linking = false;
    } else {
      const running = this.#runningConsolidation;
      this.#runningConsolidation = undefined;
      this.#consolidationJob = undefined;
      running?.done(result);
    }
    this.#wakeWaiters();
    this.#consider();
  }

  jobFailed(error: Error): void {
    this.#runningJobs = 0;
    const text = `Linking threads stopped: ${error.message}. Searches go on by scanning; reopen the database.`;
    this.#failure = new OmenError("unavailable", "linking_failed", text, { cause: error });
    this.#runningConsolidation = undefined;
    this.#consolidationJob?.done(-1);
    this.#failWaiters(this.#failure);
  }

  /** Starts what is due. Cheap: called after every change. */
  #consider(): void {
    if (this.#closed || this.#pauses > 0 || this.#failure !== undefined) return;
    if (this.#consolidation === undefined && this.#consolidationIsDue()) {
      this.#consolidation = this.#consolidate().finally(() => {
        this.#consolidation = undefined;
        this.#wakeWaiters();
        this.#consider();
      });
    }
    if (!this.#linking) {
      const start = this.#rowsIn(tailStartBytes) * (this.linkedRows > 0 ? tailAgainFraction : 1);
      this.#linking = this.#settling > 0 ? this.#tailHasRows() : this.tailRows > start;
    }
    if (this.#linking || this.#consolidationJob !== undefined) this.#pool.wake();
  }

  #consolidationIsDue(): boolean {
    return this.#dead.length >= Math.max(deadRowsMin, deadShare * this.linkedRows);
  }

  /** Takes the dead rows out of the graph; see kernels/assembly/consolidate.ts. Linking goes on meanwhile. */
  async #consolidate(): Promise<void> {
    const { kernel } = this.#memory;
    await this.pause();
    const dead = this.#dead;
    this.#dead = [];
    const condemned = dead.filter((row) => kernel.isLinked(row) !== 0);
    for (const row of condemned) kernel.condemn(row);
    if (kernel.replaceEntry() === 0) {
      // No linked row is left: the tail is linked from scratch.
      kernel.emptyGraph();
    } else {
      this.resume();
      if (!(await this.#rewire())) {
        for (const row of dead) this.#dead.push(row);
        return;
      }
    }
    for (const row of condemned) kernel.release(row);
    this.resume();
    this.#onReleased(dead);
  }

  /** Steps 1 to 3; when it returns true, linking is paused. */
  async #rewire(): Promise<boolean> {
    for (const kind of ["reparent", "repair"] as const) {
      const rowEnd = this.#memory.rowEnd;
      for (let from = 0; from < rowEnd;) {
        const to = Math.min(rowEnd, from + consolidationSlice);
        const stopped = await this.#consolidationSlice({ kind, from, to });
        if (stopped < 0) return false;
        from = stopped;
      }
    }
    await this.pause();
    if (this.#closed || this.#failure !== undefined) {
      this.resume();
      return false;
    }
    // Rows linked meanwhile may refer to condemned ones. There are few: the rest is only looked at.
    await this.#lastPass("reparentRange");
    await this.#lastPass("repairRange");
    return true;
  }

  /** Runs on the host, in slices, while linking is paused. */
  async #lastPass(pass: "reparentRange" | "repairRange"): Promise<void> {
    const { kernel, rowEnd } = this.#memory;
    for (let from = 0; from < rowEnd; from += lastPassSlice) {
      // The pause word would stop the kernel early, and it is meant for the threads, of which none runs.
      this.#memory.setHeader("pause", 0);
      kernel[pass](from, Math.min(rowEnd, from + lastPassSlice));
      this.#memory.setHeader("pause", 1);
      await turn();
    }
  }

  #consolidationSlice(job: LinkingJob): Promise<number> {
    if (this.#closed || this.#failure !== undefined) return Promise.resolve(-1);
    return new Promise((resolve) => {
      this.#consolidationJob = { job, done: resolve };
      if (this.#pauses === 0) this.#pool.wake();
    });
  }

  #tailHasRows(): boolean {
    const { kernel } = this.#memory;
    const { tailRows } = this;
    // Dead rows that were never linked make the cheap count too large; only then count exactly.
    return tailRows > this.#dead.length || (tailRows > 0 && kernel.countLive() > kernel.countLiveLinked());
  }

  #rowsIn(bytes: number): number {
    return Math.floor(bytes / this.#memory.kernel.codeStrideBytes());
  }

  #when(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ isDone, resolve, reject });
    });
  }

  #wakeWaiters(): void {
    const done = this.#waiters.filter((waiter) => waiter.isDone());
    if (done.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !done.includes(waiter));
    for (const waiter of done) waiter.resolve();
  }

  #failWaiters(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }
}
