// Flat scans over codes: of the tail, of listed rows, and exact ones.
//
// An exact scan returns every row that may be among the nearest: a code's distance is off by at most a bound that
// its stored residual gives (Cauchy-Schwarz: |q·x - q'·x'| <= |q| |x - x'| + |q - q'| |x'|), so rows whose lower
// bound is beyond the k-th smallest upper bound are out. The host rescores the rest on the exact vectors.

import { beginQuery, scoreFine } from "./distance";
import { queryNorm, queryResidual } from "./encode";
import {
  allowed, bitWord, bitMask, block, BLOCK_ROWS, code, EUCLIDEAN, EXACT_MAX, exactCandidates, fullPrecision, GATHER_MAX, gatherDistances,
  gatherRows, header, LINKED, LIVE, metric, normOf, paddedDimension, poolB, residualOf, rowEnd, TAIL_START, visited,
} from "./layout";
import { candidate, candidateAt, candidateDistance, candidateRow, clearPool, insertCandidate } from "./pool";

/** Candidates in poolB. */
export let scanCount: u32 = 0;
/** Rows scored at once: their distances and rows stay in the first-level cache. */
export const SCAN_BATCH: u32 = 512;

/** Address of the four bit-set words of the 32 rows from `row`. */
@inline export function wordsOf(row: u32): usize { return block(row) + <usize>((row & (BLOCK_ROWS - 1)) >> 5 << 2); }

/** Appends the rows whose bits are set to the gathered ones; returns how many there are then. */
@inline export function gatherBits(bits: u32, row: u32, count: u32): u32 {
  let rest = bits, n = count;
  while (rest != 0) {
    store<u32>(gatherRows + (<usize>n << 2), row + ctz(rest));
    rest &= rest - 1;
    n++;
  }
  return n;
}

export function beginScan(): void {
  scanCount = 0;
  clearPool(poolB);
}

/** Scores the gathered rows into poolB. */
export function scanGathered(count: u32, capacity: u32): void {
  scoreFine(count);
  for (let i: u32 = 0; i < count; i++) {
    const o = <usize>i << 2;
    insertCandidate(poolB, candidate(load<f32>(gatherDistances + o), load<u32>(gatherRows + o)), scanCount, capacity);
    if (scanCount < capacity) scanCount++;
  }
}

/** Every row, to a scan that no filter narrows. */
const EVERY_ROW: usize = 0;

/** Scans the live rows that are not linked yet into poolB, and marks them as visited. Returns how many there were. */
export function scanTail(capacity: u32): u32 { return scanTailOf(EVERY_ROW, capacity); }

/** The same, scoring only those that the filter lets through. */
export function scanAllowedTail(capacity: u32): u32 { return scanTailOf(allowed, capacity); }

/** `filter` is the address of a bit a row. */
function scanTailOf(filter: usize, capacity: u32): u32 {
  beginScan();
  const end = rowEnd();
  let count: u32 = 0, total: u32 = 0;
  for (let row = atomic.load<u32>(header + TAIL_START) & ~31; row < end; row += 32) {
    const words = wordsOf(row);
    let tail = atomic.load<u32>(words + LIVE) & ~atomic.load<u32>(words + LINKED);
    if (tail == 0) continue;
    const word = <usize>(row >> 5) << 2;
    store<u32>(visited + word, load<u32>(visited + word) | tail);
    if (filter != EVERY_ROW) tail &= load<u32>(filter + word);
    total += popcnt(tail);
    count = gatherBits(tail, row, count);
    if (count >= SCAN_BATCH) { scanGathered(count, capacity); count = 0; }
  }
  scanGathered(count, capacity);
  return total;
}

// ---- exact scans

let exactK: u32 = 0;
let exactCount: u32 = 0;
let exactOverflow: bool = false;
let dotFactor: f32 = 0;
let roundingFactor: f32 = 0;
/** What distances may differ by and yet be equal as scores: |q|² is part of a euclidean score, not of a distance. */
let scoreRounding: f32 = 0;
const SCORE_ROUNDING: f32 = 9.094947017729282e-13; // 2^-40
/** 2^-118: more than the products that underflow on the way to a distance add up to. */
const UNDERFLOW: f32 = 3.0092655e-36;

