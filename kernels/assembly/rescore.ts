// Scores on exact vectors, in double precision: what the caller sees. Four partial sums, so that the result does not
// depend on anything but the vectors.

import { code, DOT, EUCLIDEAN, fullPrecision, hostRows, hostScores, inputVector, metric, original, originalStride, rescoreVectors } from "./layout";

/** Scores the `count` vectors at rescoreAddress against the input vector, into hostScores from place `at` on. */
export function rescoreVectorsAt(at: u32, count: u32): void {
  const squares = metric == EUCLIDEAN || metric == DOT ? 0 : dotExact(inputVector, inputVector);
  for (let i: u32 = 0; i < count; i++) {
    store<f64>(hostScores + (<usize>(at + i) << 3), score(rescoreVectors + i * originalStride, squares));
  }
}

/** The same for the host rows `at` … `at + count`, whose originals are in memory. */
export function rescoreRows(at: u32, count: u32): void {
  const squares = metric == EUCLIDEAN || metric == DOT ? 0 : dotExact(inputVector, inputVector);
  for (let i = at; i < at + count; i++) {
    const row = load<u32>(hostRows + (<usize>i << 2));
    store<f64>(hostScores + (<usize>i << 3), score(fullPrecision ? code(row) : original(row), squares));
  }
}

function score(x: usize, querySquares: f64): f64 {
  if (metric == EUCLIDEAN) return sqrt<f64>(distanceExact(inputVector, x));
  if (metric == DOT) return dotExact(inputVector, x);
  return cosineExact(x, querySquares);
}

/** Both dot products in one pass: their lanes are added up apart, as dotExact would. */
function cosineExact(x: usize, querySquares: f64): f64 {
  let p0 = f64x2.splat(0), p1 = f64x2.splat(0), s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  let q = inputVector;
  const end = q + originalStride;
  for (; q < end; q += 16, x += 16) {
    const a = v128.load(q), b = v128.load(x);
    const b0 = low(b), b1 = high(b);
    p0 = f64x2.add(p0, f64x2.mul(low(a), b0));
    p1 = f64x2.add(p1, f64x2.mul(high(a), b1));
    s0 = f64x2.add(s0, f64x2.mul(b0, b0));
    s1 = f64x2.add(s1, f64x2.mul(b1, b1));
  }
  const products = f64x2.add(p0, p1), squares = f64x2.add(s0, s1);
  const length = sqrt<f64>(querySquares * (f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1)));
  const product = f64x2.extract_lane(products, 0) + f64x2.extract_lane(products, 1);
  return length > 0 ? max<f64>(-1, min<f64>(1, product / length)) : 0;
}

@inline function low(v: v128): v128 { return f64x2.promote_low_f32x4(v); }
@inline function high(v: v128): v128 { return f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 0, 1)); }

function dotExact(a: usize, b: usize): f64 {
  let s = f64x2.splat(0), t = f64x2.splat(0);
  const end = a + originalStride;
  for (; a < end; a += 16, b += 16) {
    const x = v128.load(a), y = v128.load(b);
    s = f64x2.add(s, f64x2.mul(low(x), low(y)));
    t = f64x2.add(t, f64x2.mul(high(x), high(y)));
  }
  const sum = f64x2.add(s, t);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

function distanceExact(a: usize, b: usize): f64 {
  let s = f64x2.splat(0), t = f64x2.splat(0);
  const end = a + originalStride;
  for (; a < end; a += 16, b += 16) {
    const x = v128.load(a), y = v128.load(b);
    const d = f64x2.sub(low(x), low(y)), e = f64x2.sub(high(x), high(y));
    s = f64x2.add(s, f64x2.mul(d, d));
    t = f64x2.add(t, f64x2.mul(e, e));
  }
  const sum = f64x2.add(s, t);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
