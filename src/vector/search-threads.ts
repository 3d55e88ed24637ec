// The search threads of one database, shared by all its indexes: they start with the first searches that wait together,
// sleep while none wait, and never keep the process alive. What they work on lies in a SearchDesk.

import { Worker } from "node:worker_threads";
import type { IndexAccess } from "./linking-job.js";
import { SearchDesk } from "./search-desk.js";

/** Slots a thread: one it works on, and enough waiting for the time in which the host walks itself. */
const slotsPerThread = 4;

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
}

/** Worker threads that walk graphs and scan codes for searches that wait together. */
export class SearchThreads {
  readonly threadCount: number;
  readonly #firstThread: number;
  readonly #workers: Worker[] = [];
  /** Indexes that the threads have been told of. */
  readonly #known = new Set<number>();
  #nextIndex = 0;
  #desk: SearchDesk | undefined;
  #ended = false;

  constructor({ threadCount, firstThread }: SearchThreadsOptions) {
    this.threadCount = threadCount;
    this.#firstThread = firstThread;
  }

  get runningThreads(): number {
    return this.#workers.length;
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

  /** The desk of the threads, which know the index from now on; they are started if they do not run. */
  deskFor(index: number, access: IndexAccess): SearchDesk {
    this.#desk ??= this.#start();
    if (!this.#known.has(index)) {
      this.#known.add(index);
      this.#post({ kind: "open", index, access });
    }
    return this.#desk;
  }

  /** Stops the threads. */
  async close(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }

  #start(): SearchDesk {
    const slotCount = this.threadCount * slotsPerThread;
    const desk = new SearchDesk(slotCount);
    for (let i = 0; i < this.threadCount; i++) {
      const workerData: SearchThreadStart = {
        slotCount,
        buffer: desk.buffer,
        thread: this.#firstThread + i,
      };
      const worker = new Worker(new URL("./search-worker.js", import.meta.url), {
        workerData,
        name: "omendb-search",
        // As for linking threads.
        execArgv: [],
      });
      worker.on("error", () => this.#fail());
      worker.on("exit", () => this.#fail());
      worker.unref();
      this.#workers.push(worker);
    }
    return desk;
  }

  #post(message: SearchThreadMessage): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }

  /** A thread that cannot start, or dies, changes no answer: the host goes on alone. */
  #fail(): void {
    if (this.#ended) return;
    void this.close();
  }
}
