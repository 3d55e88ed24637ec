// Scores on exact vectors, in double precision: what the caller sees. Four partial sums, so that the result does not
// depend on anything but the vectors. Two vectors at once, for which the query is loaded and widened once.

import { code, DOT, EUCLIDEAN, fullPrecision, hostRows, hostScores, inputVector, metric, original, originalStride, rescoreVectors } from "./layout";

/** Scores the `count` vectors at rescoreAddress against the input vector, into hostScores from place `at` on. */
export function rescoreVectorsAt(at: u32, count: u32): void {
  const squares = querySquares();
  const last = count - 1;
  for (let i: u32 = 0; i < count; i += 2) {
    const other = min<u32>(i + 1, last);
    scorePair(rescoreVectors + i * originalStride, rescoreVectors + other * originalStride, at + i, at + other, squares);
  }
}

/** The same for the host rows `at` … `at + count`, whose originals are in memory. */
export function rescoreRows(at: u32, count: u32): void {
  const squares = querySquares();
  const last = at + count - 1;
  for (let i = at; i < at + count; i += 2) {
    const other = min<u32>(i + 1, last);
    scorePair(vectorOf(i), vectorOf(other), i, other, squares);
  }
}

@inline function vectorOf(i: u32): usize {
  const row = load<u32>(hostRows + (<usize>i << 2));
  return fullPrecision ? code(row) : original(row);
}

/** The squared length of the query, where the metric asks for it. */
function querySquares(): f64 {
  if (metric == EUCLIDEAN || metric == DOT) return 0;
  dotPair(inputVector, inputVector);
  return scoreX;
}

/** What a pair came to. */
let scoreX: f64 = 0;
let scoreY: f64 = 0;

/** Scores of the vectors at x and y, into the places i and j, which may be the same. */
function scorePair(x: usize, y: usize, i: u32, j: u32, squares: f64): void {
  if (metric == EUCLIDEAN) distancePair(x, y);
  else if (metric == DOT) dotPair(x, y);
  else cosinePair(x, y, squares);
  store<f64>(hostScores + (<usize>i << 3), scoreX);
  store<f64>(hostScores + (<usize>j << 3), scoreY);
}

@inline function low(v: v128): v128 { return f64x2.promote_low_f32x4(v); }
@inline function high(v: v128): v128 { return f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 0, 1)); }
@inline function total(a: v128, b: v128): f64 {
  const sum = f64x2.add(a, b);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Products and squares in one pass: their lanes are added up apart, as dotPair would. */
function cosinePair(x: usize, y: usize, squares: f64): void {
  let px0 = f64x2.splat(0), px1 = f64x2.splat(0), sx0 = f64x2.splat(0), sx1 = f64x2.splat(0);
  let py0 = f64x2.splat(0), py1 = f64x2.splat(0), sy0 = f64x2.splat(0), sy1 = f64x2.splat(0);
  const end = inputVector + originalStride;
  for (let q = inputVector; q < end; q += 16, x += 16, y += 16) {
    const a = v128.load(q), b = v128.load(x), c = v128.load(y);
    const a0 = low(a), b0 = low(b), c0 = low(c);
    px0 = f64x2.add(px0, f64x2.mul(a0, b0));
    sx0 = f64x2.add(sx0, f64x2.mul(b0, b0));
    py0 = f64x2.add(py0, f64x2.mul(a0, c0));
    sy0 = f64x2.add(sy0, f64x2.mul(c0, c0));
    const a1 = high(a), b1 = high(b), c1 = high(c);
    px1 = f64x2.add(px1, f64x2.mul(a1, b1));
    sx1 = f64x2.add(sx1, f64x2.mul(b1, b1));
    py1 = f64x2.add(py1, f64x2.mul(a1, c1));
    sy1 = f64x2.add(sy1, f64x2.mul(c1, c1));
  }
  scoreX = cosine(total(px0, px1), sqrt<f64>(squares * total(sx0, sx1)));
  scoreY = cosine(total(py0, py1), sqrt<f64>(squares * total(sy0, sy1)));
}

@inline function cosine(product: f64, length: f64): f64 {
  return length > 0 ? max<f64>(-1, min<f64>(1, product / length)) : 0;
}

function dotPair(x: usize, y: usize): void {
  let x0 = f64x2.splat(0), x1 = f64x2.splat(0), y0 = f64x2.splat(0), y1 = f64x2.splat(0);
  const end = inputVector + originalStride;
  for (let q = inputVector; q < end; q += 16, x += 16, y += 16) {
    const a = v128.load(q), b = v128.load(x), c = v128.load(y);
    const a0 = low(a), a1 = high(a);
    x0 = f64x2.add(x0, f64x2.mul(a0, low(b)));
    x1 = f64x2.add(x1, f64x2.mul(a1, high(b)));
    y0 = f64x2.add(y0, f64x2.mul(a0, low(c)));
    y1 = f64x2.add(y1, f64x2.mul(a1, high(c)));
  }
  scoreX = total(x0, x1);
  scoreY = total(y0, y1);
}

function distancePair(x: usize, y: usize): void {
  let x0 = f64x2.splat(0), x1 = f64x2.splat(0), y0 = f64x2.splat(0), y1 = f64x2.splat(0);
  const end = inputVector + originalStride;
  for (let q = inputVector; q < end; q += 16, x += 16, y += 16) {
    const a = v128.load(q), b = v128.load(x), c = v128.load(y);
    const a0 = low(a), a1 = high(a);
    const b0 = f64x2.sub(a0, low(b)), b1 = f64x2.sub(a1, high(b));
    const c0 = f64x2.sub(a0, low(c)), c1 = f64x2.sub(a1, high(c));
    x0 = f64x2.add(x0, f64x2.mul(b0, b0));
    x1 = f64x2.add(x1, f64x2.mul(b1, b1));
    y0 = f64x2.add(y0, f64x2.mul(c0, c0));
    y1 = f64x2.add(y1, f64x2.mul(c1, c1));
  }
  scoreX = sqrt<f64>(total(x0, x1));
  scoreY = sqrt<f64>(total(y0, y1));
}
