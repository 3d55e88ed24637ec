// The greedy walk through the graph, after DiskANN's GreedySearch (Subramanya et al., 2019): a sorted pool of the
// nearest rows seen, whose neighbors are followed nearest first, until all in the pool have been followed.
//
// More than half of a walk is cache and TLB misses. So: the unvisited neighbors of a hop are gathered first, the
// link list of the next candidate is touched before they are scored, and they are scored four at a time.

import { coarseError, isRoughFine, scoreFine, scoreRough, selfDistance } from "./distance";
import {
  code, codeStride, entryRow, fine as fineCode, fineStride, gatherDistances, gatherRows, links, maxDegree, NO_ROW, poolA, rowEnd, visited,
} from "./layout";
import { nearestLandmark } from "./landmarks";
import { candidate, candidateAt, candidateDistance, candidateRow, clearPool, FOLLOWED, insertCandidate } from "./pool";

/** Candidates in poolA after a walk. */
export let walkCount: u32 = 0;
/** Rows whose lists were read by the last walk. */
export let followedCount: u32 = 0;
/** Keeps the early loads of link lists from being optimised away. */
export let touched: u32 = 0;

/** Degree of a link list's head. */
@inline export function degreeOf(head: u32): u32 { return head & 0xff; }

/** Sets a row's visited bit between walks; returns whether it was clear. */
export function mark(row: u32): bool { return visit(row) == 1; }

/** Clears it; returns whether it was set. */
export function unmark(row: u32): bool {
  const word = visited + (<usize>(row >> 5) << 2);
  const bits = load<u32>(word);
  store<u32>(word, bits & ~(1 << (row & 31)));
  return ((bits >> (row & 31)) & 1) != 0;
}

/** Marks a row as visited; returns 1 if it was not visited before. */
@inline export function visit(row: u32): u32 {
  const word = visited + (<usize>(row >> 5) << 2);
  const bits = load<u32>(word);
  store<u32>(word, bits | (1 << (row & 31)));
  return ((bits >> (row & 31)) & 1) ^ 1;
}

/** Forgets which rows were visited. */
export function clearVisited(): void { memory.fill(visited, 0, ((<usize>rowEnd() + 31) >> 5) << 2); }

/**
 * Makes this thread's scratch as good as new: one that had it before and died in a walk left rows marked. In a small index a
 * reparenting that died has used more of the bit set than its rows have bits.
 */
export function clearScratch(): void {
  clearVisited();
  memory.fill(visited, 0, <usize>maxDegree << 2);
}

const LINE_BYTES: usize = 64;

/** Loads each line of some bytes. */
@inline function touchLines(from: usize, bytes: usize): u32 {
  let x: u32 = 0;
  for (let o: usize = 0; o < bytes; o += LINE_BYTES) x ^= load<u32>(from + o);
  return x;
}

/**
 * Loads every line that a walk reads of the gathered rows, so that all of its misses overlap. Time of a walk against touching
 * the first line of short codes, and none of fine ones: 0.91 with 272 bytes and 50,000 rows, 0.92 with 80 and 100,000; of
 * a fine walk 0.88 with 272 and 264 bytes and 50,000 rows, 0.96 with 416 and 408 and 60,000.
 */
@inline export function touchGathered(count: u32): void {
  const end = gatherRows + (<usize>count << 2);
  let x: u32 = 0;
  for (let r = gatherRows; r < end; r += 4) x ^= touchLines(code(load<u32>(r)), codeStride);
  touched ^= x;
  if (walkFine || isRoughFine()) touchFine(count);
}

