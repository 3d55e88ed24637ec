// Distances of the prepared query to rows: smaller is nearer, whatever the metric.
//
//   to a user's query      cosine, dot   -(q · x)             euclidean   |x|² - 2 q·x          (|q|² left out)
//   between rows           cosine, euclidean   |p|² + |x|² - 2 p·x
//                          dot   2 M² - 2 (p·x + h(p) h(x)),  h(x) = √(M² - |x|²)
//
// The last is the euclidean distance after the reduction of inner product to nearest neighbor search by one more
// component (Bachrach et al., 2014), M being the greatest norm seen: robust pruning needs a distance.

import { dotCode, dotCode4, dotF32 } from "./dot";
import { normMax, prepareInput, prepareRow, queryBias, queryScale } from "./encode";
import { code, codeBytes, DOT, EUCLIDEAN, fullPrecision, gatherDistances, gatherRows, metric, normOf, scaleOf } from "./layout";

/** Distances to rows computed, by walks and scans alike, since the host last reset it. Modulo 2^32. */
export let distanceCount: u32 = 0;

export function resetCounters(): void { distanceCount = 0; }

let constant: f32 = 0;
let normWeight: f32 = 0;
let dotWeight: f32 = 0;
/** 2 h(p), or 0 where the extra component plays no part. */
let extraWeight: f32 = 0;
let normLimit: f32 = 0;

/** The input vector becomes the query. */
export function beginQuery(): void {
  prepareInput();
  constant = 0;
  extraWeight = 0;
  normWeight = metric == EUCLIDEAN ? 1.0 : 0;
  dotWeight = metric == EUCLIDEAN ? -2.0 * queryScale : -queryScale;
}

/** A row becomes the query. */
export function beginRow(row: u32): void {
  const c = code(row);
  prepareRow(c);
  dotWeight = -2.0 * queryScale;
  if (metric == DOT) {
    normLimit = normMax();
    constant = 2.0 * normLimit;
    normWeight = 0;
    extraWeight = 2.0 * sqrt<f32>(max<f32>(normLimit - normOf(c), 0));
  } else {
    constant = normOf(c);
    normWeight = 1.0;
    extraWeight = 0;
  }
}

/** NaN, which only overflow brings about, counts as infinitely far. */
@inline function finish(norm: f32, scale: f32, dot: f32): f32 {
  let d = constant + normWeight * norm + dotWeight * scale * dot;
  if (extraWeight != 0) d -= extraWeight * sqrt<f32>(max<f32>(normLimit - norm, 0));
  return d == d ? d : f32.MAX_VALUE;
}

/** Distance of the query to one code. */
export function distance(c: usize): f32 {
  const dot: f32 = fullPrecision ? dotF32(c) : <f32>(dotCode(c) - queryBias);
  return finish(normOf(c), scaleOf(c), dot);
}

/** Distances of the query to four codes, stored as four f32 at `to`. */
function distance4(c0: usize, c1: usize, c2: usize, c3: usize, to: usize): void {
  let dots: v128;
  if (fullPrecision) {
    dots = f32x4(dotF32(c0), dotF32(c1), dotF32(c2), dotF32(c3));
  } else {
    dots = f32x4.convert_i32x4_s(i32x4.sub(dotCode4(c0, c1, c2, c3), i32x4.splat(queryBias)));
  }
  const t0 = c0 + codeBytes, t1 = c1 + codeBytes, t2 = c2 + codeBytes, t3 = c3 + codeBytes;
  // Two loads a row bring scale and norm together; shuffles make one vector of each.
  const p01 = v128.load64_lane(t1, v128.load64_zero(t0), 1), p23 = v128.load64_lane(t3, v128.load64_zero(t2), 1);
  const scales = v128.shuffle<f32>(p01, p23, 0, 2, 4, 6), norms = v128.shuffle<f32>(p01, p23, 1, 3, 5, 7);
  let d = f32x4.add(f32x4.splat(constant), f32x4.mul(f32x4.splat(normWeight), norms));
  d = f32x4.add(d, f32x4.mul(f32x4.mul(f32x4.splat(dotWeight), scales), dots));
  if (extraWeight != 0) {
    const h = f32x4.sqrt(f32x4.pmax(f32x4.splat(0), f32x4.sub(f32x4.splat(normLimit), norms)));
    d = f32x4.sub(d, f32x4.mul(f32x4.splat(extraWeight), h));
  }
  v128.store(to, v128.bitselect(d, f32x4.splat(f32.MAX_VALUE), f32x4.eq(d, d)));
}

/**
 * Distances of the query to the first `count` gathered rows, into gatherDistances. Pads to a multiple of four with
 * the last row, so the gathered rows need room for three more.
 */
export function scoreGathered(count: u32): void {
  if (count == 0) return;
  distanceCount += count;
  const last = load<u32>(gatherRows + (<usize>(count - 1) << 2));
  const pad = gatherRows + (<usize>count << 2);
  store<u32>(pad, last); store<u32>(pad, last, 4); store<u32>(pad, last, 8);
  const bytes = <usize>count << 2;
  for (let o: usize = 0; o < bytes; o += 16) {
    const r = gatherRows + o;
    distance4(code(load<u32>(r)), code(load<u32>(r, 4)), code(load<u32>(r, 8)), code(load<u32>(r, 12)), gatherDistances + o);
  }
}
