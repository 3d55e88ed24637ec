// Distances of the prepared query to rows: smaller is nearer, whatever the metric.
//
//   to a user's query      cosine, dot   -(q · x)             euclidean   |x|² - 2 q·x          (|q|² left out)
//   between rows           cosine, euclidean   |p|² + |x|² - 2 p·x
//                          dot   2 M² - 2 (p·x + h(p) h(x)),  h(x) = √(M² - |x|²)
//
// The last is the euclidean distance after the reduction of inner product to nearest neighbor search by one more
// component (Bachrach et al., 2014), M being the greatest norm seen: robust pruning needs a distance.
//
// A coarse distance reads the upper half of a code, 4 bits a component, and is what walks go by; a fine one reads all
// 8 bits (two-level quantisation with a range of its own a vector: LVQ-4x4, Aguerrebere et al., 2023).

import { dotCode4, dotF32 } from "./dot";
import { normMax, prepareInput, prepareRow, queryNorm, queryOffset, queryScale, querySum } from "./encode";
import {
  code, codeBytes, codeStride, COARSE_DIMENSION_MIN, dimension, DOT, EUCLIDEAN, fine, fullPrecision, gatherDistances, gatherRows, metric, normOf, scaleOf,
} from "./layout";

/** Distances to rows computed, by walks and scans alike, since the host last reset it. Modulo 2^32. */
export let distanceCount: u32 = 0;

export function resetCounters(): void { distanceCount = 0; }

let constant: f32 = 0;
let normWeight: f32 = 0;
let dotWeight: f32 = 0;
/** Weight of a row's sum of components, for what a row as query has beside its integers; 0 with a user's query. */
let totalWeight: f32 = 0;
/** 2 h(p), or 0 where the extra component plays no part. */
let extraWeight: f32 = 0;
let normLimit: f32 = 0;

/**
 * What must be added to a distance so that it is a squared euclidean one, or half of it: nothing between rows. For inner
 * products these are the distances of the reduction above, the query stretched to the greatest norm.
 */
export let selfDistance: f32 = 0;

/** Standard deviation of a component's error in a coarse distance: steps of 16, evenly spread, 16 / √12. */
const COARSE_DEVIATION: f32 = 4.618802;

/** Two standard deviations of a row's coarse distance to the query. */
export function coarseError(row: u32): f32 {
  return isRoughFine() ? 0 : 2 * abs<f32>(dotFactor) * COARSE_DEVIATION * queryNorm * scaleOf(code(row));
}
/** What the product of query and row counts in a distance. */
let dotFactor: f32 = 0;

/** The input vector becomes the query. */
export function beginQuery(): void {
  prepareInput();
  selfDistance = metric == DOT ? queryNorm * sqrt<f32>(normMax()) : queryNorm * queryNorm;
  constant = 0;
  extraWeight = 0;
  totalWeight = 0;
  normWeight = metric == EUCLIDEAN ? 1.0 : 0;
  dotFactor = metric == EUCLIDEAN ? -2.0 : -1.0;
  dotWeight = dotFactor * queryScale;
}

/** A row becomes the query. */
export function beginRow(row: u32): void {
  const norm2 = normOf(code(row));
  prepareRow(row);
  dotFactor = -2.0;
  dotWeight = dotFactor * queryScale;
  totalWeight = dotFactor * queryOffset;
  selfDistance = 0;
  if (metric == DOT) {
    normLimit = normMax();
    constant = 2.0 * normLimit;
    normWeight = 0;
    extraWeight = 2.0 * sqrt<f32>(max<f32>(normLimit - norm2, 0));
  } else {
    constant = norm2;
    normWeight = 1.0;
    extraWeight = 0;
  }
}

