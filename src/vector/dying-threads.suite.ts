// What tests of dying threads share: the threads that are started, which they end, and an index trial that shows its graph,
// what its threads lost, and has traps planted in their jobs.

import type { Worker } from "node:worker_threads";
import { checkGraph } from "../kernel/graph-check.suite.js";
import { headerWord } from "../kernel/kernel-settings.js";
import { instantiateKernel } from "../kernel/kernel.js";
import type { SeededRandom } from "../base/seeded-random.js";
import { IndexTrial } from "./index-trial.suite.js";
import type { IndexThreads, IndexThreadsOptions } from "./index-threads.js";
import type { LinkingJob, LinkingRequest, LostJobs } from "./linking-job.js";
import { Maintenance } from "./maintenance.js";
import type { ThreadDeath } from "./thread-death.js";
import { VectorIndex, type VectorIndexOptions } from "./vector-index.js";

/** The worker threads that were started since, whoever started them, and still run. */
export class RunningThreads {
  readonly workers = new Set<Worker>();
  readonly #ending: Promise<number>[] = [];
  readonly #added = (worker: Worker): void => {
    this.workers.add(worker);
    worker.once("exit", () => this.workers.delete(worker));
  };

  constructor() {
    process.on("worker", this.#added);
  }

  /** Ends one of them wherever it is. */
  endOne(random: SeededRandom): void {
    const worker = [...this.workers][random.below(Math.max(1, this.workers.size))];
    if (worker === undefined) return;
    this.workers.delete(worker);
    // Its end is waited for, maybe by nothing else.
    worker.ref();
    this.#ending.push(worker.terminate());
  }

  /** Resolves when those have ended that were to. */
  async haveEnded(): Promise<void> {
    await Promise.all(this.#ending.splice(0));
  }

  stop(): void {
    process.off("worker", this.#added);
  }
}

/** An index whose threads die; their deaths are collected instead of told. */
export class DyingTrial {
  readonly deaths: ThreadDeath[] = [];
  readonly lost: LostJobs[] = [];
  trial!: IndexTrial;
  maintenance!: Maintenance;
  /** Jobs of a kind that are yet to end in a trap. */
  #traps: { kind: LinkingJob["kind"]; count: number } = { kind: "link", count: 0 };
  #number = 0;
  readonly #started = (worker: Worker): void => {
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (request: LinkingRequest) => {
      post(this.#trapped(request));
    };
  };

  /** The threads are those given, or its own. */
  static async create(
    options: Partial<VectorIndexOptions> & { dimension: number },
    threads: Partial<IndexThreadsOptions> = {},
  ): Promise<DyingTrial> {
    const dying = new DyingTrial();
    process.on("worker", dying.#started);
    dying.trial = await IndexTrial.create(options, {
      onDeath: (death) => dying.deaths.push(death),
      ...threads,
    });
    const unwatched = dying.trial.index;
    dying.#watch(dying.trial.options.threads);
    dying.trial.index = await VectorIndex.create(dying.trial.options);
    await unwatched.close();
    return dying;
  }

  #watch({ linking }: IndexThreads): void {
    const attach = linking.attach.bind(linking);
    linking.attach = (source) => {
      if (source instanceof Maintenance) this.maintenance = source;
      const jobsLost = source.jobsLost.bind(source);
      source.jobsLost = (jobs) => {
        this.lost.push(jobs);
        jobsLost(jobs);
      };
      linking.attach = attach;
      this.#number = attach(source);
      return this.#number;
    };
  }

  /** The next jobs of this kind end in a trap of the kernel, but for the first of each thread, which is sent before anyone can see it. */
  plantTraps(kind: LinkingJob["kind"], count: number): void {
    this.#traps = { kind, count };
  }

  /** A thread that is to try walks from a row behind the memory reads where there is none. */
  #trapped(request: LinkingRequest): LinkingRequest {
    if (request.kind !== "run" || request.index !== this.#number) return request;
    if (request.job.kind !== this.#traps.kind || this.#traps.count <= 0) return request;
    this.#traps.count--;
    const { module, memory, settings } = this.maintenance.access;
    const kernel = instantiateKernel(module, memory, settings, 0);
    const row = 1024 * (Math.ceil(memory.buffer.byteLength / kernel.blockByteCount()) + 1);
    return { ...request, job: { kind: "calibrate", rows: [row], limit: 1, walks: [] } };
  }

  /** How often jobs of these kinds were lost. */
  lostOf(...kinds: readonly LinkingJob["kind"][]): number {
    return this.lost.filter(({ jobs }) => jobs.some(({ kind }) => kinds.includes(kind))).length;
  }

  /** Checks every invariant of the graph while nothing links. */
  async checkGraph(): Promise<void> {
    await this.maintenance.pause();
    try {
      const { module, memory, settings } = this.maintenance.access;
      const kernel = instantiateKernel(module, memory, settings, 0);
      const words = (address: number, count: number): Uint32Array =>
        new Uint32Array(memory.buffer, address, count);
      const header = (word: keyof typeof headerWord): number =>
        words(kernel.headerAddress(), 64)[headerWord[word] / 4]!;
      checkGraph({ kernel, settings, rowEnd: this.trial.rowEnd, header, words });
    } finally {
      this.maintenance.resume();
    }
  }

  async close(): Promise<void> {
    process.off("worker", this.#started);
    await this.trial.close();
  }
}
