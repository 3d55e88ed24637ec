// Work on one index that goes on in the background: linking the tail, consolidating what was removed, and trying walks.
//
//   tail ──link──▶ linked ──remove──▶ dead ──condemn, reparent, repair, release──▶ free
//
// Linking threads do the work in slices; this decides which slice is next. Pausing stops new slices and waits for the
// running ones, so that whoever paused has the graph to itself.

import { OmenError } from "../base/omen-error.js";
import { Calibrator } from "./calibrator.js";
import { consolidate, type ConsolidationHost } from "./consolidation.js";
import type { IndexMemory } from "./index-memory.js";
import type { IndexMeters } from "./index-meters.js";
import {
  changesGraph,
  type IndexAccess,
  type LinkingJob,
  type LinkingReply,
  type LinkingSource,
  type LostJobs,
} from "./linking-job.js";
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
/** So many deaths of threads over work that is not brought to its end between them are a fault that replacing does not mend. */
const deathsMax = 3;

interface Waiter {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A slice of consolidation or of trials, and what follows it. */
interface Chore {
  readonly job: LinkingJob;
  readonly done: (reply: LinkingReply | undefined) => void;
}

/** Who hears of the work on an index. */
export interface MaintenanceHost {
  readonly meters: IndexMeters;
  /** Consolidation has taken these rows out of the graph. */
  readonly onReleased: (rows: readonly number[]) => void;
  /** No thread will link any more. */
  readonly onFailed: (error: OmenError) => void;
}

/** Decides what linking threads do on one index. */
export class Maintenance implements LinkingSource, ConsolidationHost {
  readonly access: IndexAccess;
  readonly #memory: IndexMemory;
  readonly #pool: LinkingPool;
  readonly #number: number;
  readonly #host: MaintenanceHost;
  /** When running jobs began. */
  readonly #begun = new Map<LinkingJob, number>();
  /** Dead rows that the graph refers to, or may. */
  #dead: number[] = [];
  #liveRows = 0;
  #linking = false;
  #runningJobs = 0;
  #pauses = 0;
  /** While there are any, no consolidation begins. */
  #graphHolds = 0;
  /** Calls that wait for the tail. */
  #settling = 0;
  /** Those among them for which linking does not give way to writers. */
  #urgent = 0;
  #writers = 0;
  #lastWriteMs = 0;
  #writePause: NodeJS.Timeout | undefined;
  #closed = false;
  #failure: OmenError | undefined;
  /** Times that threads died over the graph since all rows were linked, and over trials since some came to their end. */
  readonly #deaths = { graph: 0, trials: 0 };
  #waiters: Waiter[] = [];
  /** Chores waiting for a thread. */
  readonly #chores: Chore[] = [];
  readonly #runningChores = new Map<LinkingJob, Chore>();
  #consolidation: Promise<void> | undefined;
  #consolidationsBegun = 0;
  #consolidationsEnded = 0;
  /** Dead rows of the consolidation that is running. */
  #consolidatedRows = 0;
  /** How often all rows had to leave the graph. */
  #unlinkings = 0;
  #calibrating: Promise<void> | undefined;
  readonly calibrator: Calibrator;
  /** Rows linked since the last checkpoint. */
  linkedRowsSinceCheckpoint = 0;

  constructor(memory: IndexMemory, pool: LinkingPool, host: MaintenanceHost) {
    this.#memory = memory;
    this.#pool = pool;
    this.#host = host;
    this.calibrator = new Calibrator(memory.kernel);
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
    return Math.max(0, this.#liveRows + this.#deadLinkedMax() - this.linkedRows);
  }

  /** Dead rows that the graph may hold, those that are being consolidated included. */
  #deadLinkedMax(): number {
    return this.#dead.length + this.#consolidatedRows;
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
    // Rows that were waited for may be among them.
    this.#wakeWaiters();
    this.#consider();
  }

