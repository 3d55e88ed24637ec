// The linking threads of one database, shared by all its indexes. Threads start with the first work there is, take
// slices from the indexes in turn, and never keep the process alive unless somebody waits for them.
//
// A thread that dies may hold the lock of a list, for which others wait without end. So every thread that works on the
// same index is ended too; when the last has, the index is told, mends its graph, and threads are started anew.

import { changesGraph, type LinkingJob, type LinkingReply, type LinkingSource } from "./linking-job.js";
import { LinkingThread, type LinkingWork, type ThreadListener } from "./linking-thread.js";
import { warnOfDeath, type OnThreadDeath } from "./thread-death.js";

/** An index whose graph a thread may have damaged, while other threads still work on it. */
interface Breakdown {
  readonly cause: Error;
  readonly jobs: LinkingJob[];
}

/** Worker threads that link rows in the background. */
export class LinkingPool {
  /** Most threads that run at once. */
  readonly threadCount: number;
  readonly #threads: LinkingThread[] = [];
  readonly #sources = new Map<number, LinkingSource>();
  readonly #breakdowns = new Map<number, Breakdown>();
  readonly #onDeath: OnThreadDeath;
  readonly #listener: ThreadListener = {
    onReply: (thread, reply) => this.#finish(thread, reply),
    onEnd: (thread, cause) => this.#ended(thread, cause),
  };
  #nextIndex = 0;
  /** Index whose turn it is: the first of those behind the one served last. */
  #turn = 0;
  /** Fewer than `threadCount` once the machine has refused to start another. */
  #startable: number;
  #closed = false;

  constructor(threadCount: number, onDeath: OnThreadDeath = warnOfDeath) {
    this.threadCount = threadCount;
    this.#startable = threadCount;
    this.#onDeath = onDeath;
  }

  get runningThreads(): number {
    return this.#threads.length;
  }

  /** Registers an index; returns the number it goes by here. */
  attach(source: LinkingSource): number {
    const index = this.#nextIndex++;
    this.#sources.set(index, source);
    return index;
  }

  /** Forgets an index. None of its jobs may be running. */
  detach(index: number): void {
    this.#sources.delete(index);
    for (const thread of this.#threads) thread.forget(index);
  }

  /** Gives work to idle threads; called whenever an index may have some. */
  wake(): void {
    if (this.#closed) return;
    for (const thread of this.#threads) {
      if (thread.busy !== undefined && this.#sources.get(thread.busy.index)?.awaited === true)
        thread.keepProcess();
    }
    while (this.#hasRoom()) {
      const next = this.#nextJob();
      if (next === undefined || !this.#dispatch(next)) return;
    }
  }

  /** Stops the threads. No source may have a running job. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.splice(0).map((thread) => thread.end()));
  }

  #hasRoom(): boolean {
    return this.#threads.length < this.#startable || this.#threads.some((thread) => thread.isIdle);
  }

  /** Asks the indexes in turn. */
  #nextJob(): LinkingWork | undefined {
    const indexes = [...this.#sources.keys()];
    const start = Math.max(
      0,
      indexes.findIndex((index) => index >= this.#turn),
    );
    for (let i = 0; i < indexes.length; i++) {
      const index = indexes[(start + i) % indexes.length]!;
      if (this.#breakdowns.has(index)) continue;
      const job = this.#sources.get(index)!.nextJob();
      if (job === undefined) continue;
      this.#turn = index + 1;
      return { index, job };
    }
    return undefined;
  }

  /** Hands work to an idle thread or a new one; false if the machine gives none. */
  #dispatch(work: LinkingWork): boolean {
    const source = this.#sources.get(work.index)!;
    let thread = this.#threads.find(({ isIdle }) => isIdle);
    try {
      thread ??= this.#start();
    } catch (error) {
      this.#refused(work, error instanceof Error ? error : new Error(String(error)));
      return false;
    }
    thread.run(work, source.access);
    if (source.awaited) thread.keepProcess();
    return true;
  }

  #start(): LinkingThread {
    const taken = new Set(this.#threads.map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number++;
    const thread = new LinkingThread(number, this.#listener);
    this.#threads.push(thread);
    return thread;
  }

  /** No thread was started. Those that run go on alone; without any, the index decides how often it is tried. */
  #refused({ index, job }: LinkingWork, cause: Error): void {
    this.#onDeath({ kind: "linking", cause });
    if (this.#threads.length > 0) this.#startable = this.#threads.length;
    this.#sources.get(index)?.jobsLost({ jobs: [job], isGraphDamaged: false, cause });
  }

  #finish(thread: LinkingThread, reply: LinkingReply): void {
    const work = thread.busy!;
    thread.rest();
    this.#sources.get(reply.index)?.jobDone(work.job, reply);
    this.wake();
  }

  #ended(thread: LinkingThread, cause: Error): void {
    if (this.#closed) return;
    this.#threads.splice(this.#threads.indexOf(thread), 1);
    if (!thread.isEnding) this.#onDeath({ kind: "linking", cause });
    if (thread.busy !== undefined) this.#lose(thread.busy, cause);
    this.#endBreakdowns();
    this.wake();
  }

  #lose({ index, job }: LinkingWork, cause: Error): void {
    const known = this.#breakdowns.get(index);
    if (known !== undefined) known.jobs.push(job);
    else if (changesGraph(job)) this.#breakDown(index, { cause, jobs: [job] });
    else this.#sources.get(index)?.jobsLost({ jobs: [job], isGraphDamaged: false, cause });
  }

  /** No further job of the index is given out, and every thread that works on it is ended. */
  #breakDown(index: number, breakdown: Breakdown): void {
    this.#breakdowns.set(index, breakdown);
    for (const thread of this.#threads) if (thread.busy?.index === index) void thread.end();
  }

  /** Tells indexes that no thread works on any more. */
  #endBreakdowns(): void {
    for (const [index, { cause, jobs }] of this.#breakdowns) {
      if (this.#threads.some(({ busy }) => busy?.index === index)) continue;
      this.#breakdowns.delete(index);
      this.#sources.get(index)?.jobsLost({ jobs, isGraphDamaged: true, cause });
    }
  }
}
