// What a database counts and measures of its own work, as plain data that an exporter can hand on. Every number is a counter,
// which only grows while the database is open, or a gauge, which is of the moment. docs/reference/metrics.md has the table.

import { type OmenErrorKind, omenErrorKinds } from "../base/omen-error.js";

/** Upper bounds of the buckets of every latency, in milliseconds. */
export const latencyBoundsMs: readonly number[] = Object.freeze([
  0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000,
]);

/** How long something took, each time. Counter; milliseconds. */
export interface LatencyHistogram {
  /** Upper bounds of buckets, ascending, in milliseconds; a time that equals a bound is in its bucket. Always the same. */
  readonly bounds: readonly number[];
  /** Times by bucket, not cumulative; one more than bounds, for what took longer than the last. */
  readonly counts: readonly number[];
  /** Milliseconds of all together. */
  readonly sum: number;
  /** The sum of `counts`. */
  readonly count: number;
}

/** Why a call was rejected: the kind of its `OmenError`, or `fault` for an error that is none. */
export type RejectionKind = OmenErrorKind | "fault";

/** Every kind. */
export const rejectionKinds: readonly RejectionKind[] = [...omenErrorKinds, "fault"];

/**
 * How a search was done. With `exact: true` it is `exact`, with `groupBy` `grouped`. Of the others, those with a filter are
 * `none` where no point was eligible, `filteredScan` where the eligible points were compared one by one, or `filteredWalk`;
 * those without are `walk` or `scan`. A walk that came up short or took too long, with a filter or without, is `walkThenScan`.
 */
export type SearchWay =
  "walk" | "filteredWalk" | "walkThenScan" | "scan" | "filteredScan" | "exact" | "grouped" | "none";

/** Every way. */
export const searchWays: readonly SearchWay[] = [
  "walk",
  "filteredWalk",
  "walkThenScan",
  "scan",
  "filteredScan",
  "exact",
  "grouped",
  "none",
];

/** Calls that write. */
export interface WriteMetrics {
  /** Calls that were acknowledged: from the call until it is durable. */
  readonly upsertMs: LatencyHistogram;
  readonly deleteMs: LatencyHistogram;
  readonly updateMetadataMs: LatencyHistogram;
  /** `updateVectors` and `deleteVectors`. */
  readonly changeVectorsMs: LatencyHistogram;
  /** Counter; points that had no earlier one of their id. */
  readonly inserted: number;
  /** Counter; points that took the place of one of their id. */
  readonly replaced: number;
  /** Counter; points that did not meet the condition of their upsert. */
  readonly skipped: number;
  /** Counter; points. */
  readonly deleted: number;
  /** Counter; points whose metadata or vectors were changed. */
  readonly updated: number;
  /** Counter; calls that were rejected. */
  readonly rejected: Readonly<Record<RejectionKind, number>>;
}

/** Transactions of the store. Calls that arrive together share one. */
export interface FlushMetrics {
  /** Transactions that were acknowledged: from handing one to the store until it is as durable as the store makes it. */
  readonly latencyMs: LatencyHistogram;
  /** Counter; calls in them. */
  readonly calls: number;
  /** Counter; transactions that failed. */
  readonly failed: number;
}

/** Searches, one by one: each of a batch counts, from the call of the batch until its own hits were found. */
export interface SearchMetrics {
  /** From the call, once it is decoded, until the hits were found, waiting included. */
  readonly latencyMs: Readonly<Record<SearchWay, LatencyHistogram>>;
  /** Counter; distances computed from codes. */
  readonly distances: number;
  /** Counter; searches of `slowQueryMs` or more. */
  readonly slow: number;
  /** Counter; calls of `search` and `searchBatch` that were rejected. */
  readonly rejected: Readonly<Record<RejectionKind, number>>;
}

/** Work of linking threads. */
export interface ThreadWorkMetrics {
  /** Counter; slices of work. */
  readonly jobs: number;
  /** Counter; milliseconds between handing slices to threads and their replies, in sum over threads. */
  readonly threadMs: number;
}

