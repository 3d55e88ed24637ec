// The index of one vector field: rows with codes, a graph over them, and the tail of rows not yet in the graph. It
// speaks rows, never ids, and everything in it can be rebuilt from the store. Design section 5.

import { setImmediate as turn } from "node:timers/promises";
import { blockRows } from "../kernel/kernel-settings.js";
import type { Metric, Originals, Quantization } from "../model/collection-config.js";
import { defaults } from "../model/limits.js";
import type { OmenError } from "../base/omen-error.js";
import type { IndexMemoryBytes, VectorFieldMetrics } from "../model/metrics.js";
import { defaultEffort } from "../model/search-effort.js";
import type { VectorIndexStats } from "../model/stats.js";
import { readCheckpoint, writeCheckpoint } from "./checkpoint-file.js";
import { checkCodes, checkLinks, type GraphCount, type RowFault, type VectorReader } from "./index-check.js";
import { IndexMemory } from "./index-memory.js";
import { IndexMeters } from "./index-meters.js";
import type { IndexThreads } from "./index-threads.js";
import { Maintenance } from "./maintenance.js";
import {
  answer,
  searchInParallel,
  type NextSearch,
  type QueuedSearch,
  type SharedSearcher,
} from "./parallel-search.js";
import { SearchPlanner } from "./search-plan.js";
import {
  Searcher,
  type CandidateSearch,
  type FoundCandidates,
  type IndexHits,
  type IndexQuery,
  type OriginalReader,
} from "./searcher.js";

/** What an index is made with. */
export interface VectorIndexOptions {
  readonly dimension: number;
  readonly metric: Metric;
  readonly quantization: Quantization;
  readonly originals: Originals;
  readonly maxDegree: number;
  readonly efConstruction: number;
  readonly originalReader: OriginalReader;
  readonly threads: IndexThreads;
  /** True if removed rows may be reused only after a checkpoint without them is durable (see takeFreeRows). */
  readonly durable: boolean;
  /** What the index counts into; its own if not given. */
  readonly meters?: IndexMeters;
  /** Told when no thread will link any more. */
  readonly onLinkingFailed?: (error: OmenError) => void;
}

/** Rows that one turn of the event loop counts or reads. */
const sliceRows = 16_384;

/** The index of one vector field. Only the host thread calls it; other threads work on its memory. */
export class VectorIndex implements SharedSearcher {
  readonly #options: VectorIndexOptions;
  readonly #memory: IndexMemory;
  readonly #maintenance: Maintenance;
  readonly #planner: SearchPlanner;
  readonly #searcher: Searcher;
  /** The number that search threads know this index by. */
  readonly #shared: number;
  /** Rows that may be written again. */
  #free: number[] = [];
  /** Rows out of the graph that the last durable checkpoint still holds. */
  readonly #released = new Set<number>();
  #changedRows = 0;

