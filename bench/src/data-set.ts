// What every contender is measured on: rows, queries that are not among them, and the exact nearest rows of each
// query. The rows stay in a file of the cache and are read in parts, so that a process under test need not hold them.

import { mixSeeds } from "./seeded-random.js";

export type Metric = "cosine" | "euclidean" | "dot";

/** Which data set, how much of it, and the seed of everything random in it. */
export interface DataSetRequest {
  readonly name: string;
  readonly n: number;
  readonly dimension: number;
  readonly queryCount: number;
  readonly seed: number;
  /** Where sets that are neither generated nor installed are: see data-sets/. */
  readonly dataFolder: string;
  /** Where it is kept once it was made or read; bench/cache/ by default. */
  readonly cacheFolder?: string;
}

/** Nearest rows are kept for so many places. */
export const neighborCount = 10;
/** Rows fall into so many groups of about the same size, by a hash of the row. */
export const groupCount = 100;

/** Rows, queries and answers. */
export interface DataSet {
  readonly name: string;
  /** What it is, for the conditions of a report. */
  readonly title: string;
  readonly n: number;
  readonly dimension: number;
  readonly metric: Metric;
  readonly queryCount: number;
  /** queryCount × dimension, row-major. */
  readonly queries: Float32Array;
  /** queryCount × 10: the exact nearest rows, nearest first. */
  readonly neighbors: Int32Array;
  readonly filtered: FilteredAnswers;
  /** Copies the rows `from` … `to` out of the file: (to - from) × dimension. Nothing of it is kept here. */
  readRows(from: number, to: number): Float32Array;
  metadataOf(row: number): RowMetadata;
}

/** The exact nearest among the rows of one group. */
export interface FilteredAnswers {
  readonly group: number;
  /** Rows of the group. */
  readonly rowCount: number;
  /** Their share of all rows. */
  readonly share: number;
  /** queryCount × 10, nearest first; -1 where the group has too few rows. */
  readonly neighbors: Int32Array;
}

/** Metadata that every row has: a type alias, so that it is a JSON object to whom it is given. */
export type RowMetadata = {
  readonly title: string;
  readonly year: number;
  readonly group: number;
};

/** The id of a row. */
export function idOf(row: number): string {
  return `point-${row}`;
}

/** The row of an id. */
export function rowOf(id: string): number {
  return Number(id.slice("point-".length));
}

/** The group of a row: a hash of the row and the seed. */
export function groupOf(row: number, seed: number): number {
  return mixSeeds(seed, row) % groupCount;
}

/** Bytes of a set that a process holds while it is searched: queries and answers. */
export function heldBytes({ queries, neighbors, filtered }: DataSet): number {
  return queries.byteLength + neighbors.byteLength + filtered.neighbors.byteLength;
}

/** The queries as vectors of their own, which share the memory of the set. */
export function queryVectors({ queries, queryCount, dimension }: DataSet): Float32Array[] {
  return Array.from({ length: queryCount }, (_, query) =>
    queries.subarray(query * dimension, (query + 1) * dimension),
  );
}
