// Doors for tests and benchmarks: what the kernels compute on the way, one step at a time.

import { beginQuery, beginRow, scoreCoarse, scoreFine } from "./distance";
import { queryNorm, queryResidual, queryScale, querySum } from "./encode";
import { code, fine, gatherDistances, hostScores, preparedQuery } from "./layout";

/** Address of a row's code. */
export function probeCode(row: u32): usize { return code(row); }

/** Address of a row's fine code. */
export function probeFine(row: u32): usize { return fine(row); }

/** Prepares the input vector; its scale, sum, norm and residual go to hostScores as f64. Returns the address of the prepared query. */
export function probePrepare(): usize {
  beginQuery();
  store<f64>(hostScores, <f64>queryScale);
  store<f64>(hostScores, <f64>querySum, 8);
  store<f64>(hostScores, <f64>queryNorm, 16);
  store<f64>(hostScores, <f64>queryResidual, 24);
  return preparedQuery;
}

/** A row becomes the query, as in linking. */
export function probeRow(row: u32): void { beginRow(row); }

/** Coarse distances of the prepared query to the first `count` gathered rows. Returns their address. */
export function probeCoarse(count: u32): usize {
  scoreCoarse(count);
  return gatherDistances;
}

/** The same, fine. */
export function probeDistances(count: u32): usize {
  scoreFine(count);
  return gatherDistances;
}
