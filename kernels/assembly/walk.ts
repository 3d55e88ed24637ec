// The greedy walk through the graph, after DiskANN's GreedySearch (Subramanya et al., 2019): a sorted pool of the
// nearest rows seen, whose neighbors are followed nearest first, until all in the pool have been followed.
//
// More than half of a walk is cache and TLB misses. So: the unvisited neighbors of a hop are gathered first, the
// link list of the next candidate is touched before they are scored, and they are scored four at a time.

import { scoreCoarse, scoreFine } from "./distance";
import {
  code, entryRow, fullPrecision, gatherDistances, gatherRows, links, maxDegree, NO_ROW, poolA, rowEnd, visited,
} from "./layout";
import { candidate, candidateAt, candidateDistance, candidateRow, clearPool, FOLLOWED, insertCandidate } from "./pool";

/** Candidates in poolA after a walk. */
export let walkCount: u32 = 0;
/** Keeps the early loads of link lists from being optimised away. */
export let touched: u32 = 0;

/** Degree of a link list's head. */
@inline export function degreeOf(head: u32): u32 { return head & 0xff; }

/** Marks a row as visited; returns 1 if it was not visited before. */
@inline function visit(row: u32): u32 {
  const word = visited + (<usize>(row >> 5) << 2);
  const bits = load<u32>(word);
  store<u32>(word, bits | (1 << (row & 31)));
  return ((bits >> (row & 31)) & 1) ^ 1;
}

/** Forgets which rows were visited. */
export function clearVisited(): void { memory.fill(visited, 0, ((<usize>rowEnd() + 31) >> 5) << 2); }

/** Loads the first line of each gathered row, so that its misses overlap: the rest of a row follows by itself. */
@inline function touchGathered(count: u32): void {
  let x: u32 = 0;
  for (let i: u32 = 0; i < count; i++) x ^= load<u32>(code(load<u32>(gatherRows + (<usize>i << 2))));
  touched ^= x;
}

/** Gathers the unvisited neighbors of a row; returns how many. Branch-free: each is stored, few are kept. */
@inline function gatherNeighbors(list: usize): u32 {
  let to = gatherRows;
  // A neighbor may come from a list that another thread is writing: its row was visible before its number was.
  const end = list + 8 + (<usize>degreeOf(load<u32>(list)) << 2);
  for (let p = list + 8; p < end; p += 4) {
    const neighbor = load<u32>(p);
    store<u32>(to, neighbor);
    to += <usize>visit(neighbor) << 2;
  }
  return <u32>((to - gatherRows) >> 2);
}

/** Loads what the next candidate's list occupies, so that it is in the cache when its turn comes. */
@inline function touchNext(from: u32): void {
  for (let i = from; i < walkCount; i++) {
    const c = candidateAt(poolA, i);
    if (c & FOLLOWED) continue;
    const list = links(candidateRow(c));
    touched ^= load<u32>(list) ^ load<u32>(list, 64) ^ load<u32>(list + 4 + (<usize>maxDegree << 2));
    return;
  }
}

/** Scores the gathered rows, then inserts them; returns the first place in the pool that changed, at most `best`. */
function insertGathered(count: u32, ef: u32, best: u32): u32 {
  scoreCoarse(count);
  for (let i: u32 = 0; i < count; i++) {
    const o = <usize>i << 2;
    const place = insertCandidate(poolA, candidate(load<f32>(gatherDistances + o), load<u32>(gatherRows + o)), walkCount, ef);
    if (walkCount < ef) walkCount++;
    if (place < best) best = place;
  }
  return best;
}

/**
 * Walks from the entry row towards the prepared query, leaving the nearest `ef` rows in poolA. Rows marked as visited
 * beforehand are not looked at. Leaves the visited bits set: the caller clears them.
 */
export function walk(ef: u32): void {
  walkCount = 0;
  clearPool(poolA);
  const entry = entryRow();
  if (entry == NO_ROW) return;
  visit(entry);
  store<u32>(gatherRows, entry);
  insertGathered(1, ef, 0);
  let next: u32 = 0;
  while (next < walkCount) {
    const c = candidateAt(poolA, next);
    if (c & FOLLOWED) { next++; continue; }
    store<u64>(poolA + (<usize>next << 3), c | FOLLOWED);
    const count = gatherNeighbors(links(candidateRow(c)));
    touchGathered(count);
    touchNext(next + 1);
    next = insertGathered(count, ef, next + 1);
  }
}

/** Candidates looked at closely at once. */
const REFINE_ROWS: u32 = 16;

/**
 * Orders the candidates of poolA by fine distances, and drops those of which the `limit` nearest are surely not:
 * further behind than twice what coarse distances were too large by so far. Not a multiple of their standard
 * deviation, because where components err together they are off by many of those.
 */
export function refineCandidates(limit: u32): void {
  if (fullPrecision) return;
  let done: u32 = 0;
  let excess: f32 = 0;
  while (done < walkCount) {
    if (done >= limit && candidateDistance(candidateAt(poolA, done)) > candidateDistance(candidateAt(poolA, limit - 1)) + 2 * excess) break;
    const count = min<u32>(REFINE_ROWS, walkCount - done);
    for (let i: u32 = 0; i < count; i++) store<u32>(gatherRows + (<usize>i << 2), candidateRow(candidateAt(poolA, done + i)));
    scoreFine(count);
    for (let i: u32 = 0; i < count; i++, done++) {
      const o = <usize>i << 2;
      const d = load<f32>(gatherDistances + o);
      excess = max<f32>(excess, candidateDistance(candidateAt(poolA, done)) - d);
      insertCandidate(poolA, candidate(d, load<u32>(gatherRows + o)), done, walkCount);
    }
  }
  walkCount = done;
}

/** Scores the gathered rows, fine, and sorts them into poolA; returns how many. */
export function sortGathered(count: u32): u32 {
  scoreFine(count);
  clearPool(poolA);
  for (let i: u32 = 0; i < count; i++) {
    const o = <usize>i << 2;
    insertCandidate(poolA, candidate(load<f32>(gatherDistances + o), load<u32>(gatherRows + o)), i, count);
  }
  return count;
}
