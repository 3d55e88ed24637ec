// Unions, intersections and differences of row sets. Results are new sets or one of the operands, which must therefore not be
// changed while a result is in use.

import { bitOf, RowSet } from "./row-set.js";

/** Rows that are in any of the sets. */
export function unite(sets: readonly RowSet[]): RowSet {
  const filled = sets.filter((set) => set.count > 0);
  const [only] = filled;
  if (only === undefined) return new RowSet();
  if (filled.length === 1) return only;
  const total = filled.reduce((sum, set) => sum + set.count, 0);
  const wordCount = filled.reduce((most, set) => Math.max(most, wordsOf(set)), 0);
  // Sorting a row costs about as much as going over a few dozen words.
  if (total * 32 < wordCount && filled.every((set) => set.bits === undefined))
    return uniteSparse(filled, total);
  const bits = new Uint32Array(wordCount);
  for (const set of filled) orInto(bits, set);
  return RowSet.fromBits(bits);
}

/** Sets to unite, from sets and single rows. */
export function setsOf(all: Iterable<RowSet | number>): RowSet[] {
  const sets: RowSet[] = [];
  const single: number[] = [];
  for (const rows of all) {
    if (typeof rows === "number") single.push(rows);
    else sets.push(rows);
  }
  if (single.length > 0) sets.push(RowSet.fromRows(single));
  return sets;
}

/** Words that bits of the set need. */
function wordsOf(set: RowSet): number {
  if (set.bits !== undefined) return set.bits.length;
  const rows = set.sorted();
  return (rows[rows.length - 1]! >>> 5) + 1;
}

function orInto(bits: Uint32Array, set: RowSet): void {
  const other = set.bits;
  if (other === undefined) for (const row of set.sorted()) bits[row >>> 5]! |= bitOf(row);
  else for (let i = 0; i < other.length; i++) bits[i]! |= other[i]!;
}

function uniteSparse(sets: readonly RowSet[], total: number): RowSet {
  const all = new Uint32Array(total);
  let end = 0;
  for (const set of sets) {
    all.set(set.sorted(), end);
    end += set.count;
  }
  all.sort();
  return RowSet.fromSorted(all.filter((row, i) => i === 0 || row !== all[i - 1]));
}

/** Rows that are in all of the sets; there must be at least one. */
export function intersect(sets: readonly RowSet[]): RowSet {
  const [smallest, ...others] = sets.toSorted((a, b) => a.count - b.count);
  return others.reduce(intersectTwo, smallest!);
}

function intersectTwo(smaller: RowSet, larger: RowSet): RowSet {
  const [a, b] = [smaller.bits, larger.bits];
  if (a === undefined || b === undefined) {
    const [few, many] = a === undefined ? [smaller, larger] : [larger, smaller];
    return RowSet.fromSorted(few.sorted().filter((row) => many.has(row)));
  }
  return RowSet.fromBits(a.slice(0, Math.min(a.length, b.length)).map((word, i) => word & b[i]!));
}

/** Rows that are in `from` and not in `set`. */
export function subtract(from: RowSet, set: RowSet): RowSet {
  if (set.count === 0) return from;
  if (from.bits === undefined) return RowSet.fromSorted(from.sorted().filter((row) => !set.has(row)));
  const bits = from.bits.slice();
  const other = set.bits;
  if (other === undefined) {
    for (const row of set.sorted()) if (row >>> 5 < bits.length) bits[row >>> 5]! &= ~bitOf(row);
  } else {
    const end = Math.min(bits.length, other.length);
    for (let i = 0; i < end; i++) bits[i]! &= ~other[i]!;
  }
  return RowSet.fromBits(bits);
}
