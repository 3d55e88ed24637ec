// The search threads of one database, shared by all its indexes: they start with the first searches that wait together,
// sleep while none wait, and never keep the process alive. What they work on lies in a SearchDesk.
//
// One that dies takes no search with it: the host does what it had. Another takes its place with the next searches that
// wait together, until they die too often.

import { Worker } from "node:worker_threads";
import type { IndexAccess } from "./linking-job.js";
import { SearchDesk } from "./search-desk.js";
import { warnOfDeath, type OnThreadDeath } from "./thread-death.js";

/** Slots a thread: one it works on, and enough waiting for the time in which the host walks itself. */
const slotsPerThread = 4;
/** With so many deaths within a minute, the host searches alone from then on. */
const deathsMax = 3;
const deathsWithinMs = 60_000;

/** To a search thread. Sent before the first query on an index is queued; read when a thread comes to it. */
export type SearchThreadMessage =
  | { readonly kind: "open"; readonly index: number; readonly access: IndexAccess }
  | { readonly kind: "forget"; readonly index: number };

/** What a search thread is started with. */
export interface SearchThreadStart {
  readonly slotCount: number;
  readonly buffer: SharedArrayBuffer;
  /** The number of the thread's scratch memory in every index. */
  readonly thread: number;
}

/** How many search threads there may be, and the number of the first one's scratch memory. */
export interface SearchThreadsOptions {
  readonly threadCount: number;
  readonly firstThread: number;
  readonly onDeath?: OnThreadDeath;
}

/** Worker threads that walk graphs and scan codes for searches that wait together. */
export class SearchThreads {
  readonly threadCount: number;
  readonly #firstThread: number;
  readonly #onDeath: OnThreadDeath;
  /** By the number of their scratch memory. */
  readonly #workers = new Map<number, Worker>();
  /** Indexes that the threads have been told of. */
  readonly #known = new Map<number, IndexAccess>();
  /** When threads died. */
  readonly #deaths: number[] = [];
  #nextIndex = 0;
  #desk: SearchDesk | undefined;
  #ended = false;

  constructor({ threadCount, firstThread, onDeath = warnOfDeath }: SearchThreadsOptions) {
    this.threadCount = threadCount;
    this.#firstThread = firstThread;
    this.#onDeath = onDeath;
  }

  get runningThreads(): number {
    return this.#workers.size;
  }

  /** True while searches can be shared with threads. */
  get isUsable(): boolean {
    return this.threadCount > 0 && !this.#ended;
  }

  /** A number for an index. */
  attach(): number {
    return this.#nextIndex++;
  }

  /** Lets threads forget an index. */
  detach(index: number): void {
    if (!this.#known.delete(index)) return;
    this.#post({ kind: "forget", index });
    // One that sleeps would hold the memory of the index until it has work again.
    this.#desk?.wakeAll();
  }

  /** The desk of the threads, which know the index from now on; those that do not run are started. */
  deskFor(index: number, access: IndexAccess): SearchDesk {
    this.#desk ??= new SearchDesk(this.#slotCount);
    if (this.#workers.size < this.threadCount) this.#startMissing(this.#desk);
    if (!this.#known.has(index)) {
      this.#known.set(index, access);
      this.#post({ kind: "open", index, access });
    }
    return this.#desk;
  }

  /** Stops the threads. */
  async close(): Promise<void> {
    this.#ended = true;
    const workers = [...this.#workers.values()];
    this.#workers.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  get #slotCount(): number {
    return this.threadCount * slotsPerThread;
  }

  #startMissing(desk: SearchDesk): void {
    for (let i = 0; i < this.threadCount && !this.#ended; i++) {
      const thread = this.#firstThread + i;
      if (this.#workers.has(thread)) continue;
      try {
        this.#start(thread, desk);
      } catch (error) {
        this.#died(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  /** Throws where the machine gives no thread. */
  #start(thread: number, desk: SearchDesk): void {
    const workerData: SearchThreadStart = { slotCount: this.#slotCount, buffer: desk.buffer, thread };
    const worker = new Worker(new URL("./search-worker.js", import.meta.url), {
      workerData,
      name: "omendb-search",
      // As for linking threads.
      execArgv: [],
    });
    let cause: Error | undefined;
    worker.on("error", (error: Error) => {
      cause = error;
    });
    worker.on("exit", (code) => {
      if (this.#ended) return;
      this.#workers.delete(thread);
      // Between two turns: no search is under way.
      desk.freeSlotsOf(thread);
      this.#died(cause ?? new Error(`the thread was stopped, with exit code ${code}`));
    });
    worker.unref();
    this.#workers.set(thread, worker);
    for (const [index, access] of this.#known) post(worker, { kind: "open", index, access });
  }

  #post(message: SearchThreadMessage): void {
    for (const worker of this.#workers.values()) post(worker, message);
  }

  /** A thread that cannot start, or dies, changes no answer. Where they die again and again the host goes on alone. */
  #died(cause: Error): void {
    this.#onDeath({ kind: "searching", cause });
    this.#deaths.push(performance.now());
    if (this.#deaths.length < deathsMax) return;
    if (performance.now() - this.#deaths.shift()! < deathsWithinMs) void this.close();
  }
}

function post(worker: Worker, message: SearchThreadMessage): void {
  worker.postMessage(message);
}
