// What an instance of the kernels is configured with, in the numbering of kernels/assembly/layout.ts.

/** What distances mean: the metrics of the model, by the same names. This layer knows nothing above itself. */
export type Metric = "cosine" | "dot" | "euclidean";

/** How vectors are held and linked in one index. */
export interface KernelSettings {
  readonly dimension: number;
  readonly metric: Metric;
  /** Codes are the f32 components themselves. */
  readonly fullPrecision: boolean;
  /** A copy of the exact vectors lies beside int8 codes. */
  readonly originalsInMemory: boolean;
  readonly maxDegree: number;
  readonly efConstruction: number;
  /** Threads that have scratch memory in this index, the host's included. */
  readonly threads: number;
}

/** The kernels' number of a metric. */
export const metricNumber = { cosine: 0, dot: 1, euclidean: 2 } as const satisfies Record<Metric, number>;

/** Rows of a block: memory grows by whole blocks. */
export const blockRows = 1024;
/** Exact vectors that one call rescores. */
export const rescoreRowsMax = 64;
/** Most candidates a search keeps. */
export const candidatesMax = 20_480;

/** Header words that the host writes: offsets in bytes from the header's address. */
export const headerWord = {
  rowEnd: 0,
  entry: 4,
  normMax: 8,
  pause: 12,
  tailStart: 16,
  linkedCount: 20,
  writing: 24,
  landmarksAt: 32,
} as const;
