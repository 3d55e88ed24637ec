// Consolidation takes condemned rows out of the graph, so that they can be used again (after FreshDiskANN, Singh et
// al., 2021). Rows are condemned by the host while no thread links, then, row by row:
//
//   1. reparent   children of condemned rows get another parent, so that the tree holds without them
//   2. repair     condemned neighbors are replaced by their own neighbors, and the list is pruned
//   3. both again while no thread links, for rows that were linked meanwhile
//   4. release    the condemned rows leave the graph

import { beginRow } from "./distance";
import {
  clearBit, CONDEMNED, ENTRY, gatherRows, hasBit, header, LINKED, LINKED_COUNT, links, LIVE,
  listScratch, maxDegree, NO_ROW, paused, poolA, pruneDegree, rowEnd, setBit, visited,
} from "./layout";
import {
  addEdge, adopt, CHILD_OR_NOTHING, lockList, makeHead, neighborAt, parentOf, pinsOf, prune, setParent, unlockList,
  writeNeighbors,
} from "./link";
import { candidateAt, candidateRow } from "./pool";
import { wordsOf } from "./scan";
import { degreeOf, mark, sortGathered, unmark } from "./walk";

/** Most candidates of a repaired list: its own neighbors and those of its condemned ones. */
const REPAIR_MAX: u32 = 1024;

/** Marks a dead linked row for removal. */
export function condemn(row: u32): void { setBit(row, CONDEMNED); }

/**
 * If the entry row is condemned, another row becomes the entry and the root of the tree. Returns false if no linked
 * row is left: then the host empties the graph instead. No thread links meanwhile.
 */
export function replaceEntry(): bool {
  const old = atomic.load<u32>(header + ENTRY);
  if (old == NO_ROW || !hasBit(old, CONDEMNED)) return true;
  const fresh = survivorNear(old);
  if (fresh == NO_ROW) return false;
  const parent = parentOf(fresh);
  setParent(fresh, NO_ROW);
  atomic.store<u32>(header + ENTRY, fresh);
  const list = links(parent);
  const head = atomic.load<u32>(list);
  if (pinsOf(head) > 0) atomic.store<u32>(list, makeHead(degreeOf(head), pinsOf(head) - 1, 0));
  return true;
}

/** A linked row that stays: a neighbor of `row` if one does, any otherwise. */
function survivorNear(row: u32): u32 {
  const list = links(row);
  const degree = degreeOf(atomic.load<u32>(list));
  for (let i: u32 = 0; i < degree; i++) {
    const neighbor = neighborAt(list, i);
    if (hasBit(neighbor, LINKED) && !hasBit(neighbor, CONDEMNED)) return neighbor;
  }
  const end = rowEnd();
  for (let from: u32 = 0; from < end; from += 32) {
    const words = wordsOf(from);
    const stays = atomic.load<u32>(words + LINKED) & ~atomic.load<u32>(words + CONDEMNED);
    if (stays != 0) return from + ctz(stays);
  }
  return NO_ROW;
}

/** Empties the graph: every linked row is condemned. No thread links meanwhile. */
export function emptyGraph(): void { atomic.store<u32>(header + ENTRY, NO_ROW); }

/** Steps 1 and 2 for the rows `from` … `to`; returns the row it stopped at, which is before `to` when paused. */
export function reparentRange(from: u32, to: u32): u32 {
  for (let row = from; row < to; row++) {
    if ((row & 255) == 0 && paused()) return row;
    if (!staysLinked(row)) continue;
    const parent = parentOf(row);
    if (parent != NO_ROW && hasBit(parent, CONDEMNED)) reparent(row);
  }
  return to;
}

export function repairRange(from: u32, to: u32): u32 {
  for (let row = from; row < to; row++) {
    if ((row & 63) == 0 && paused()) return row;
    if (staysLinked(row) && hasCondemnedNeighbor(row)) repair(row);
  }
  return to;
}

@inline function staysLinked(row: u32): bool { return hasBit(row, LINKED) && !hasBit(row, CONDEMNED); }

function hasCondemnedNeighbor(row: u32): bool {
  const list = links(row);
  const degree = degreeOf(atomic.load<u32>(list));
  for (let i: u32 = 0; i < degree; i++) if (hasBit(neighborAt(list, i), CONDEMNED)) return true;
  return false;
}

