// Linking a row into the graph: one flat layer, built in the Vamana manner (Subramanya et al., 2019): walk towards
// the row, prune the rows found to a spread-out list, and add edges back. Threads link at once; each list has a lock.
//
// Every row stays reachable by construction. Each linked row but the entry has a parent whose list holds it, and
// pruning never drops a list's own children ("pinned"): the parents form a tree rooted in the entry row. A row takes
// at most pinMax children, so that a pruned list always has room for other neighbors.

import { beginRow, scoreRough } from "./distance";
import {
  block, BLOCK_ROWS, clearBit, code, CLAIMED, CONDEMNED, ENTRY, efConstruction, gatherDistances, gatherRows,
  hasBit, header, LINKED, LINKED_COUNT, links, LIST_SCRATCH_BYTES, listScratch, LIVE, maxDegree, NO_ROW, paused, pinMax, poolA, poolB,
  pruneDegree, rowEnd, setBit, TAIL_START,
} from "./layout";
import { candidate, candidateAt, candidateDistance, candidateRow, clearPool, insertCandidate } from "./pool";
import { clearVisited, degreeOf, mark, refineCandidates, sortGathered, unmark, walk, walkCount } from "./walk";

const LOCK: u32 = 0x80000000;
/** How much nearer to a chosen neighbor than to the row a candidate must be to be left out; on squared distances. */
const ALPHA: f32 = 1.2;

/** How much further than the pruneDegree-th nearest a walk for a row that is linked looks; measured with ALPHA. */
const LINK_SLACK: f32 = 0.08;

/** The edge is not pinned. */
export const NOT_CHILD: u32 = 0;
/** The edge is added only if there is room for another child. */
export const CHILD_OR_NOTHING: u32 = 1;
/** The edge is pinned whatever the number of children. */
export const CHILD_ALWAYS: u32 = 2;

@inline export function pinsOf(head: u32): u32 { return (head >> 8) & 0xff; }
@inline export function parentOf(row: u32): u32 { return load<u32>(links(row), 4); }
@inline export function setParent(row: u32, parent: u32): void { atomic.store<u32>(links(row) + 4, parent); }
/** How many neighbors at the start of a list pruning has compared with one another. */
@inline function comparedOf(head: u32): u32 { return (head >> 16) & 0xff; }
@inline export function makeHead(degree: u32, pins: u32, compared: u32): u32 { return degree | (pins << 8) | (compared << 16); }
@inline export function neighborAt(list: usize, i: u32): u32 { return load<u32>(list + 8 + (<usize>i << 2)); }

@inline export function lockList(list: usize): void {
  while (true) {
    const head = atomic.load<u32>(list);
    if (!(head & LOCK) && atomic.cmpxchg<u32>(list, head, head | LOCK) == head) return;
  }
}
/** Writes the head and releases the lock in one store. */
@inline export function unlockList(list: usize, head: u32): void { atomic.store<u32>(list, head); }

/**
 * Robust prune: from `count` candidates sorted by their distance to a row, keeps those that no kept one is much
 * nearer to, up to `capacity`, after `kept` rows already in listScratch. Returns the length of the list.
 */
export function prune(pool: usize, count: u32, kept: u32, capacity: u32): u32 {
  for (let i: u32 = 0; i < count && kept < capacity; i++) {
    const c = candidateAt(pool, i);
    const row = candidateRow(c);
    if (kept > 0) {
      beginRow(row);
      if (isCovered(row, candidateDistance(c), listScratch, kept)) continue;
    }
    store<u32>(listScratch + (<usize>kept << 2), row);
    kept++;
  }
  return kept;
}

/**
 * True if the row, which is the prepared query, is among the `count` rows, or much nearer to one of them than `toRow`.
 * Coarse distances do: finer ones took twice the time, and the graph was not better for it.
 */
function isCovered(row: u32, toRow: f32, rows: usize, count: u32): bool {
  for (let from: u32 = 0; from < count; from += 4) {
    const some = min<u32>(4, count - from);
    memory.copy(gatherRows, rows + (<usize>from << 2), <usize>some << 2);
    for (let i: u32 = 0; i < some; i++) if (load<u32>(gatherRows + (<usize>i << 2)) == row) return true;
    scoreRough(some);
    for (let i: u32 = 0; i < some; i++) if (ALPHA * load<f32>(gatherDistances + (<usize>i << 2)) <= toRow) return true;
  }
  return false;
}