/** What the distances of four rows are made of beside their dot products: four words a row, turned by columns. */
@inline function finish4(dots: v128, c0: usize, c1: usize, c2: usize, c3: usize, to: usize): void {
  const t0 = v128.load(c0 + codeBytes), t1 = v128.load(c1 + codeBytes), t2 = v128.load(c2 + codeBytes), t3 = v128.load(c3 + codeBytes);
  const low01 = v128.shuffle<i32>(t0, t1, 0, 4, 1, 5), low23 = v128.shuffle<i32>(t2, t3, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(t0, t1, 2, 6, 3, 7), high23 = v128.shuffle<i32>(t2, t3, 2, 6, 3, 7);
  const scales = v128.shuffle<i32>(low01, low23, 0, 1, 4, 5), bases = v128.shuffle<i32>(low01, low23, 2, 3, 6, 7);
  const norms = v128.shuffle<i32>(high01, high23, 0, 1, 4, 5);
  const weight = f32x4.splat(dotWeight);
  let d = f32x4.add(f32x4.mul(f32x4.mul(weight, scales), dots), f32x4.mul(f32x4.mul(weight, bases), f32x4.splat(<f32>querySum)));
  d = f32x4.add(f32x4.add(f32x4.splat(constant), f32x4.mul(f32x4.splat(normWeight), norms)), d);
  if (totalWeight != 0) {
    const totals = v128.shuffle<i32>(high01, high23, 2, 3, 6, 7);
    d = f32x4.add(d, f32x4.mul(f32x4.splat(totalWeight), totals));
  }
  if (extraWeight != 0) {
    const h = f32x4.sqrt(f32x4.pmax(f32x4.splat(0), f32x4.sub(f32x4.splat(normLimit), norms)));
    d = f32x4.sub(d, f32x4.mul(f32x4.splat(extraWeight), h));
  }
  // NaN, which only overflow brings about, counts as infinitely far.
  v128.store(to, v128.bitselect(d, f32x4.splat(f32.MAX_VALUE), f32x4.eq(d, d)));
}

@inline function exact4(c0: usize, c1: usize, c2: usize, c3: usize): v128 {
  return f32x4(dotF32(c0), dotF32(c1), dotF32(c2), dotF32(c3));
}

/** Coarse distances of four codes, stored as four f32 at `to`. */
function coarse4(c0: usize, c1: usize, c2: usize, c3: usize, to: usize): void {
  const dots = fullPrecision
    ? exact4(c0, c1, c2, c3)
    : f32x4.convert_i32x4_s(i32x4.shl(dotCode4(c0, c1, c2, c3), 4));
  finish4(dots, c0, c1, c2, c3, to);
}

/** Fine distances of four rows, stored as four f32 at `to`. */
function fine4(r0: u32, r1: u32, r2: u32, r3: u32, to: usize): void {
  const c0 = code(r0), c1 = code(r1), c2 = code(r2), c3 = code(r3);
  // Fine components lie in -8 … 7 and are stored with 8 added.
  const low = i32x4.sub(dotCode4(fine(r0), fine(r1), fine(r2), fine(r3)), i32x4.splat(querySum << 3));
  const dots = f32x4.convert_i32x4_s(i32x4.add(i32x4.shl(dotCode4(c0, c1, c2, c3), 4), low));
  finish4(dots, c0, c1, c2, c3, to);
}

/** Pads gathered rows to a multiple of four with the last one: they need room for three more. Counts them, and returns their bytes. */
@inline function padGathered(count: u32): usize {
  distanceCount += count;
  const last = load<u32>(gatherRows + (<usize>(count - 1) << 2));
  const pad = gatherRows + (<usize>count << 2);
  store<u32>(pad, last); store<u32>(pad, last, 4); store<u32>(pad, last, 8);
  return <usize>count << 2;
}

/** Coarse distances of the query to the first `count` gathered rows, into gatherDistances. */
export function scoreCoarse(count: u32): void {
  if (count == 0) return;
  const bytes = padGathered(count);
  for (let o: usize = 0; o < bytes; o += 16) {
    const r = gatherRows + o;
    coarse4(code(load<u32>(r)), code(load<u32>(r, 4)), code(load<u32>(r, 8)), code(load<u32>(r, 12)), gatherDistances + o);
  }
}

/** The same of `count` codes that lie side by side, a multiple of four. */
export function scoreCodes(codes: usize, count: u32): void {
  distanceCount += count;
  for (let i: u32 = 0; i < count; i += 4) {
    const c = codes + i * codeStride;
    coarse4(c, c + codeStride, c + 2 * codeStride, c + 3 * codeStride, gatherDistances + (<usize>i << 2));
  }
}

/** In few dimensions 4 bits a component do not tell neighbors apart, and the rest is read at little cost. */
@inline export function isRoughFine(): bool { return fullPrecision || dimension < COARSE_DIMENSION_MIN; }

/** The same, coarse unless there are few dimensions: what walks and pruning go by. */
export function scoreRough(count: u32): void {
  if (isRoughFine()) scoreFine(count);
  else scoreCoarse(count);
}

/** The same, fine. With full precision both are the same. */
export function scoreFine(count: u32): void {
  if (fullPrecision) { scoreCoarse(count); return; }
  if (count == 0) return;
  const bytes = padGathered(count);
  for (let o: usize = 0; o < bytes; o += 16) {
    const r = gatherRows + o;
    fine4(load<u32>(r), load<u32>(r, 4), load<u32>(r, 8), load<u32>(r, 12), gatherDistances + o);
  }
}
