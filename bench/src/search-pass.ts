// A timed pass of all queries through a contender, after one that warms up. No query comes twice in a row, so that its
// rows are not in the cache just because it was asked a moment before.

import { performance } from "node:perf_hooks";
import type { SearchCommand, SearchOutcome } from "./contender-protocol.js";
import type { Contender } from "./contender.js";
import { neighborCount, queryVectors, type DataSet } from "./data-set.js";
import { percentile, recallOf } from "./measure.js";

/** Queries of one call where many are asked at once. */
const batchQueries = 100;

/** What is asked, and of whom. */
export interface SearchPass {
  readonly contender: Contender;
  readonly data: DataSet;
  /** The vectors of the queries, the same objects in every pass. */
  readonly queries: readonly Float32Array[];
  readonly command: SearchCommand;
}

/** Prepares the queries of a set for all passes. */
export function passQueries(data: DataSet): readonly Float32Array[] {
  return queryVectors(data);
}

/** Runs both passes; distances are counted in the timed one. */
export async function runSearchPass(pass: SearchPass): Promise<SearchOutcome> {
  const { contender, data, command } = pass;
  await answersOf(pass);
  globalThis.gc?.();
  const before = await contender.details?.();
  const { answers, times, elapsedMs } = await answersOf(pass);
  const after = await contender.details?.();
  const wanted = command.how === "filtered" ? data.filtered.neighbors : data.neighbors;
  return {
    parameter: command.parameter,
    recall: meanRecall(contender, answers, wanted, command.limit),
    returned: answers.reduce<number>((sum, one) => sum + contender.rowsOf(one).length, 0) / answers.length,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    p99Ms: percentile(times, 0.99),
    perSecond: (answers.length / elapsedMs) * 1000,
    distances:
      before === undefined || after === undefined
        ? undefined
        : (after.distances - before.distances) / (after.searches - before.searches),
  };
}

interface TimedAnswers {
  /** In the order of the queries. */
  readonly answers: readonly unknown[];
  /** Milliseconds a call, or, of a batch, a query. */
  readonly times: readonly number[];
  readonly elapsedMs: number;
}

function answersOf(pass: SearchPass): Promise<TimedAnswers> {
  const { how, parameter, limit } = pass.command;
  const { contender, data, queries } = pass;
  const { group } = data.filtered;
  switch (how) {
    case "single":
      return timeEach(queries, (query) => contender.search(query, limit, parameter));
    case "filtered":
      return timeEach(queries, (query) => contender.searchFiltered!(query, { limit, group, parameter }));
    case "batch":
      return timeBatches(queries, (some) => contender.searchBatch!(some, limit, parameter));
    default:
      return how satisfies never;
  }
}

/** The clock stands around one awaited call of the contender's own interface and nothing else. */
async function timeEach(
  queries: readonly Float32Array[],
  search: (query: Float32Array) => Promise<unknown>,
): Promise<TimedAnswers> {
  const answers: unknown[] = [];
  const times: number[] = [];
  let elapsedMs = 0;
  for (const query of queries) {
    const begin = performance.now();
    const answer = await search(query);
    const ms = performance.now() - begin;
    answers.push(answer);
    times.push(ms);
    elapsedMs += ms;
  }
  return { answers, times, elapsedMs };
}

async function timeBatches(
  queries: readonly Float32Array[],
  search: (some: readonly Float32Array[]) => Promise<readonly unknown[]>,
): Promise<TimedAnswers> {
  const answers: unknown[] = [];
  const times: number[] = [];
  let elapsedMs = 0;
  for (let from = 0; from < queries.length; from += batchQueries) {
    const some = queries.slice(from, from + batchQueries);
    const begin = performance.now();
    const found = await search(some);
    const ms = performance.now() - begin;
    answers.push(...found);
    times.push(ms / some.length);
    elapsedMs += ms;
  }
  return { answers, times, elapsedMs };
}

function meanRecall(
  contender: Contender,
  answers: readonly unknown[],
  neighbors: Int32Array,
  limit: number,
): number {
  const places = Math.min(limit, neighborCount);
  const recalls = answers.map((answer, query) => {
    const rows = contender.rowsOf(answer).slice(0, places);
    return recallOf(rows, neighbors.subarray(query * neighborCount, query * neighborCount + places));
  });
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}
