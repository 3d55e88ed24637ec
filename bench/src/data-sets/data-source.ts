// Where the vectors of a data set come from: a generator, files, a package. The cache asks once for what it lacks.

import type { Metric } from "../data-set.js";

/** A data set as it is known before anything of it is read. */
export interface DataSource {
  readonly name: string;
  /** What it is, in words, for the conditions of a report. */
  readonly title: string;
  readonly metric: Metric;
  /** The only dimension it has; undefined where the dimension is asked for. */
  readonly dimension: number | undefined;
  /** Rows that there are; Infinity where they are generated. */
  readonly rowCountMax: number;
  readonly queryCountMax: number;
  /** To be raised when its vectors change, so that nothing cached before is used. */
  readonly version: number;
  /** Makes ready to read. Throws DataUnavailable, which says what to do, if something is missing. */
  open(options: SourceOptions): Promise<SourceVectors>;
}

/** What vectors are made or read with. */
export interface SourceOptions {
  readonly dimension: number;
  readonly seed: number;
  readonly dataFolder: string;
}

/** Vectors of a source. Row r is the same vector however many rows are asked for. */
export interface SourceVectors {
  /** Rows `from` … `to`; `from` is a multiple of sourceBlockRows. */
  rows(from: number, to: number): Float32Array;
  /** The first `count` queries, none of which is a row. */
  queries(count: number): Float32Array;
}

/** Rows that are made or read at a time. */
export const sourceBlockRows = 1000;

/** The set is not on this machine; the message says how it gets there. */
export class DataUnavailable extends Error {
  override readonly name = "DataUnavailable";
}

/** Vectors that are all in memory already. */
export function vectorsInMemory(rows: Float32Array, queries: Float32Array, dimension: number): SourceVectors {
  return {
    rows: (from, to) => rows.subarray(from * dimension, to * dimension),
    queries: (count) => queries.subarray(0, count * dimension),
  };
}
