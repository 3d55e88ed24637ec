// Trials: how many of the nearest rows a walk finds, tried with rows of the index as queries. The walk does not see
// the row it looks for, so that it is answered as a stranger is; the edges that others have to it are missing then,
// and the outcome is rather too low.

import { beginQuery } from "./distance";
import { decodeRow } from "./encode";
import { exactCandidates, LINKED, LIVE, poolA, poolB, rowEnd } from "./layout";
import { candidateAt, candidateRow } from "./pool";
import { beginScan, gatherBits, SCAN_BATCH, scanCount, scanGathered, wordsOf } from "./scan";
import { clearVisited, hideRow, refineCandidates, showRows, walk, walkCount } from "./walk";

let wantedCount: u32 = 0;

/** The row becomes the query, and its `wanted` nearest live linked rows are found by a scan; returns how many there are. */
export function beginTrial(row: u32, wanted: u32): u32 {
  decodeRow(row);
  beginQuery();
  beginScan();
  let count: u32 = 0;
  const end = rowEnd();
  for (let from: u32 = 0; from < end; from += 32) {
    const words = wordsOf(from);
    count = gatherBits(atomic.load<u32>(words + LIVE) & atomic.load<u32>(words + LINKED), from, count);
    if (count >= SCAN_BATCH) { scanGathered(count, wanted + 1); count = 0; }
  }
  scanGathered(count, wanted + 1);
  wantedCount = 0;
  for (let i: u32 = 0; i < scanCount && wantedCount < wanted; i++) {
    const found = candidateRow(candidateAt(poolB, i));
    if (found == row) continue;
    store<u32>(exactCandidates + (<usize>wantedCount << 2), found);
    wantedCount++;
  }
  hideRow(row);
  return wantedCount;
}

/** How many of them a walk of these settings finds among its nearest; see walk(). */
export function tryWalk(ef: u32, slack: f32, fine: bool): u32 {
  beginQuery();
  walk(ef, wantedCount, slack, fine);
  clearVisited();
  refineCandidates(wantedCount);
  let found: u32 = 0;
  const count = min<u32>(walkCount, wantedCount);
  for (let i: u32 = 0; i < count; i++) if (isWanted(candidateRow(candidateAt(poolA, i)))) found++;
  return found;
}

function isWanted(row: u32): bool {
  for (let i: u32 = 0; i < wantedCount; i++) if (load<u32>(exactCandidates + (<usize>i << 2)) == row) return true;
  return false;
}

/** Walks see every row again. */
export function endTrial(): void { showRows(); }