  beginWrite(): void {
    if (this.#writers++ === 0) this.#showWriting();
  }

  #showWriting(): void {
    const isWriting = this.#writers > 0 || this.#writePause !== undefined;
    this.#memory.setHeader("writing", Number(isWriting && this.#urgent === 0));
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
      this.#showWriting();
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

  /** Resolves when every live row is linked and no consolidation is due or running: not while others write without a pause. */
  whenQuiet(): Promise<void> {
    // A thread that still has the graph may yet die over it, and all rows would leave it.
    const isAtRest = (): boolean => ![...this.#begun.keys()].some(changesGraph);
    return this.#whenSettled(() => this.#isSettled() && isAtRest());
  }

  /**
   * Resolves when every row that is live now is linked or gone, and the consolidation that is due or running now is over,
   * whatever others write meanwhile. Linking does not give way to them.
   */
  whenLinked(): Promise<void> {
    let rows = this.#tailNow();
    let unlinkings = this.#unlinkings;
    const consolidations = this.#consolidationsBegun + Number(this.#consolidationIsDue());
    let next = 0;
    const { kernel } = this.#memory;
    const isLinked = (row: number): boolean => kernel.isLive(row) === 0 || kernel.isLinked(row) !== 0;
    this.#urgent++;
    this.#showWriting();
    return this.#whenSettled(() => {
      if (unlinkings !== this.#unlinkings) {
        unlinkings = this.#unlinkings;
        rows = this.#tailNow();
        next = 0;
      }
      while (next < rows.length && isLinked(rows[next]!)) next++;
      return next === rows.length && (this.#consolidationsEnded >= consolidations || this.#isConsolidated());
    }).finally(() => {
      this.#urgent--;
      this.#showWriting();
    });
  }

  #isConsolidated(): boolean {
    return this.#consolidation === undefined && !this.#consolidationIsDue();
  }

  /** The rows of the tail: some 20 ns for each row there is, and nothing where there is no tail. */
  #tailNow(): number[] {
    const { kernel, rowEnd } = this.#memory;
    const rows: number[] = [];
    const count = kernel.countLive() - kernel.countLiveLinked();
    for (let row = 0; row < rowEnd && rows.length < count; row++)
      if (kernel.isLive(row) !== 0 && kernel.isLinked(row) === 0) rows.push(row);
    return rows;
  }

