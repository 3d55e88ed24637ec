// What the host does to rows, and what it counts.

import {
  clearBit, CLAIMED, CONDEMNED, ENTRY, entryRow, expanded, hasBit, header, LANDMARK_COUNT, LANDMARKS_AT, LINKED,
  LINKED_COUNT, links, LIVE, NO_ROW, reached, ROW_END, rowEnd, setBit, TAIL_START, bitMask,
} from "./layout";
import { lowerTailStart, neighborAt } from "./link";
import { gatherBits, wordsOf } from "./scan";
import { degreeOf } from "./walk";

/** Rows below `rowEnd` may be written from now on; their blocks lie in grown memory. */
export function setRowEnd(rowEnd: u32): void { atomic.store<u32>(header + ROW_END, rowEnd); }

/** Makes an encoded row visible to searches, and part of the tail. */
export function publish(row: u32): void {
  setBit(row, LIVE);
  lowerTailStart(row);
}

/**
 * Hides a row from searches. Returns 0 if it was not live, 1 if nothing refers to it now, and 2 if the graph does,
 * or may: then it must be condemned before it is used again.
 */
export function remove(row: u32): u32 {
  if (!clearBit(row, LIVE)) return 0;
  return hasBit(row, LINKED) || hasBit(row, CLAIMED) ? 2 : 1;
}

export function isLive(row: u32): bool { return row < rowEnd() && hasBit(row, LIVE); }
export function isLinked(row: u32): bool { return row < rowEnd() && hasBit(row, LINKED); }

/** Rows that are live and linked. */
export function countLiveLinked(): u32 {
  let count: u32 = 0;
  const end = rowEnd();
  for (let row: u32 = 0; row < end; row += 32) {
    const words = wordsOf(row);
    count += popcnt(atomic.load<u32>(words + LIVE) & atomic.load<u32>(words + LINKED));
  }
  return count;
}

export function countLive(): u32 {
  let count: u32 = 0;
  const end = rowEnd();
  for (let row: u32 = 0; row < end; row += 32) count += popcnt(atomic.load<u32>(wordsOf(row) + LIVE));
  return count;
}

/** Gathers dead linked rows from `from`, a multiple of 32, up to about `limit`; the host goes on behind the last one's word. */
export function gatherDead(from: u32, limit: u32): u32 {
  let count: u32 = 0;
  const end = rowEnd();
  for (let row = from; row < end && count < limit; row += 32) {
    const words = wordsOf(row);
    count = gatherBits(atomic.load<u32>(words + LINKED) & ~atomic.load<u32>(words + LIVE), row, count);
  }
  return count;
}

/** After a checkpoint was loaded: nothing is claimed or condemned, and the tail may begin anywhere. */
export function resetAfterLoad(): void {
  const end = rowEnd();
  let linked: u32 = 0;
  for (let row: u32 = 0; row < end; row += 32) {
    const words = wordsOf(row);
    atomic.store<u32>(words + CLAIMED, 0);
    atomic.store<u32>(words + CONDEMNED, 0);
    linked += popcnt(atomic.load<u32>(words + LINKED));
  }
  atomic.store<u32>(header + LINKED_COUNT, linked);
  atomic.store<u32>(header + TAIL_START, 0);
}

/**
 * Takes every row out of the graph: the tail is what is live. No thread links meanwhile; one that died may have left lists
 * locked and half written. Lists are left as they are, because nothing leads to them, and a row's own is written anew
 * before the row is linked.
 */
export function unlinkAll(): void {
  atomic.store<u32>(header + ENTRY, NO_ROW);
  atomic.store<u32>(header + LANDMARK_COUNT, 0);
  atomic.store<u32>(header + LANDMARKS_AT, 0);
  atomic.store<u32>(header + LINKED_COUNT, 0);
  atomic.store<u32>(header + TAIL_START, 0);
  const end = rowEnd();
  for (let row: u32 = 0; row < end; row += 32) {
    const words = wordsOf(row);
    atomic.store<u32>(words + LINKED, 0);
    atomic.store<u32>(words + CLAIMED, 0);
    atomic.store<u32>(words + CONDEMNED, 0);
  }
}

// ---- reachability: sweeps over the rows, each following the neighbors of rows reached by then. No thread links.

export function beginReach(): void {
  const bytes = ((<usize>rowEnd() + 31) >> 5) << 2;
  memory.fill(reached, 0, bytes);
  memory.fill(expanded, 0, bytes);
  const entry = entryRow();
  if (entry != NO_ROW) reach(entry);
}

@inline function reach(row: u32): void {
  const word = reached + (<usize>(row >> 5) << 2);
  store<u32>(word, load<u32>(word) | bitMask(row));
}

/** Follows the neighbors of reached rows among `from` … `to`, multiples of 32; returns how many rows it followed. */
export function reachRange(from: u32, to: u32): u32 {
  let count: u32 = 0;
  for (let row = from; row < to; row += 32) {
    const o = <usize>(row >> 5) << 2;
    let pending = load<u32>(reached + o) & ~load<u32>(expanded + o);
    while (pending != 0) {
      store<u32>(expanded + o, load<u32>(expanded + o) | pending);
      count += popcnt(pending);
      while (pending != 0) {
        const list = links(row + ctz(pending));
        const degree = degreeOf(atomic.load<u32>(list));
        for (let i: u32 = 0; i < degree; i++) reach(neighborAt(list, i));
        pending &= pending - 1;
      }
      pending = load<u32>(reached + o) & ~load<u32>(expanded + o);
    }
  }
  return count;
}

/** Live linked rows that were not reached. */
export function countUnreached(): u32 {
  let count: u32 = 0;
  const end = rowEnd();
  for (let row: u32 = 0; row < end; row += 32) {
    const words = wordsOf(row);
    const linked = atomic.load<u32>(words + LIVE) & atomic.load<u32>(words + LINKED);
    count += popcnt(linked & ~load<u32>(reached + (<usize>(row >> 5) << 2)));
  }
  return count;
}