/** Most steps up the tree, which is as deep as there are rows where each is nearest to the one before. */
const CLIMB_MAX: u32 = 512;

/** True if `ancestor` is on the way from `row` to the root, or is the row, or if the way is too long to tell. */
function descendsFrom(row: u32, ancestor: u32): bool {
  let at = row;
  for (let step: u32 = 0; step < CLIMB_MAX; step++) {
    if (at == NO_ROW) return false;
    if (at == ancestor) return true;
    at = parentOf(at);
  }
  return true;
}

/** Gives a row whose parent is condemned another one: its nearest neighbor that does not descend from it. */
function reparent(row: u32): void {
  const list = links(row);
  const degree = degreeOf(atomic.load<u32>(list));
  let count: u32 = 0;
  for (let i: u32 = 0; i < degree; i++) {
    const neighbor = neighborAt(list, i);
    if (!staysLinked(neighbor)) continue;
    store<u32>(gatherRows + (<usize>count << 2), neighbor);
    count++;
  }
  beginRow(row);
  sortGathered(count);
  // addEdge uses the pool as well: go through a copy of the rows.
  const nearest = visited;
  for (let i: u32 = 0; i < count; i++) store<u32>(nearest + (<usize>i << 2), candidateRow(candidateAt(poolA, i)));
  let done = false;
  for (let i: u32 = 0; i < count && !done; i++) {
    const neighbor = load<u32>(nearest + (<usize>i << 2));
    if (!descendsFrom(neighbor, row)) done = addEdge(neighbor, row, CHILD_OR_NOTHING);
  }
  memory.fill(nearest, 0, <usize>maxDegree << 2);
  if (!done) adopt(survivingAncestor(row), row);
}

/** The nearest ancestor that stays, or the root. Nothing below it, save through condemned rows, leads to `row`. */
function survivingAncestor(row: u32): u32 {
  let at = parentOf(row);
  for (let step: u32 = 0; step < CLIMB_MAX && at != NO_ROW; step++) {
    if (staysLinked(at)) return at;
    at = parentOf(at);
  }
  return atomic.load<u32>(header + ENTRY);
}

/** Replaces the condemned neighbors of a row by their neighbors, keeps its children, and prunes. */
function repair(row: u32): void {
  const list = links(row);
  lockList(list);
  const degree = degreeOf(atomic.load<u32>(list));
  let kept: u32 = 0, rest: u32 = 0;
  mark(row);
  for (let i: u32 = 0; i < degree; i++) {
    const neighbor = neighborAt(list, i);
    if (hasBit(neighbor, CONDEMNED)) {
      rest = gatherSurvivors(neighbor, rest);
    } else if (parentOf(neighbor) == row) {
      store<u32>(listScratch + (<usize>kept << 2), neighbor);
      kept++;
    } else if (mark(neighbor)) {
      store<u32>(gatherRows + (<usize>rest << 2), neighbor);
      rest++;
    }
  }
  unmark(row);
  for (let i: u32 = 0; i < rest; i++) unmark(load<u32>(gatherRows + (<usize>i << 2)));
  beginRow(row);
  const count = sortGathered(rest);
  const length = prune(poolA, count, kept, pruneDegree);
  writeNeighbors(list, length);
  unlockList(list, makeHead(length, kept, 0));
}

/** Gathers the live neighbors of a condemned row that are not gathered yet. */
function gatherSurvivors(condemned: u32, count: u32): u32 {
  const list = links(condemned);
  const degree = degreeOf(atomic.load<u32>(list));
  let n = count;
  for (let i: u32 = 0; i < degree && n < REPAIR_MAX; i++) {
    const neighbor = neighborAt(list, i);
    if (!staysLinked(neighbor) || !hasBit(neighbor, LIVE) || !mark(neighbor)) continue;
    store<u32>(gatherRows + (<usize>n << 2), neighbor);
    n++;
  }
  return n;
}

/** Step 4: a condemned row, to which nothing refers, leaves the graph. */
export function release(row: u32): void {
  atomic.store<u64>(links(row), <u64>NO_ROW << 32);
  if (clearBit(row, LINKED)) atomic.sub<u32>(header + LINKED_COUNT, 1);
  clearBit(row, CONDEMNED);
}