/** The same of their fine codes. */
function touchFine(count: u32): void {
  const end = gatherRows + (<usize>count << 2);
  let x: u32 = 0;
  for (let r = gatherRows; r < end; r += 4) x ^= touchLines(fineCode(load<u32>(r)), fineStride);
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
@inline export function touchNext(from: u32): void {
  for (let i = from; i < walkCount; i++) {
    const c = candidateAt(poolA, i);
    if (c & FOLLOWED) continue;
    touchList(candidateRow(c));
    return;
  }
}

/** Loads the lines of a row's link list. */
@inline export function touchList(row: u32): void {
  const list = links(row);
  touched ^= load<u32>(list) ^ load<u32>(list, 64) ^ load<u32>(list + 4 + (<usize>maxDegree << 2));
}

/** A row that walks pass by as if it were not there, or NO_ROW. */
let hidden: u32 = NO_ROW;

/** Hides a row from this thread's walks. */
export function hideRow(row: u32): void { hidden = row; }
export function showRows(): void { hidden = NO_ROW; }

/** What a walk goes by. */
let walkFine: bool = false;
/** Rows wanted, while a walk ends by itself; 0 while it follows all that its pool holds. */
let target: u32 = 0;
let stretch: f32 = 0;
/** Rows further away are neither kept nor followed. */
let reach: f32 = 0;

/** Scores the gathered rows, then inserts them; returns the first place in the pool that changed, at most `best`. */
export function insertGathered(count: u32, ef: u32, best: u32): u32 {
  if (walkFine) scoreFine(count);
  else scoreRough(count);
  for (let i: u32 = 0; i < count; i++) {
    const o = <usize>i << 2;
    const d = load<f32>(gatherDistances + o);
    if (d > reach) continue;
    const place = insertCandidate(poolA, candidate(d, load<u32>(gatherRows + o)), walkCount, ef);
    if (walkCount < ef) walkCount++;
    if (place < best) best = place;
    if (place < target && walkCount >= target) drawIn();
  }
  return best;
}

/** The target-th nearest row so far says how far it is worth looking. */
function drawIn(): void {
  const last = candidateAt(poolA, target - 1);
  const d = candidateDistance(last);
  reach = d + stretch * max<f32>(d + selfDistance, 0) + (walkFine ? 0 : coarseError(candidateRow(last)));
}

/**
 * Walks from the entry row and a landmark towards the prepared query, leaving the nearest rows in poolA, at most `ef`. The walk ends
 * where what is left to follow is further away than 1 + `slack` times the `wanted`-th nearest row: easy queries are
 * answered sooner, and hard ones get the time (distance adaptive beam search, Al-Jazzazi et al., 2025). A negative slack
 * follows all that the pool holds. `fine` makes the walk go by all bits of codes.
 *
 * Rows marked as visited beforehand are not looked at. Leaves the visited bits set: the caller clears them.
 */
export function walk(ef: u32, wanted: u32, slack: f32, fine: bool): void {
  beginWalk(wanted, slack, fine);
  const entry = entryRow();
  if (entry == NO_ROW) return;
  if (hidden != NO_ROW) visit(hidden);
  // The entry row leads to every row, if not the shortest way.
  visit(entry);
  const landmark = nearestLandmark();
  store<u32>(gatherRows, entry);
  store<u32>(gatherRows, landmark, 4);
  insertGathered(landmark != NO_ROW && visit(landmark) ? 2 : 1, ef, 0);
  let next: u32 = 0;
  while (next < walkCount) {
    const c = candidateAt(poolA, next);
    if (c & FOLLOWED) { next++; continue; }
    if (isOutOfReach(c)) return;
    setFollowed(next, c);
    const count = gatherNeighbors(links(candidateRow(c)));
    touchGathered(count);
    touchNext(next + 1);
    next = insertGathered(count, ef, next + 1);
  }
}

/** Empties poolA for a walk of these settings; see walk(). */
export function beginWalk(wanted: u32, slack: f32, fine: bool): void {
  target = slack < 0 ? 0 : wanted;
  stretch = (1 + slack) * (1 + slack) - 1;
  walkFine = fine;
  walkCount = 0;
  followedCount = 0;
  reach = Infinity;
  clearPool(poolA);
}

@inline export function isOutOfReach(c: u64): bool { return candidateDistance(c) > reach; }

/** Notes that the neighbors of the candidate at a place of poolA have been followed. */
@inline export function setFollowed(place: u32, c: u64): void {
  followedCount++;
  store<u64>(poolA + (<usize>place << 3), c | FOLLOWED);
}

/** Counts lists that were read beside those of candidates. */
@inline export function countPassed(count: u32): void { followedCount += count; }

/** Candidates looked at closely at once. */
const REFINE_ROWS: u32 = 16;

/**
 * Orders the candidates of a coarse walk in poolA by fine distances, and drops those of which the `limit` nearest are surely not:
 * further behind than twice what coarse distances were too large by so far. Not a multiple of their standard
 * deviation, because where components err together they are off by many of those.
 */
export function refineCandidates(limit: u32): void {
  if (walkFine || isRoughFine()) return;
  let done: u32 = 0;
  let excess: f32 = 0;
  while (done < walkCount) {
    if (done >= limit && candidateDistance(candidateAt(poolA, done)) > candidateDistance(candidateAt(poolA, limit - 1)) + 2 * excess) break;
    const count = min<u32>(REFINE_ROWS, walkCount - done);
    for (let i: u32 = 0; i < count; i++) store<u32>(gatherRows + (<usize>i << 2), candidateRow(candidateAt(poolA, done + i)));
    touchFine(count);
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