/** Rows that threads linked into the graphs. */
export interface LinkingMetrics extends ThreadWorkMetrics {
  /** Counter. */
  readonly rows: number;
}

/** Taking dead rows out of the graphs. */
export interface ConsolidationMetrics extends ThreadWorkMetrics {
  /** Counter; consolidations that came to their end. */
  readonly runs: number;
  /** Counter; dead rows that they took out. */
  readonly rows: number;
}

/** Checkpoints: one stands for all vector fields of a collection. */
export interface CheckpointMetrics {
  /** Checkpoints that are durable: from the moment they stand for. */
  readonly latencyMs: LatencyHistogram;
  /** Counter; bytes of their files. */
  readonly bytes: number;
  /** Counter. */
  readonly failed: number;
}

/** Compactions of the file of a store. */
export interface CompactionMetrics {
  /** Compactions that came to their end. */
  readonly latencyMs: LatencyHistogram;
  /** Counter; bytes by which files shrank. */
  readonly freedBytes: number;
  /** Counter. */
  readonly failed: number;
}

/** What was done since the database was opened: nothing but counters and histograms. */
export interface WorkMetrics {
  readonly writes: WriteMetrics;
  readonly flushes: FlushMetrics;
  readonly searches: SearchMetrics;
  readonly linking: LinkingMetrics;
  /** Walks tried to find how far searches must look. */
  readonly calibration: ThreadWorkMetrics;
  readonly consolidation: ConsolidationMetrics;
  readonly checkpoints: CheckpointMetrics;
  readonly compactions: CompactionMetrics;
  /** Counter; indexes of vector fields that were rebuilt from the store when a collection was opened. */
  readonly rebuilds: number;
}

/** The index of one vector field. Gauges. */
export interface VectorFieldMetrics {
  readonly field: string;
  /** Rows that searches can find. */
  readonly liveRows: number;
  /** Live rows not yet in the graph, which every search scans. */
  readonly tailRows: number;
  /** Rows of deleted points that the graph still passes through. */
  readonly deadRows: number;
  /** Rows out of the graph that only wait for a checkpoint to be used again. */
  readonly releasedRows: number;
  /** Rows linked, written or removed since the last checkpoint. */
  readonly changesSinceCheckpoint: number;
  /** Bytes of memory by component. */
  readonly memoryBytes: IndexMemoryBytes;
}

/** Bytes of memory of one vector index; the sum is what it holds. */
export interface IndexMemoryBytes {
  readonly codes: number;
  readonly links: number;
  readonly originals: number;
  readonly bitSets: number;
  readonly scratch: number;
}

/** One collection: counters of its work, and gauges. */
export interface CollectionMetrics extends WorkMetrics {
  readonly name: string;
  /** Gauge. */
  readonly points: number;
  /** Number of the last operation applied. Gauge: it begins where the folder left it. */
  readonly sequence: number;
  /** Gauge; writing calls that wait for their turn. */
  readonly queuedCalls: number;
  /** In the order of the configuration. */
  readonly fields: readonly VectorFieldMetrics[];
  readonly metadataIndex: {
    /** Gauge; whether filters use it. */
    readonly isFilled: boolean;
    /** Gauge; points in it. */
    readonly rows: number;
    /** Gauge; bytes of memory, about. */
    readonly memoryBytes: number;
  };
  /** Gauge; bytes of the file on disk; 0 in memory. */
  readonly fileBytes: number;
}

/** The whole database. */
export interface DatabaseMetrics {
  /** Gauge; milliseconds since it was opened. */
  readonly uptimeMs: number;
  /** Gauge; threads running now. */
  readonly linkingThreads: number;
  readonly searchThreads: number;
  /** All collections together, those that have been dropped since included. */
  readonly total: WorkMetrics;
  /** Collections that have been opened, by name: the others have done nothing. */
  readonly collections: readonly CollectionMetrics[];
}
