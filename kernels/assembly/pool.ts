// A bounded pool of candidates, sorted nearest first. A candidate is one u64: the distance, its bits made to order
// as unsigned integers, above the row, above a bit that says that its neighbors have been followed. That bit is the
// lowest, so that it never decides the order: else rows at equal distances would push out those already followed, and
// a walk among many equal vectors would visit them all.

import { POOL_MAX } from "./layout";

export const FOLLOWED: u64 = 1;

@inline export function candidate(distance: f32, row: u32): u64 {
  const bits = reinterpret<i32>(distance);
  return (<u64>(<u32>(bits ^ ((bits >> 31) & 0x7fffffff)) ^ 0x80000000) << 32) | (<u64>row << 1);
}

@inline export function candidateDistance(c: u64): f32 {
  const bits = <i32>(<u32>(c >> 32) ^ 0x80000000);
  return reinterpret<f32>(bits ^ ((bits >> 31) & 0x7fffffff));
}

@inline export function candidateRow(c: u64): u32 { return <u32>c >> 1; }
@inline export function candidateAt(pool: usize, i: u32): u64 { return load<u64>(pool + (<usize>i << 3)); }

/** Empties a pool: the zero before its first place stops every insertion there. */
@inline export function clearPool(pool: usize): void { store<u64>(pool - 8, 0); }

/**
 * Inserts into a pool of `count` candidates and room for `capacity` (at most POOL_MAX). Returns the place taken, or
 * `capacity` if it was too far. The caller adds one to its count where there was room. Linear from the far end:
 * most candidates are either too far or land near it.
 */
@inline export function insertCandidate(pool: usize, c: u64, count: u32, capacity: u32): u32 {
  let p = pool + (<usize>count << 3);
  if (count == capacity) {
    p -= 8;
    if (c >= load<u64>(p)) return capacity;
  }
  while (true) {
    const before = load<u64>(p - 8);
    if (before <= c) break;
    store<u64>(p, before);
    p -= 8;
  }
  store<u64>(p, c);
  return <u32>((p - pool) >> 3);
}
