// SCAFFOLD, being replaced by the real index: same interface, exact scan in plain TypeScript.

import type { Metric, Originals, Quantization } from "../model/collection-config.js";
import type { VectorIndexStats } from "../model/stats.js";
import type { LinkingPool } from "./linking-pool.js";

/** Copies the exact vector of a row into `target[offset …]`; false if there is none. */
export type OriginalReader = (row: number, target: Float32Array, offset: number) => boolean;

export interface VectorIndexOptions {
  readonly dimension: number;
  readonly metric: Metric;
  readonly quantization: Quantization;
  readonly originals: Originals;
  readonly maxDegree: number;
  readonly efConstruction: number;
  readonly readOriginal: OriginalReader;
  readonly pool: LinkingPool;
  /** True if removed rows may be reused only after a checkpoint without them is durable (see takeFreeRows). */
  readonly durable: boolean;
}

export interface IndexQuery {
  /** Best rows wanted (limit + offset). */
  readonly limit: number;
  readonly ef: number;
  readonly exact: boolean;
  /** If given, only these rows are eligible: ascending, each live or not. */
  readonly allowed?: Uint32Array;
}

/** Found rows, best first, with public scores. The arrays are reused by the next search. */
export interface IndexHits {
  count: number;
  readonly rows: Uint32Array;
  readonly scores: Float64Array;
}

export class VectorIndex {
  readonly #options: VectorIndexOptions;
  readonly #vectors = new Map<number, Float32Array>();
  readonly #written = new Map<number, Float32Array>();
  readonly #freed: number[] = [];
  private constructor(options: VectorIndexOptions) {
    this.#options = options;
  }

  static async create(options: VectorIndexOptions): Promise<VectorIndex> {
    return new VectorIndex(options);
  }

  /** Loads a checkpoint; `undefined` if the file is missing, damaged, of other settings or another version. */
  static async load(_path: string, _options: VectorIndexOptions): Promise<{ index: VectorIndex; sequence: number } | undefined> {
    return undefined;
  }

  /** Makes room for rows below `rowEnd`. Throws OmenError unavailable/index_full when memory is at its limit. */
  reserve(_rowEnd: number): void {}

  /** Encodes a vector into a row that nothing refers to. No search sees it until it is published. */
  write(row: number, vector: Float32Array, offset = 0): void {
    this.#written.set(row, vector.slice(offset, offset + this.#options.dimension));
  }

  /** Makes written rows visible to every search from now on, and queues them for linking. */
  publish(rows: ArrayLike<number>): void {
    for (let i = 0; i < rows.length; i++) this.#vectors.set(rows[i]!, this.#written.get(rows[i]!)!);
    this.#written.clear();
  }

  /** Hides rows from every search from now on. Rows that are not live are passed over. */
  remove(rows: ArrayLike<number>): void {
    for (let i = 0; i < rows.length; i++) if (this.#vectors.delete(rows[i]!)) this.#freed.push(rows[i]!);
  }

  /** Rows removed earlier that may be written again: each is returned once. */
  takeFreeRows(): number[] {
    return this.#freed.splice(0);
  }

  isLive(row: number): boolean {
    return this.#vectors.has(row);
  }

  /** True while a row is live, or dead and still referred to by the graph (or by the last durable checkpoint). */
  isOccupied(row: number): boolean {
    return this.#vectors.has(row);
  }

  search(query: Float32Array, request: IndexQuery): IndexHits {
    const { metric } = this.#options;
    const allowed = request.allowed === undefined ? undefined : new Set(request.allowed);
    const all: { row: number; score: number }[] = [];
    for (const [row, vector] of this.#vectors) {
      if (allowed !== undefined && !allowed.has(row)) continue;
      let dot = 0;
      let normQ = 0;
      let normV = 0;
      let square = 0;
      for (let i = 0; i < query.length; i++) {
        dot += query[i]! * vector[i]!;
        normQ += query[i]! ** 2;
        normV += vector[i]! ** 2;
        square += (query[i]! - vector[i]!) ** 2;
      }
      all.push({ row, score: metric === "dot" ? dot : metric === "cosine" ? dot / Math.sqrt(normQ * normV) : Math.sqrt(square) });
    }
    all.sort((a, b) => (metric === "euclidean" ? a.score - b.score : b.score - a.score));
    const hits = all.slice(0, request.limit);
    return { count: hits.length, rows: Uint32Array.from(hits, (h) => h.row), scores: Float64Array.from(hits, (h) => h.score) };
  }

  /** Tells linking threads to give way until `endWrite`. Calls may nest. */
  beginWrite(): void {}
  endWrite(): void {}

  /** Resolves at once, or, while the tail is over its bound, when linking has shortened it. */
  async whenWritable(): Promise<void> {}

  /** Resolves when every live row is linked and no consolidation is due. */
  async waitUntilLinked(): Promise<void> {}

  async stats(): Promise<Omit<VectorIndexStats, "field">> {
    const { dimension, metric } = this.#options;
    const rows = this.#vectors.size;
    return {
      dimension, metric, liveRows: rows, linkedRows: 0, tailRows: rows, deadRows: 0, unreachableRows: 0, kernel: "baseline",
      bytes: { codes: 0, links: 0, originals: 0, bitSets: 0, scratch: 0 },
    };
  }

  /** Rows linked, written or removed since the last checkpoint: the collection decides when one is due. */
  get changesSinceCheckpoint(): number {
    return 0;
  }

  /** Writes a checkpoint that stands for the store as of `sequence`: beside, synced, renamed, directory synced. */
  async saveCheckpoint(_path: string, _sequence: number): Promise<void> {}

  /** Stops linking and lets go of the memory. */
  async close(): Promise<void> {}
}