  private constructor(options: VectorIndexOptions) {
    this.#options = options;
    const fullPrecision = options.quantization === "none";
    this.#memory = new IndexMemory({
      dimension: options.dimension,
      metric: options.metric,
      fullPrecision,
      originalsInMemory: options.originals === "memory" && !fullPrecision,
      maxDegree: options.maxDegree,
      efConstruction: options.efConstruction,
      threads: options.threads.scratchCount,
    });
    const meters = options.meters ?? new IndexMeters();
    this.#maintenance = new Maintenance(this.#memory, options.threads.linking, {
      meters,
      onReleased: (rows) => this.#release(rows),
      onFailed: (error) => options.onLinkingFailed?.(error),
    });
    const { kernel } = this.#memory;
    const bytes = { coarse: kernel.coarseStrideBytes(), fine: kernel.codeStrideBytes() };
    this.#planner = new SearchPlanner(this.#maintenance.calibrator, bytes);
    this.#searcher = new Searcher({
      memory: this.#memory,
      planner: this.#planner,
      originals: options.originalReader,
      meters,
    });
    this.#shared = options.threads.searching.attach();
  }

  /** An empty index. */
  static create(options: VectorIndexOptions): Promise<VectorIndex> {
    return Promise.resolve(new VectorIndex(options));
  }

  /** Loads a checkpoint; undefined if the file is missing, damaged, of other settings or of another version. */
  static async load(
    path: string,
    options: VectorIndexOptions,
  ): Promise<{ index: VectorIndex; sequence: number } | undefined> {
    const index = new VectorIndex(options);
    const state = await readCheckpoint(path, index.#memory);
    if (state === undefined) {
      await index.close();
      return undefined;
    }
    try {
      await index.#readOriginals();
    } catch (error) {
      await index.close();
      throw error;
    }
    index.#maintenance.calibrator.adopt(state.calibration);
    index.#maintenance.adopt(index.#memory.kernel.countLive(), index.#deadRows());
    return { index, sequence: state.sequence };
  }

  /** Makes room for rows below `rowEnd`. Throws OmenError unavailable where memory is at its limit. */
  reserve(rowEnd: number): void {
    this.#memory.reserve(rowEnd);
  }

  /**
   * Encodes a vector into a row. No search sees it until it is published. The row must be free; when changes are
   * replayed after a checkpoint it may also hold this very vector already.
   */
  write(row: number, vector: Float32Array, offset = 0): void {
    const { dimension } = this.#options;
    const whole = offset === 0 && vector.length === dimension;
    this.#memory.input.set(whole ? vector : vector.subarray(offset, offset + dimension));
    this.#memory.kernel.encode(row);
  }

  /** Makes written rows visible to every search from now on, and queues them for linking. */
  publish(rows: ArrayLike<number>): void {
    const { kernel } = this.#memory;
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (kernel.isLive(row) === 0) count++;
      kernel.publish(row);
    }
    this.#changedRows += rows.length;
    this.#maintenance.rowsPublished(count);
  }

  /** Hides rows from every search from now on. Rows that are not live are passed over. */
  remove(rows: ArrayLike<number>): void {
    const dead: number[] = [];
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (row >= this.#memory.rowEnd) continue;
      const outcome = this.#memory.kernel.remove(row);
      if (outcome === 0) continue;
      count++;
      if (outcome === 1) this.#free.push(row);
      else dead.push(row);
    }
    this.#changedRows += count;
    this.#maintenance.rowsRemoved(count, dead);
  }

  /** Rows removed earlier that may be written again: each is returned once. */
  takeFreeRows(): number[] {
    if (this.#free.length === 0) return [];
    const rows = this.#free;
    this.#free = [];
    return rows;
  }

  isLive(row: number): boolean {
    return this.#memory.kernel.isLive(row) !== 0;
  }

  /** True while a row is live, or the graph or the last durable checkpoint refers to it. */
  isOccupied(row: number): boolean {
    return this.isLive(row) || this.#memory.kernel.isLinked(row) !== 0 || this.#released.has(row);
  }

  search(query: Float32Array, request: IndexQuery): IndexHits {
    return this.#searcher.search(query, request, this.#maintenance);
  }

  /** True if search threads can take a part of such a search from the host. */
  canShare(query: IndexQuery): boolean {
    return this.#options.threads.searching.isUsable && this.candidateSearch(query) !== undefined;
  }

  /** Answers searches that wait together, with the search threads, until `next` gives none. All are answered then. */
  searchAll(next: NextSearch): void {
    const { searching } = this.#options.threads;
    if (!searching.isUsable) {
      for (let search = next(); search !== undefined; search = next()) this.#answer(search);
      return;
    }
    const desk = searching.deskFor(this.#shared, this.#maintenance.access);
    searchInParallel({ desk, index: this.#shared, searcher: this, next });
  }

  #answer(search: QueuedSearch): void {
    answer(search, () => this.search(search.vector, search.query));
  }

  candidateSearch(query: IndexQuery): CandidateSearch | undefined {
    return this.#searcher.candidateSearch(query, this.#maintenance);
  }

  finish(vector: Float32Array, query: IndexQuery, found: FoundCandidates): IndexHits {
    return this.#searcher.finish(vector, query, this.#maintenance, found);
  }

  /** Tells linking threads to give way until `endWrite`. Calls may nest. */
  beginWrite(): void {
    this.#maintenance.beginWrite();
  }

  endWrite(): void {
    this.#maintenance.endWrite();
  }

  /** Resolves at once, or, while the tail is over its bound, when linking has shortened it. */
  whenWritable(): Promise<void> {
    return this.#maintenance.whenWritable();
  }

  /** Resolves when every row that is live now is linked, and the consolidation that is due or running now is over. */
  waitUntilLinked(): Promise<void> {
    return this.#maintenance.whenLinked();
  }

  /** Resolves when every live row is linked and no consolidation is due, for which writers must pause. */
  waitUntilQuiet(): Promise<void> {
    return this.#maintenance.whenQuiet();
  }

  /** Rows linked, written or removed since the last checkpoint: the collection decides when one is due. */
  get changesSinceCheckpoint(): number {
    return this.#changedRows + this.#maintenance.linkedRowsSinceCheckpoint;
  }

  /** Called when rows have come to wait for a checkpoint, which makes them free for reuse. */
  onReleased: () => void = () => undefined;

  /** Rows that a checkpoint would make free for reuse. */
  get releasedRows(): number {
    return this.#released.size;
  }

  /**
   * Writes a checkpoint: beside, synced, renamed, directory synced. `sequence` is that of the last operation whose
   * rows are published and removed here; later ones may come meanwhile, and are applied again after loading.
   */
  async saveCheckpoint(path: string, sequence: number): Promise<void> {
    await this.#maintenance.pause();
    try {
      const released = [...this.#released];
      const changed = this.#changedRows;
      const linked = this.#maintenance.linkedRowsSinceCheckpoint;
      const { calibration } = this.#maintenance.calibrator;
      await writeCheckpoint(path, this.#memory, { sequence, calibration });
      // Landmarks are spread over the rows there are: chosen again, walks begin where those of a loaded index do.
      this.#memory.setHeader("landmarksAt", 0);
      for (const row of released) {
        this.#released.delete(row);
        this.#free.push(row);
      }
      this.#changedRows -= changed;
      this.#maintenance.linkedRowsSinceCheckpoint -= linked;
    } finally {
      this.#maintenance.resume();
    }
  }

  /**
   * Compares liveness and codes with the stored vectors, row by row: to be run in slices while rows are written. Yields and
   * gives the number of rows compared.
   */
  checkCodes(
    rowEnd: () => number,
    read: VectorReader,
    tell: (fault: RowFault) => void,
  ): Generator<number, number> {
    return checkCodes(this.#memory, rowEnd, read, tell);
  }

  /** Checks links and the ways to all rows; linking waits while `run` runs the check in slices. */
  async checkLinks(
    run: (work: Generator<number, GraphCount>) => Promise<GraphCount>,
    tell: (fault: RowFault) => void,
  ): Promise<GraphCount> {
    await this.#maintenance.holdGraph();
    try {
      return await run(checkLinks(this.#memory, tell));
    } finally {
      this.#maintenance.releaseGraph();
    }
  }

  async stats(): Promise<Omit<VectorIndexStats, "field">> {
    const { kernel, settings, module } = this.#memory;
    const maintenance = this.#maintenance;
    await maintenance.pause();
    try {
      const unreachableRows = await this.#countUnreachable();
      const linkedRows = kernel.countLiveLinked();
      return {
        dimension: settings.dimension,
        metric: settings.metric,
        liveRows: maintenance.liveRows,
        linkedRows,
        tailRows: maintenance.liveRows - linkedRows,
        deadRows: maintenance.deadRows,
        unreachableRows,
        plan: this.#describePlan(),
        ...this.#searcher.counters,
        bytes: this.#bytes(),
        kernel: module.build,
      };
    } finally {
      maintenance.resume();
    }
  }

  /** What can be told at once: two bits a row are counted, and no graph is walked. */
  gauges(): Omit<VectorFieldMetrics, "field"> {
    const { kernel } = this.#memory;
    return {
      liveRows: this.#maintenance.liveRows,
      tailRows: Math.max(0, this.#maintenance.liveRows - kernel.countLiveLinked()),
      deadRows: this.#maintenance.deadRows,
      releasedRows: this.releasedRows,
      changesSinceCheckpoint: this.changesSinceCheckpoint,
      memoryBytes: this.#bytes(),
    };
  }

  #bytes(): IndexMemoryBytes {
    const { kernel, blockCount } = this.#memory;
    const rows = blockCount * blockRows;
    return {
      codes: rows * kernel.codeStrideBytes(),
      links: rows * kernel.linkStrideBytes(),
      originals: rows * kernel.ownOriginalBytes(),
      bitSets: rows / 2,
      scratch: kernel.scratchEnd() >>> 0,
    };
  }

  /** How a search for ten rows at the default recall is done as of now. */
  #describePlan(): VectorIndexStats["plan"] {
    const calibratedRows = this.#maintenance.calibrator.calibration?.linkedRows ?? 0;
    const plan = this.#planner.plan(
      { limit: defaults.searchLimit, effort: defaultEffort },
      this.#maintenance,
    );
    if (plan.kind === "scan") return { kind: "scan", calibratedRows };
    return { kind: "walk", calibratedRows, ...plan.walk };
  }

  /** Stops linking and lets go of the memory. No search may be under way. */
  async close(): Promise<void> {
    this.#options.threads.searching.detach(this.#shared);
    await this.#maintenance.close();
  }

  #release(rows: readonly number[]): void {
    for (const row of rows) {
      if (this.#options.durable) this.#released.add(row);
      else this.#free.push(row);
    }
    if (this.#released.size > 0) this.onReleased();
  }

  /** Linked rows that are not live. */
  #deadRows(): number[] {
    const { kernel, gather, rowEnd } = this.#memory;
    const dead: number[] = [];
    let from = 0;
    while (from < rowEnd) {
      const count = kernel.gatherDead(from, 8192);
      if (count === 0) break;
      for (let i = 0; i < count; i++) dead.push(gather[i]!);
      from = (Math.floor(gather[count - 1]! / 32) + 1) * 32;
    }
    return dead;
  }

  /** A checkpoint leaves originals out, which the store has: fills them in where they are kept in memory. */
  async #readOriginals(): Promise<void> {
    const { kernel, rowEnd, settings, memory } = this.#memory;
    if (!settings.originalsInMemory) return;
    for (let row = 0; row < rowEnd; row++) {
      if (kernel.isLive(row) === 0) continue;
      const target = new Float32Array(memory.buffer, kernel.originalAddress(row) >>> 0, settings.dimension);
      // A row removed after the checkpoint is gone from the store; the changes replayed next remove it here too.
      this.#options.originalReader.read(row, target, 0);
      if (row % sliceRows === 0) await turn();
    }
  }

  /** Walks the graph in slices; linking is paused. */
  async #countUnreachable(): Promise<number> {
    const { kernel, rowEnd } = this.#memory;
    kernel.beginReach();
    for (let followed = 1; followed > 0;) {
      followed = 0;
      for (let from = 0; from < rowEnd; from += sliceRows) {
        followed += kernel.reachRange(from, Math.min(rowEnd, from + sliceRows));
        await turn();
      }
    }
    return kernel.countUnreached();
  }
}
