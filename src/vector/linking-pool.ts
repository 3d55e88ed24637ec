// The linking threads of one database, shared by all its indexes. Threads start with the first work there is, take
// slices from the indexes in turn, and never keep the process alive unless somebody waits for them.

import { Worker } from "node:worker_threads";
import type { LinkingJob, LinkingReply, LinkingRequest, LinkingSource } from "./linking-job.js";

interface Thread {
  readonly worker: Worker;
  /** Indexes that this thread has access to. */
  readonly known: Set<number>;
  busy: { readonly index: number; readonly job: LinkingJob } | undefined;
}

/** Worker threads that link rows in the background. */
export class LinkingPool {
  /** Most threads that run at once. */
  readonly threadCount: number;
  readonly #threads: Thread[] = [];
  readonly #sources = new Map<number, LinkingSource>();
  #nextIndex = 0;
  /** Index whose turn it is: the first of those behind the one served last. */
  #turn = 0;
  #closed = false;

  constructor(threadCount: number) {
    this.threadCount = threadCount;
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
    for (const thread of this.#threads) {
      if (thread.known.delete(index)) post(thread, { kind: "forget", index });
    }
  }

  /** Gives work to idle threads; called whenever an index may have some. */
  wake(): void {
    if (this.#closed) return;
    for (const { busy, worker } of this.#threads) {
      if (busy !== undefined && this.#sources.get(busy.index)?.awaited === true) worker.ref();
    }
    for (let thread = this.#idleThread(); thread !== undefined; thread = this.#idleThread()) {
      const next = this.#nextJob();
      if (next === undefined) return;
      this.#dispatch(thread === "new" ? this.#start() : thread, next);
    }
  }

  /** Stops the threads. No source may have a running job. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map((thread) => thread.worker.terminate()));
    this.#threads.length = 0;
  }

  #idleThread(): Thread | "new" | undefined {
    const idle = this.#threads.find((thread) => thread.busy === undefined);
    return idle ?? (this.#threads.length < this.threadCount ? "new" : undefined);
  }

  /** Asks the indexes in turn. */
  #nextJob(): { index: number; job: LinkingJob } | undefined {
    const indexes = [...this.#sources.keys()];
    const start = Math.max(
      0,
      indexes.findIndex((index) => index >= this.#turn),
    );
    for (let i = 0; i < indexes.length; i++) {
      const index = indexes[(start + i) % indexes.length]!;
      const job = this.#sources.get(index)!.nextJob();
      if (job === undefined) continue;
      this.#turn = index + 1;
      return { index, job };
    }
    return undefined;
  }

  #start(): Thread {
    const worker = new Worker(new URL("./linking-worker.js", import.meta.url), {
      workerData: { thread: this.#threads.length + 1 },
      name: "omendb-linking",
      // Some options of the process, such as --input-type, stop a thread that is started from a file.
      execArgv: [],
    });
    const thread: Thread = { worker, known: new Set(), busy: undefined };
    worker.on("message", (reply: LinkingReply) => {
      this.#finish(thread, reply);
    });
    worker.on("error", (error: Error) => {
      this.#fail(error);
    });
    worker.unref();
    this.#threads.push(thread);
    return thread;
  }

  #dispatch(thread: Thread, work: { index: number; job: LinkingJob }): void {
    const source = this.#sources.get(work.index)!;
    thread.busy = work;
    if (source.awaited) thread.worker.ref();
    const known = thread.known.has(work.index);
    thread.known.add(work.index);
    post(thread, { kind: "run", ...work, ...(known ? {} : { access: source.access }) });
  }

  #finish(thread: Thread, reply: LinkingReply): void {
    const work = thread.busy!;
    thread.busy = undefined;
    thread.worker.unref();
    this.#sources.get(reply.index)?.jobDone(work.job, reply);
    this.wake();
  }

  /** A thread that died may have held the lock of a list, so no other thread goes on; searches do. */
  #fail(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const thread of this.#threads) void thread.worker.terminate();
    for (const source of this.#sources.values()) source.jobFailed(error);
    this.#threads.length = 0;
  }
}

function post(thread: Thread, request: LinkingRequest): void {
  thread.worker.postMessage(request);
}
