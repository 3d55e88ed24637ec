// Approximate search: the tail by scanning, the graph by walking, merged into one list of candidates for rescoring.

import { beginQuery } from "./distance";
import { queryNorm, queryResidual } from "./encode";
import { code, dimension, EUCLIDEAN, hasBit, hostRows, LIVE, metric, normOf, poolA, poolB, residualOf } from "./layout";
import { candidateAt, candidateDistance, candidateRow, FOLLOWED } from "./pool";
import { scanAllowedTail, scanCount, scanTail } from "./scan";
import { clearVisited, refineCandidates, walk, walkCount } from "./walk";
import { walkAllowed } from "./walk-allowed";

/** Standard deviations of a code's error that a candidate may lie behind the last wanted one and still be rescored. */
const DEVIATIONS: f32 = 4.0;

/**
 * Searches for the input vector. Leaves the live rows that may be among the `limit` nearest at hostRowsAddress,
 * nearest first as far as codes tell, and returns how many: at most `depth`, which is not below `limit`. `ef`, `slack`
 * and `fine` are those of walk().
 */
export function search(ef: u32, limit: u32, depth: u32, slack: f32, fine: bool): u32 {
  beginQuery();
  scanTail(depth);
  walk(ef, limit, slack, fine);
  clearVisited();
  refineCandidates(limit);
  return merge(limit, depth);
}

/**
 * The same among the rows whose bits the host has set at allowedAddress; -1 if some `distanceMax` distances were not enough
 * for the walk.
 */
export function searchAllowed(ef: u32, limit: u32, depth: u32, slack: f32, fine: bool, distanceMax: u32): i32 {
  beginQuery();
  scanAllowedTail(depth);
  const isDone = walkAllowed(ef, limit, slack, fine, distanceMax);
  clearVisited();
  if (!isDone) return -1;
  refineCandidates(limit);
  return <i32>merge(limit, depth);
}

/**
 * Merges the live candidates of both pools. The walk passes over what the scan visited, but for the entry row, which
 * is in both while it is being linked.
 */
function merge(limit: u32, depth: u32): u32 {
  let a: u32 = 0, b: u32 = 0, count: u32 = 0;
  // Not the greatest f32: distances that overflow are farther, and yet to be found while there are few.
  let farthest: f32 = Infinity;
  while (count < depth) {
    const fromWalk: u64 = a < walkCount ? candidateAt(poolA, a) & ~FOLLOWED : u64.MAX_VALUE;
    const fromTail: u64 = b < scanCount ? candidateAt(poolB, b) : u64.MAX_VALUE;
    const next = min<u64>(fromWalk, fromTail);
    if (next == u64.MAX_VALUE || candidateDistance(next) > farthest) break;
    const row = candidateRow(next);
    if (fromWalk <= fromTail) a++;
    if (fromTail <= fromWalk) b++;
    if (!hasBit(row, LIVE)) continue;
    store<u32>(hostRows + (<usize>count << 2), row);
    count++;
    if (count == limit) farthest = candidateDistance(next) + DEVIATIONS * deviation(row);
  }
  return count;
}

/**
 * Standard deviation of the distance of a code: errors of components are as good as independent, so the error of a
 * dot product is that of Cauchy-Schwarz divided by the square root of the dimension.
 */
function deviation(row: u32): f32 {
  const fromRow = queryNorm * residualOf(row), fromQuery = queryResidual * sqrt<f32>(normOf(code(row)));
  const factor: f32 = metric == EUCLIDEAN ? 2.0 : 1.0;
  return factor * sqrt<f32>((fromRow * fromRow + fromQuery * fromQuery) / <f32>dimension);
}

/** Sorts the first `count` host rows ascending, so that the host reads its store in order. Insertion: few rows. */
export function sortHostRows(count: u32): void {
  for (let i: u32 = 1; i < count; i++) {
    const row = load<u32>(hostRows + (<usize>i << 2));
    let p = hostRows + (<usize>i << 2);
    while (p > hostRows && load<u32>(p - 4) > row) { store<u32>(p, load<u32>(p - 4)); p -= 4; }
    store<u32>(p, row);
  }
}
