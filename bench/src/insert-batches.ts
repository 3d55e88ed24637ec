// How contenders take in a data set: batch by batch, each read from the cache, inserted and let go of.

import { performance } from "node:perf_hooks";
import { idOf, type DataSet, type RowMetadata } from "./data-set.js";

/** Rows `from` … `from + ids.length` as columns. */
export interface RowBatch {
  readonly from: number;
  readonly ids: string[];
  /** ids.length × dimension, an array of its own. */
  readonly vectors: Float32Array;
  readonly metadata: RowMetadata[];
}

/** Inserts every row, and resolves to the milliseconds that `insert` took; reading the batches is left out. */
export async function insertBatches(
  data: DataSet,
  batchRows: number,
  insert: (batch: RowBatch) => Promise<void> | void,
): Promise<number> {
  let insertMs = 0;
  for (let from = 0; from < data.n; from += batchRows) {
    const batch = readBatch(data, from, Math.min(data.n, from + batchRows));
    const begin = performance.now();
    await insert(batch);
    insertMs += performance.now() - begin;
  }
  return insertMs;
}

function readBatch(data: DataSet, from: number, to: number): RowBatch {
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  return {
    from,
    ids: rows.map(idOf),
    vectors: data.readRows(from, to),
    metadata: rows.map((row) => data.metadataOf(row)),
  };
}
