// The exact nearest rows of every query, by brute force in worker threads: each takes some of the queries and reads the
// rows block by block.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { neighborCount, type Metric } from "./data-set.js";

/** What to compare. */
export interface ExactRequest {
  /** A file of n × dimension floats. */
  readonly path: string;
  readonly n: number;
  readonly dimension: number;
  readonly metric: Metric;
  /** queryCount × dimension. */
  readonly queries: Float32Array;
  /** Rows of this group are ranked a second time among themselves. */
  readonly group: number;
  /** Seed of the groups. */
  readonly seed: number;
}

/** Each queryCount × 10, nearest first; -1 where there are fewer rows. */
export interface ExactAnswers {
  readonly neighbors: Int32Array;
  readonly ofGroup: Int32Array;
}

/** What a worker says: how far it is, or what it found. */
export type ExactMessage =
  { readonly kind: "compared"; readonly rows: number } | ({ readonly kind: "found" } & ExactAnswers);

/** Finds them; `onProgress` is told the share that is done. */
export async function exactNeighbors(
  request: ExactRequest,
  onProgress: (share: number) => void,
): Promise<ExactAnswers> {
  const { queries, dimension, n } = request;
  const queryCount = queries.length / dimension;
  const each = Math.ceil(queryCount / Math.min(availableParallelism(), queryCount));
  const answers: ExactAnswers = {
    neighbors: new Int32Array(queryCount * neighborCount),
    ofGroup: new Int32Array(queryCount * neighborCount),
  };
  const parts: Promise<void>[] = [];
  let compared = 0;
  const workerCount = Math.ceil(queryCount / each);
  for (let from = 0; from < queryCount; from += each) {
    // A copy, or the whole array would be cloned into every worker.
    const own = queries.slice(from * dimension, (from + each) * dimension);
    const part = runWorker({ ...request, queries: own }, (rows) => {
      compared += rows;
      onProgress(compared / (n * workerCount));
    });
    parts.push(
      part.then(({ neighbors, ofGroup }) => {
        answers.neighbors.set(neighbors, from * neighborCount);
        answers.ofGroup.set(ofGroup, from * neighborCount);
      }),
    );
  }
  await Promise.all(parts);
  return answers;
}

function runWorker(request: ExactRequest, onCompared: (rows: number) => void): Promise<ExactAnswers> {
  const worker = new Worker(new URL("./exact-neighbors-worker.js", import.meta.url), { workerData: request });
  return new Promise((resolve, reject) => {
    worker.on("message", (message: ExactMessage) => {
      if (message.kind === "found") resolve(message);
      else onCompared(message.rows);
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      reject(new Error(`A thread that compares rows ended with ${code}.`));
    });
  });
}
