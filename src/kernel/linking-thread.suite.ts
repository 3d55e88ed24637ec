// A worker thread for tests: links the tail of an index until it is told to stop. Not what src/vector uses.

import "./webassembly.js";
import { parentPort, Worker, workerData } from "node:worker_threads";
import type { Quiet } from "./graph-check.suite.js";
import type { TestIndex } from "./kernel-harness.suite.js";
import { instantiateKernel } from "./kernel.js";
import type { KernelSettings } from "./kernel-settings.js";

interface Task {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly settings: KernelSettings;
  readonly thread: number;
  /** Word 0 tells all threads to stop; word `thread` is 1 while that thread links. */
  readonly state: Int32Array;
}

/** Threads that link `index`, each with scratch memory of its own. */
export class LinkingThreads implements Quiet {
  readonly #index: TestIndex;
  readonly #state: Int32Array;
  readonly #ended: Promise<number>[];

  constructor(index: TestIndex) {
    this.#index = index;
    const { module, memory, settings } = index;
    this.#state = new Int32Array(new SharedArrayBuffer(4 * settings.threads));
    this.#ended = Array.from({ length: settings.threads - 1 }, (_, i) => {
      const task: Task = { module: module.module, memory, settings, thread: i + 1, state: this.#state };
      const worker = new Worker(new URL(import.meta.url), { workerData: task });
      return new Promise((resolve, reject) => {
        worker.once("error", reject);
        worker.once("message", resolve);
      });
    });
  }

  /** Returns when no thread links. Blocks: a test may. */
  pause = (): void => {
    this.#index.setHeader("pause", 1);
    for (let thread = 1; thread < this.#state.length; thread++) {
      while (Atomics.load(this.#state, thread) === 1) Atomics.wait(this.#state, thread, 1, 10);
    }
  };

  resume = (): void => {
    this.#index.setHeader("pause", 0);
  };

  /** Stops all threads; returns how many rows each has linked. */
  async stop(): Promise<readonly number[]> {
    Atomics.store(this.#state, 0, 1);
    return Promise.all(this.#ended);
  }
}

function link({ module, memory, settings, thread, state }: Task): number {
  const kernel = instantiateKernel(module, memory, settings, thread);
  let linked = 0;
  while (Atomics.load(state, 0) === 0) {
    Atomics.store(state, thread, 1);
    const count = kernel.linkTail(32);
    Atomics.store(state, thread, 0);
    Atomics.notify(state, thread);
    linked += count;
    if (count === 0) Atomics.wait(state, 0, 0, 1);
  }
  return linked;
}

// Node gives workerData of any type; ours is the task above. In the main thread there is no parent port.
parentPort?.postMessage(link(workerData as Task));