/** Moves the live candidates of poolA into poolB in their order, without `row`; returns how many. */
function keepEligible(row: u32): u32 {
  let to: u32 = 0;
  for (let i: u32 = 0; i < walkCount; i++) {
    const c = candidateAt(poolA, i);
    const found = candidateRow(c);
    if (found == row || !hasBit(found, LIVE)) continue;
    store<u64>(poolB + (<usize>to << 3), c);
    to++;
  }
  if (to > 0) return to;
  // Everything found is dead: hold on to it all the same, until consolidation finds something better.
  for (let i: u32 = 0; i < walkCount; i++) store<u64>(poolB + (<usize>i << 3), candidateAt(poolA, i));
  return walkCount;
}

/** Links a row. Its code is written, and no list holds it yet. */
export function linkRow(row: u32): void {
  const own = links(row);
  store<u64>(own, <u64>NO_ROW << 32);
  if (atomic.cmpxchg<u32>(header + ENTRY, NO_ROW, row) == NO_ROW) return;
  beginRow(row);
  walk(efConstruction, pruneDegree, LINK_SLACK, false);
  clearVisited();
  refineCandidates(walkCount);
  const count = keepEligible(row);
  const degree = prune(poolB, count, 0, pruneDegree);
  const nearest = candidateRow(candidateAt(poolB, 0));
  writeNeighbors(own, degree);
  unlockList(own, makeHead(degree, 0, degree));
  // From here on other threads may add to the list: go through a copy of it.
  const chosen = poolB;
  memory.copy(chosen, listScratch, <usize>degree << 2);
  // The parent comes first, so that no other thread ever sees a row that is not in the tree: rows that were linked
  // below it could otherwise close a circle.
  let parentAt: u32 = 0;
  while (parentAt < degree && !addEdge(load<u32>(chosen + (<usize>parentAt << 2)), row, CHILD_OR_NOTHING)) parentAt++;
  if (parentAt == degree) adopt(nearest, row);
  for (let i: u32 = 0; i < degree; i++) if (i != parentAt) addEdge(load<u32>(chosen + (<usize>i << 2)), row, NOT_CHILD);
}

/**
 * Makes `row` a child of `from`, or of the first of its descendants that has room on a way down that differs from row
 * to row: always the same way would make a chain of full rows out of many equal vectors.
 */
export function adopt(from: u32, row: u32): void {
  let parent = from;
  let seed = row;
  while (!addEdge(parent, row, CHILD_OR_NOTHING)) {
    seed = (seed ^ (seed >> 15)) * 0x9e3779b1 + 1;
    const child = someChild(parent, seed >> 8);
    // Without a child to go on to, every one of its many children is condemned, and its list is about to shrink.
    if (child == parent) { addEdge(parent, row, CHILD_ALWAYS); return; }
    parent = child;
  }
}

/** A child of a row that consolidation will not take away, looked for from any place; the row itself if it has none. */
function someChild(row: u32, place: u32): u32 {
  const list = links(row);
  lockList(list);
  const head = atomic.load<u32>(list) & ~LOCK;
  const degree = degreeOf(head);
  let child = row;
  for (let i: u32 = 0; i < degree; i++) {
    const neighbor = neighborAt(list, (place + i) % degree);
    if (parentOf(neighbor) == row && !hasBit(neighbor, CONDEMNED)) { child = neighbor; break; }
  }
  unlockList(list, head);
  return child;
}

/**
 * Adds an edge; returns whether it is pinned, so that `from` is the parent of `to` from now on. `pinning` says
 * whether it may be, and what happens where `from` has no room for another child.
 */
export function addEdge(from: u32, to: u32, pinning: u32): bool {
  const list = links(from);
  lockList(list);
  const head = atomic.load<u32>(list) & ~LOCK;
  const degree = degreeOf(head), pins = pinsOf(head);
  const pin = pinning == CHILD_ALWAYS || (pinning != NOT_CHILD && pins < pinMax);
  if (!pin && pinning == CHILD_OR_NOTHING) { unlockList(list, head); return false; }
  let at: u32 = degree;
  for (let i: u32 = 0; i < degree; i++) if (neighborAt(list, i) == to) { at = i; break; }
  if (pin) setParent(to, from);
  const newPins = pins + (pin ? 1 : 0);
  if (at < maxDegree) {
    store<u32>(list + 8 + (<usize>at << 2), to);
    unlockList(list, makeHead(at == degree ? degree + 1 : degree, newPins, comparedOf(head)));
  } else {
    const length = pruneOverflow(from, list, head, to);
    unlockList(list, makeHead(length, newPins, length));
  }
  return pin;
}

