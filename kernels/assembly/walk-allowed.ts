// The walk under a filter, after ACORN (Patel et al., 2024): only rows that the filter lets through are scored and
// kept, and a neighbor that it does not let through is passed by, that is, its own neighbors are looked at instead. What
// is spent on passing by is bounded, so that a hop scores about as many rows as it would without a filter.
//
// It begins at a sample of the allowed rows, because those may be anywhere: a filter that selects another part of the
// space than the one that the query lies in is where a walk from the query's own neighborhood would never arrive.

import { distanceCount } from "./distance";
import { allowed, entryRow, gatherRows, hostRows, LINKED, links, NO_ROW, poolA, pruneDegree, rowEnd } from "./layout";
import { candidateAt, candidateRow, FOLLOWED } from "./pool";
import { wordsOf } from "./scan";
import {
  beginWalk, countPassed, degreeOf, insertGathered, isOutOfReach, setFollowed, touchGathered, touchList, touchNext, unmark, visit,
  walkCount,
} from "./walk";

/** Allowed rows to begin at. */
const SAMPLE_ROWS: u32 = 32;
/** Lists of passed rows that are touched at once. */
const TOUCH_AHEAD: u32 = 4;

@inline function isAllowed(row: u32): u32 {
  return (load<u32>(allowed + (<usize>(row >> 5) << 2)) >> (row & 31)) & 1;
}

/**
 * Walks as walk() does among the rows whose bits the host has set at allowedAddress. Returns whether it came to an end
 * within about `distanceMax` distances.
 */
export function walkAllowed(ef: u32, wanted: u32, slack: f32, fine: bool, distanceMax: u32): bool {
  const budget = distanceCount + distanceMax;
  beginWalk(wanted, slack, fine);
  if (entryRow() == NO_ROW) return true;
  insertGathered(gatherSample(), ef, 0);
  let next: u32 = 0;
  while (next < walkCount) {
    const c = candidateAt(poolA, next);
    if (c & FOLLOWED) { next++; continue; }
    if (isOutOfReach(c)) return true;
    if (distanceCount > budget) return false;
    setFollowed(next, c);
    const count = gatherAllowed(links(candidateRow(c)));
    touchGathered(count);
    touchNext(next + 1);
    next = insertGathered(count, ef, next + 1);
  }
  return true;
}

/** Gathers one allowed linked row, where there is one, from each of as many parts of the rows; returns how many. */
function gatherSample(): u32 {
  const words = (rowEnd() + 31) >> 5;
  let count: u32 = 0;
  for (let i: u32 = 0; i < SAMPLE_ROWS; i++) {
    const end = <u32>((<u64>words * (i + 1)) / SAMPLE_ROWS);
    for (let word = <u32>((<u64>words * i) / SAMPLE_ROWS); word < end; word++) {
      const bits = load<u32>(allowed + (<usize>word << 2)) & atomic.load<u32>(wordsOf(word << 5) + LINKED);
      if (bits == 0) continue;
      const row = (word << 5) + ctz(bits);
      visit(row);
      store<u32>(gatherRows + (<usize>count << 2), row);
      count++;
      break;
    }
  }
  return count;
}

/** Gathers the unvisited allowed neighbors of a row, and those of the neighbors that are passed by; returns how many. */
function gatherAllowed(list: usize): u32 {
  let to = gatherRows, passed = hostRows;
  const end = list + 8 + (<usize>degreeOf(load<u32>(list)) << 2);
  // Branch-free: each neighbor is stored in both places, and kept in at most one.
  for (let p = list + 8; p < end; p += 4) {
    const neighbor = load<u32>(p);
    store<u32>(to, neighbor);
    store<u32>(passed, neighbor);
    const isNew = visit(neighbor), isIn = isAllowed(neighbor);
    to += <usize>(isNew & isIn) << 2;
    passed += <usize>(isNew & (isIn ^ 1)) << 2;
  }
  const enough = gatherRows + (<usize>pruneDegree << 2);
  let p = hostRows;
  while (p < passed && to < enough) {
    const batch = min<usize>(passed, p + (<usize>TOUCH_AHEAD << 2));
    for (let q = p; q < batch; q += 4) touchList(load<u32>(q));
    for (; p < batch; p += 4) to = gatherBehind(links(load<u32>(p)), to);
  }
  countPassed(<u32>((p - hostRows) >> 2));
  // Those that were not passed by may be from elsewhere.
  for (; p < passed; p += 4) unmark(load<u32>(p));
  return <u32>((to - gatherRows) >> 2);
}

/** Appends the unvisited allowed neighbors of a row that is passed by; returns where they end. */
@inline function gatherBehind(list: usize, from: usize): usize {
  let to = from;
  const end = list + 8 + (<usize>degreeOf(load<u32>(list)) << 2);
  for (let p = list + 8; p < end; p += 4) {
    const neighbor = load<u32>(p);
    if (isAllowed(neighbor) == 0) continue;
    store<u32>(to, neighbor);
    to += <usize>visit(neighbor) << 2;
  }
  return to;
}
