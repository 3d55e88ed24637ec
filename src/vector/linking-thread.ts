// One linking thread as the host sees it: what it works on, which indexes it has access to, and how it ends.

import { Worker } from "node:worker_threads";
import type { IndexAccess, LinkingJob, LinkingReply, LinkingRequest } from "./linking-job.js";

/** A job of one index. */
export interface LinkingWork {
  readonly index: number;
  readonly job: LinkingJob;
}

/** Who is told what becomes of a thread. */
export interface ThreadListener {
  readonly onReply: (thread: LinkingThread, reply: LinkingReply) => void;
  /** Called once, behind all replies. */
  readonly onEnd: (thread: LinkingThread, cause: Error) => void;
}

/** A worker thread that links. It does not keep the process alive unless it is told to. */
export class LinkingThread {
  /** The number of its scratch memory in every index; no other thread has it until this one has ended. */
  readonly number: number;
  busy: LinkingWork | undefined;
  readonly #worker: Worker;
  /** Indexes that it has access to. */
  readonly #known = new Set<number>();
  #isEnding = false;
  #error: Error | undefined;

  /** Starts the thread; throws where the machine gives none. */
  constructor(number: number, { onReply, onEnd }: ThreadListener) {
    this.number = number;
    this.#worker = new Worker(new URL("./linking-worker.js", import.meta.url), {
      workerData: { thread: number },
      name: "omendb-linking",
      // Some options of the process, such as --input-type, stop a thread that is started from a file.
      execArgv: [],
    });
    this.#worker.on("message", (reply: LinkingReply) => {
      onReply(this, reply);
    });
    this.#worker.on("error", (error: Error) => {
      this.#error = error;
    });
    this.#worker.on("exit", (code) => {
      onEnd(this, this.#error ?? new Error(`the thread was stopped, with exit code ${code}`));
    });
    this.#worker.unref();
  }

  /** True from the moment it was told to end. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  get isIdle(): boolean {
    return this.busy === undefined && !this.#isEnding;
  }

  run(work: LinkingWork, access: IndexAccess): void {
    this.busy = work;
    const isKnown = this.#known.has(work.index);
    this.#known.add(work.index);
    this.#post({ kind: "run", ...work, ...(isKnown ? {} : { access }) });
  }

  forget(index: number): void {
    if (this.#known.delete(index)) this.#post({ kind: "forget", index });
  }

  /** The job is done. */
  rest(): void {
    this.busy = undefined;
    // One that ends keeps the process alive until it has, as whoever waits for its index must.
    if (!this.#isEnding) this.#worker.unref();
  }

  /** The process must not end before the job is done. */
  keepProcess(): void {
    this.#worker.ref();
  }

  /** Ends the thread wherever it is, even where it waits for a lock. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#worker.terminate();
  }

  #post(request: LinkingRequest): void {
    this.#worker.postMessage(request);
  }
}
