// Approximate search: the tail by scanning, the graph by walking, merged into one list of candidates for rescoring.

import { beginQuery } from "./distance";
import { hasBit, hostRows, LIVE, poolA, poolB } from "./layout";
import { candidateAt, candidateRow, FOLLOWED } from "./pool";
import { scanCount, scanTail } from "./scan";
import { clearVisited, walk, walkCount } from "./walk";

/**
 * Searches for the input vector. Leaves the `depth` nearest live rows at hostRowsAddress, nearest first as far as
 * codes tell, and returns how many there are.
 */
export function search(ef: u32, depth: u32): u32 {
  beginQuery();
  scanTail(depth);
  walk(ef);
  clearVisited();
  return merge(depth);
}

/** Merges the live candidates of both pools; no row is in both, since the walk passes over what the scan visited. */
function merge(depth: u32): u32 {
  let a: u32 = 0, b: u32 = 0, count: u32 = 0;
  while (count < depth) {
    const fromWalk: u64 = a < walkCount ? candidateAt(poolA, a) & ~FOLLOWED : u64.MAX_VALUE;
    const fromTail: u64 = b < scanCount ? candidateAt(poolB, b) : u64.MAX_VALUE;
    if (fromWalk == u64.MAX_VALUE && fromTail == u64.MAX_VALUE) break;
    const row = candidateRow(min<u64>(fromWalk, fromTail));
    if (fromWalk < fromTail) a++; else b++;
    store<u32>(hostRows + (<usize>count << 2), row);
    count += hasBit(row, LIVE) ? 1 : 0;
  }
  return count;
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