/** Begins an exact scan for the `k` nearest of the rows it is given afterwards. The input vector is the query. */
export function beginExact(k: u32): void {
  beginQuery();
  beginScan();
  exactK = k;
  exactCount = 0;
  exactOverflow = false;
  dotFactor = metric == EUCLIDEAN ? 2.0 : 1.0;
  // Each lane adds a quarter of the components: that many roundings at most, and a few around them. In full precision
  // the scales of huge vectors are denormal and have lost bits, up to 8 √dimension <= dimension / 4 + 64 roundings' worth.
  // Codes start from the least component: what cancels out is up to 3 √dimension as long as the product, and has been
  // rounded some ten times.
  const roundings: f32 = fullPrecision
    ? <f32>(paddedDimension / 2 + 84)
    : <f32>(paddedDimension / 4 + 32) + 32 * sqrt<f32>(<f32>paddedDimension);
  roundingFactor = roundings * 5.9604645e-8;
  scoreRounding = UNDERFLOW + (metric == EUCLIDEAN ? queryNorm * SCORE_ROUNDING * queryNorm : 0);
}

/** Scans the first `count` gathered rows, of which those that are not live are passed over. */
export function exactGathered(count: u32): void {
  let live: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(gatherRows + (<usize>i << 2));
    store<u32>(gatherRows + (<usize>live << 2), row);
    live += (atomic.load<u32>(bitWord(row, LIVE)) & bitMask(row)) != 0 ? 1 : 0;
  }
  if (!exactOverflow) keepBounded(live);
}

/** Scans the live rows of the first `toRow` rows behind `fromRow`, a multiple of 32. */
export function exactLive(fromRow: u32, toRow: u32): void {
  let count: u32 = 0;
  for (let row = fromRow; row < toRow; row += 32) {
    const live = atomic.load<u32>(wordsOf(row) + LIVE);
    if (live == 0) continue;
    count = gatherBits(live, row, count);
    if (count >= SCAN_BATCH) { if (!exactOverflow) keepBounded(count); count = 0; }
  }
  if (!exactOverflow) keepBounded(count);
}

/** Most the distance of a code may be off. */
@inline function errorBound(row: u32): f32 {
  const c = code(row);
  const length: f32 = sqrt<f32>(normOf(c)), residual = residualOf(row);
  const bound = dotFactor * (queryNorm * residual + queryResidual * (length + residual));
  const rounding = roundingFactor * (dotFactor * queryNorm * length + (metric == EUCLIDEAN ? normOf(c) : 0));
  return bound * 1.001 + rounding + scoreRounding;
}

/** Distance that an upper bound must not exceed for its row to be in. */
@inline function threshold(): f32 {
  return scanCount < exactK ? f32.MAX_VALUE : candidateDistance(candidateAt(poolB, exactK - 1));
}

function keepBounded(count: u32): void {
  scoreFine(count);
  for (let i: u32 = 0; i < count; i++) {
    const o = <usize>i << 2;
    const row = load<u32>(gatherRows + o);
    const d = load<f32>(gatherDistances + o), error = errorBound(row);
    let lower = d - error, upper = d + error;
    // Overflow: nothing is known of the distance.
    const known = abs<f32>(d) < f32.MAX_VALUE && error < f32.MAX_VALUE && normOf(code(row)) < f32.MAX_VALUE;
    if (!known) { lower = -f32.MAX_VALUE; upper = f32.MAX_VALUE; }
    insertCandidate(poolB, candidate(upper, row), scanCount, exactK);
    if (scanCount < exactK) scanCount++;
    if (lower > threshold()) continue;
    if (exactCount == EXACT_MAX) {
      dropExcluded();
      // Dropping a few at a time would take quadratic time.
      if (exactCount > EXACT_MAX - EXACT_MAX / 8) { exactOverflow = true; return; }
    }
    store<u64>(exactCandidates + (<usize>exactCount << 3), candidate(lower, row));
    exactCount++;
  }
}

/** Drops candidates that the present threshold excludes; keeps their order, which is that of their rows. */
function dropExcluded(): void {
  const limit = threshold();
  let to: u32 = 0;
  for (let i: u32 = 0; i < exactCount; i++) {
    const c = candidateAt(exactCandidates, i);
    store<u64>(exactCandidates + (<usize>to << 3), c);
    to += candidateDistance(c) <= limit ? 1 : 0;
  }
  exactCount = to;
}

/**
 * Ends an exact scan. The rows that may be among the nearest lie as u32 from exactAddress on, in the order given.
 * Returns how many, or -1 if they were too many to keep: then any row may be.
 */
export function endExact(): i32 {
  if (exactOverflow) return -1;
  dropExcluded();
  for (let i: u32 = 0; i < exactCount; i++) {
    store<u32>(exactCandidates + (<usize>i << 2), candidateRow(candidateAt(exactCandidates, i)));
  }
  return <i32>exactCount;
}

export function gatherAddress(): usize { return gatherRows; }
export function gatherLimit(): u32 { return GATHER_MAX; }
