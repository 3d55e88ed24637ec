// What tests of the index share: seeded data, an index over vectors held by the test, and brute force to compare with.

import type { SearchEffort } from "../model/search-effort.js";
import type { SeededRandom } from "../base/seeded-random.js";
import type { Metric } from "../model/collection-config.js";
import { IndexThreads, type IndexThreadsOptions } from "./index-threads.js";
import type { AllowedRows } from "./searcher.js";
import { VectorIndex, type VectorIndexOptions } from "./vector-index.js";

/** How vectors may be held. */
export const kinds = [
  { quantization: "int8", originals: "disk" },
  { quantization: "int8", originals: "memory" },
  { quantization: "none", originals: "disk" },
] as const;

/** Vectors around `clusters` centres, n × dimension, row-major. */
export function clusteredVectors(
  shape: { n: number; dimension: number; clusters: number },
  random: SeededRandom,
): Float32Array {
  const { n, dimension, clusters } = shape;
  const centres = Float32Array.from({ length: clusters * dimension }, () => random.normal());
  const vectors = new Float32Array(n * dimension);
  for (let i = 0; i < n; i++) {
    const centre = random.below(clusters) * dimension;
    for (let j = 0; j < dimension; j++)
      vectors[i * dimension + j] = centres[centre + j]! + 0.5 * random.normal();
  }
  return vectors;
}

/** The public score of two vectors. */
export function plainScore(metric: Metric, a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  let square = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
    square += (a[i]! - b[i]!) ** 2;
  }
  return metric === "dot" ? dot : metric === "cosine" ? dot / Math.sqrt(aa * bb) : Math.sqrt(square);
}

/** An index and the vectors its rows should hold. */
export class IndexTrial {
  readonly rows = new Map<number, Float32Array>();
  readonly options: VectorIndexOptions;
  index!: VectorIndex;
  rowEnd = 0;
  #free: number[] = [];

  private constructor(
    options: Omit<VectorIndexOptions, "originalReader" | "threads"> & { readonly threads?: IndexThreads },
    threads: Partial<IndexThreadsOptions>,
  ) {
    this.options = {
      ...options,
      threads: options.threads ?? new IndexThreads({ linkingThreads: 2, searchThreads: 2, ...threads }),
      originalReader: {
        read: (row, target, offset) => {
          const vector = this.rows.get(row);
          if (vector !== undefined) target.set(vector, offset);
          return vector !== undefined;
        },
        readUnchecked: undefined,
      },
    };
  }

  static async create(
    options: Partial<VectorIndexOptions> & { dimension: number },
    threads: Partial<IndexThreadsOptions> = {},
  ): Promise<IndexTrial> {
    const trial = new IndexTrial(
      {
        metric: "cosine",
        quantization: "int8",
        originals: "disk",
        maxDegree: 32,
        efConstruction: 96,
        durable: false,
        ...options,
      },
      threads,
    );
    trial.index = await VectorIndex.create(trial.options);
    return trial;
  }

  /** Inserts vectors given row-major; returns the rows they went to. */
  insert(vectors: Float32Array): number[] {
    const { dimension } = this.options;
    this.#free.push(...this.index.takeFreeRows());
    const rows: number[] = [];
    for (let i = 0; i < vectors.length; i += dimension) rows.push(this.#free.pop() ?? this.rowEnd++);
    this.index.reserve(this.rowEnd);
    for (const [i, row] of rows.entries()) {
      this.rows.set(row, vectors.slice(i * dimension, (i + 1) * dimension));
      this.index.write(row, vectors, i * dimension);
    }
    this.index.publish(rows);
    return rows;
  }

  remove(rows: readonly number[]): void {
    for (const row of rows) this.rows.delete(row);
    this.index.remove(rows);
  }

  /** Scores of the `limit` best of all rows, or of the allowed ones, best first. */
  bruteForce(
    query: Float32Array,
    limit: number,
    allowed?: ReadonlySet<number>,
  ): { row: number; score: number }[] {
    const { metric } = this.options;
    const all: { row: number; score: number }[] = [];
    for (const [row, vector] of this.rows) {
      if (allowed?.has(row) !== false) all.push({ row, score: plainScore(metric, query, vector) });
    }
    const sign = metric === "euclidean" ? 1 : -1;
    return all.sort((a, b) => sign * (a.score - b.score)).slice(0, limit);
  }

  search(
    query: Float32Array,
    limit: number,
    options: { ef?: number; recall?: number; exact?: boolean; allowed?: Uint32Array } = {},
  ): { row: number; score: number }[] {
    const { ef = 64, recall, exact = false, allowed } = options;
    const effort = effortOf(exact, recall, ef);
    const rows = allowed === undefined ? {} : { allowed: allowedRows(allowed) };
    const hits = this.index.search(query, { limit, effort, ...rows });
    return Array.from({ length: hits.count }, (_, i) => ({ row: hits.rows[i]!, score: hits.scores[i]! }));
  }

  /** Share of the ten best that a search with an `ef` or a target recall finds, over queries given row-major. */
  recall(queries: Float32Array, how: number | { readonly recall: number }): number {
    const { dimension } = this.options;
    let found = 0;
    let wanted = 0;
    for (let i = 0; i < queries.length; i += dimension) {
      const query = queries.subarray(i, i + dimension);
      const best = new Set(this.bruteForce(query, 10).map(({ row }) => row));
      for (const { row } of this.search(query, 10, typeof how === "number" ? { ef: how } : how))
        if (best.has(row)) found++;
      wanted += best.size;
    }
    return found / wanted;
  }

  async close(): Promise<void> {
    await this.index.close();
    await this.options.threads.close();
  }
}

/** Ascending rows as a filter lets them through: as bits where they are many. */
export function allowedRows(rows: Uint32Array): AllowedRows {
  const end = (rows.at(-1) ?? -1) + 1;
  if (rows.length * 32 <= end) return { count: rows.length, bits: undefined, sorted: () => rows };
  const bits = new Uint32Array(Math.ceil(end / 32));
  for (const row of rows) bits[row >>> 5]! |= 1 << (row & 31);
  return { count: rows.length, bits, sorted: () => rows };
}

function effortOf(exact: boolean, recall: number | undefined, ef: number): SearchEffort {
  if (exact) return { kind: "exact" };
  return recall === undefined ? { kind: "ef", ef } : { kind: "recall", recall };
}