  #whenSettled(isSettled: () => boolean): Promise<void> {
    this.#settling++;
    const promise = this.#when(isSettled).finally(() => {
      this.#settling--;
    });
    this.#consider();
    return promise;
  }

  #isSettled(): boolean {
    return !this.#tailHasRows() && this.#isConsolidated();
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

  /** Pauses when no consolidation is half done, so that all that must hold of a graph does. Needs `releaseGraph`. */
  async holdGraph(): Promise<void> {
    this.#graphHolds++;
    // A waiter keeps the process: the threads that consolidate do not by themselves.
    const isOver = this.#when(() => this.#consolidation === undefined);
    this.#pool.wake();
    // Where waiting is given up, what is left of it ends soon.
    await isOver.catch(() => this.#consolidation);
    await this.pause();
  }

  releaseGraph(): void {
    this.#graphHolds--;
    this.resume();
  }

  /** Stops for good. Consolidation is left where it is: a checkpoint holds it as far as it went. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.pause();
    this.#dropChores();
    await this.#consolidation;
    await this.#calibrating;
    this.#failWaiters(
      new OmenError("closed", "closed", "The database was closed while the index was awaited."),
    );
    clearTimeout(this.#writePause);
    this.#pool.detach(this.#number);
  }

  nextJob(): LinkingJob | undefined {
    if (this.#pauses > 0 || this.#failure !== undefined) return undefined;
    const chore = this.#chores.shift();
    if (chore !== undefined) {
      this.#runningChores.set(chore.job, chore);
      return this.#begin(chore.job);
    }
    if (!this.#linking || !this.#tailHasRows()) return undefined;
    return this.#begin({ kind: "link" });
  }

  #begin(job: LinkingJob): LinkingJob {
    this.#runningJobs++;
    this.#begun.set(job, performance.now());
    return job;
  }

  jobDone(job: LinkingJob, reply: LinkingReply): void {
    this.#runningJobs--;
    const now = performance.now();
    this.#host.meters.jobDone(job, now - (this.#begun.get(job) ?? now));
    this.#begun.delete(job);
    if (job.kind === "link") {
      this.#host.meters.counts.linkedRows += reply.result;
      this.linkedRowsSinceCheckpoint += reply.result;
      if (!this.#tailHasRows()) this.#endLinking();
    } else {
      const chore = this.#runningChores.get(job);
      this.#runningChores.delete(job);
      chore?.done(reply);
    }
    this.#wakeWaiters();
    this.#consider();
  }

  /** Landmarks chosen while rows were linked are of that moment; chosen again they are those of a loaded checkpoint. */
  #endLinking(): void {
    this.#linking = false;
    this.#memory.setHeader("landmarksAt", 0);
  }

  /** Goes on where threads died, or gives up for good where they die again and again. */
  jobsLost({ jobs, isGraphDamaged, cause }: LostJobs): void {
    this.#runningJobs -= jobs.length;
    for (const job of jobs) {
      this.#begun.delete(job);
      this.#runningChores.get(job)?.done(undefined);
      this.#runningChores.delete(job);
    }
    if (isGraphDamaged) this.#unlinkAll();
    if (++this.#deaths[isGraphDamaged ? "graph" : "trials"] >= deathsMax) this.#fail(cause);
    this.#wakeWaiters();
    this.#consider();
  }

  /**
   * Threads died that may have left lists locked or half written. Every row leaves the graph and is linked again; until then
   * searches find rows where they find all that are not linked yet, in the tail. Nothing refers to the dead ones any more.
   */
  #unlinkAll(): void {
    this.#memory.kernel.unlinkAll();
    this.#unlinkings++;
    this.#dropChores();
    const dead = this.#dead.splice(0);
    if (dead.length > 0) this.#host.onReleased(dead);
    this.#linking = true;
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    const text = `Linking threads stopped: ${error.message}. Searches go on by scanning; reopen the database.`;
    this.#failure = new OmenError("unavailable", "linking_failed", text, { cause: error });
    this.#dropChores();
    this.#failWaiters(this.#failure);
    this.#host.onFailed(this.#failure);
  }

  /** Starts what is due. Cheap: called after every change. */
  #consider(): void {
    if (this.#closed || this.#pauses > 0 || this.#failure !== undefined) return;
    if (this.#consolidation === undefined && this.#graphHolds === 0 && this.#consolidationIsDue()) {
      this.#consolidationsBegun++;
      this.#consolidation = this.#consolidate().finally(() => {
        this.#consolidation = undefined;
        this.#consolidationsEnded++;
        this.#wakeWaiters();
        this.#consider();
      });
    }
    if (this.#calibrating === undefined && this.calibrator.isDue(this.linkedRows, !this.#tailHasRows())) {
      this.#calibrating = this.calibrator
        .run((job) => this.runSlice(job), {
          rowEnd: this.#memory.rowEnd,
          linkedRows: this.linkedRows,
          isSettled: !this.#tailHasRows(),
        })
        .then((isDone) => {
          this.#calibrating = undefined;
          if (isDone) this.#deaths.trials = 0;
          this.#consider();
        });
    }
    if (this.#deaths.graph > 0 && this.#isSettled()) this.#deaths.graph = 0;
    if (!this.#linking) {
      const start = this.#rowsIn(tailStartBytes) * (this.linkedRows > 0 ? tailAgainFraction : 1);
      this.#linking = this.#settling > 0 ? this.#tailHasRows() : this.tailRows > start;
    }
    // Where a chore is running, its thread may have become one that somebody waits for.
    if (this.#linking || this.#chores.length + this.#runningChores.size > 0) this.#pool.wake();
  }

  #consolidationIsDue(): boolean {
    return this.#dead.length >= Math.max(deadRowsMin, deadShare * this.linkedRows);
  }

  async #consolidate(): Promise<void> {
    const dead = this.#dead;
    this.#dead = [];
    this.#consolidatedRows = dead.length;
    const isDone = await consolidate(this.#memory, this, dead);
    this.#consolidatedRows = 0;
    if (!isDone) {
      for (const row of dead) this.#dead.push(row);
      return;
    }
    this.#host.meters.counts.consolidations++;
    this.#host.meters.counts.consolidatedRows += dead.length;
    this.#host.onReleased(dead);
  }

  isUsable(): boolean {
    return !this.#closed && this.#failure === undefined;
  }

  /** Runs a chore on a thread; undefined when its thread died, the index is closed or linking failed. */
  runSlice(job: LinkingJob): Promise<LinkingReply | undefined> {
    if (!this.isUsable()) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#chores.push({ job, done: resolve });
      if (this.#pauses === 0) this.#pool.wake();
    });
  }

  /** Chores that no thread will take. */
  #dropChores(): void {
    for (const { done } of [...this.#chores.splice(0), ...this.#runningChores.values()]) done(undefined);
    this.#runningChores.clear();
  }

  #tailHasRows(): boolean {
    const { kernel } = this.#memory;
    const { tailRows } = this;
    // Dead rows that were never linked make the cheap count too large; only then count exactly.
    return (
      tailRows > this.#deadLinkedMax() || (tailRows > 0 && kernel.countLive() > kernel.countLiveLinked())
    );
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