/**
 * Prunes a full list and one more row; the list is locked. Own children stay. Returns the new degree.
 *
 * Neighbors that an earlier pruning compared with one another are compared only with those that came since. Most of
 * them are kept, and a kept one would be compared with all that are nearer: this is half of the work of linking.
 */
function pruneOverflow(row: u32, list: usize, head: u32, extra: u32): u32 {
  const degree = degreeOf(head), compared = comparedOf(head);
  // Kept rows: those that came since from listScratch on, those compared before from oldRows on. Children come first.
  const oldRows = listScratch + LIST_SCRATCH_BYTES / 2;
  let fresh: u32 = 0, old: u32 = 0, rest: u32 = 0;
  for (let i: u32 = 0; i <= degree; i++) {
    const neighbor = i < degree ? neighborAt(list, i) : extra;
    if (parentOf(neighbor) == row) {
      if (i < compared) store<u32>(oldRows + (<usize>(old++) << 2), neighbor);
      else store<u32>(listScratch + (<usize>(fresh++) << 2), neighbor);
    } else if (hasBit(neighbor, LIVE)) {
      store<u32>(gatherRows + (<usize>rest << 2), neighbor);
      rest++;
      if (i < compared) mark(neighbor);
    }
  }
  beginRow(row);
  const count = sortGathered(rest);
  for (let i: u32 = 0; i < count; i++) {
    const c = candidateAt(poolA, i);
    const candidate = candidateRow(c), isOld = unmark(candidate);
    if (old + fresh >= pruneDegree) continue;
    beginRow(candidate);
    if (isCovered(candidate, candidateDistance(c), listScratch, fresh)) continue;
    if (!isOld && isCovered(candidate, candidateDistance(c), oldRows, old)) continue;
    if (isOld) store<u32>(oldRows + (<usize>(old++) << 2), candidate);
    else store<u32>(listScratch + (<usize>(fresh++) << 2), candidate);
  }
  memory.copy(listScratch + (<usize>fresh << 2), oldRows, <usize>old << 2);
  writeNeighbors(list, fresh + old);
  return fresh + old;
}

/** Copies listScratch into a list word by word: walks in other threads read it meanwhile. */
export function writeNeighbors(list: usize, length: u32): void {
  const end = <usize>length << 2;
  for (let o: usize = 0; o < end; o += 4) store<u32>(list + 8 + o, load<u32>(listScratch + o));
}

/** Claims a row of the tail for this thread, or returns NO_ROW. */
function claimRow(): u32 {
  const end = rowEnd();
  let row = atomic.load<u32>(header + TAIL_START) & ~31;
  let clean = true;
  while (row < end) {
    const words = block(row) + <usize>((row & (BLOCK_ROWS - 1)) >> 5 << 2);
    const tail = atomic.load<u32>(words + LIVE) & ~atomic.load<u32>(words + LINKED);
    const free = tail & ~atomic.load<u32>(words + CLAIMED);
    if (free != 0) {
      const found = row + ctz(free);
      if (setBit(found, CLAIMED)) continue;
      if (hasBit(found, LIVE) && !hasBit(found, LINKED)) return found;
      clearBit(found, CLAIMED);
      continue;
    }
    if (tail != 0) clean = false;
    if (clean) raiseTailStart(row);
    row += 32;
  }
  return NO_ROW;
}

/** Nothing in the word of `row` is in the tail: the next search for a row begins behind it. */
function raiseTailStart(row: u32): void {
  if (atomic.cmpxchg<u32>(header + TAIL_START, row, row + 32) != row) return;
  // A row published in that word before the start moved may have gone unnoticed: look again.
  const words = block(row) + <usize>((row & (BLOCK_ROWS - 1)) >> 5 << 2);
  if ((atomic.load<u32>(words + LIVE) & ~atomic.load<u32>(words + LINKED)) != 0) lowerTailStart(row);
}

/** Rows from `row` on may be in the tail. */
export function lowerTailStart(row: u32): void {
  const to = row & ~31;
  let seen = atomic.load<u32>(header + TAIL_START);
  while (to < seen) {
    const before = atomic.cmpxchg<u32>(header + TAIL_START, seen, to);
    if (before == seen) return;
    seen = before;
  }
}

/** Links up to `count` rows of the tail, or until paused; returns how many. 0 means that there was none. */
export function linkTail(count: u32): u32 {
  let done: u32 = 0;
  while (done < count && !paused()) {
    const row = claimRow();
    if (row == NO_ROW) break;
    linkRow(row);
    setBit(row, LINKED);
    clearBit(row, CLAIMED);
    atomic.add<u32>(header + LINKED_COUNT, 1);
    done++;
  }
  return done;
}
