// A thread that compares every row of a file with some of the queries; see exact-neighbors.ts.

import { parentPort, workerData } from "node:worker_threads";
import { groupOf, neighborCount } from "./data-set.js";
import type { ExactMessage, ExactRequest } from "./exact-neighbors.js";
import { compareBlock, noNearestRows, preparedQueries } from "./nearest-rows.js";
import { readRowsOf } from "./row-file.js";

/** So many rows of 768 dimensions are 384 KiB: they stay in the second-level cache. */
const blockRows = 128;
/** Rows that are read at a time. */
const readRows = blockRows * 16;

// The thread that started this one sent a request.
const request = workerData as ExactRequest;
const { path, n, dimension, metric, group, seed } = request;
const queries = preparedQueries(request.queries);
const queryCount = request.queries.length / dimension;
const nearest = noNearestRows(queryCount, neighborCount);
const nearestOfGroup = noNearestRows(queryCount, neighborCount);

for (let at = 0; at < n; at += readRows) {
  const end = Math.min(n, at + readRows);
  const rows = readRowsOf(path, dimension, at, end);
  for (let from = at; from < end; from += blockRows) {
    const to = Math.min(end, from + blockRows);
    const vectors = rows.subarray((from - at) * dimension, (to - at) * dimension);
    const isOfGroup = Uint8Array.from({ length: to - from }, (_, i) =>
      groupOf(from + i, seed) === group ? 1 : 0,
    );
    const block = { from, rowCount: to - from, dimension, metric, vectors };
    compareBlock(block, queries, { nearest, nearestOfGroup, isOfGroup });
  }
  tell({ kind: "compared", rows: end - at });
}
tell({ kind: "found", neighbors: nearest.rows, ofGroup: nearestOfGroup.rows });

function tell(message: ExactMessage): void {
  parentPort!.postMessage(message);
}
