// From f32 components to a row's code, and from a query to the form the dot product consumes.
// The specification is src/kernel/scalar.ts; integers agree exactly, floats because lanes are summed in one order.

import {
  COSINE, code, codeBytes, fullPrecision, header, inputVector, metric, NORM_MAX, original,
  originalsInMemory, originalStride, paddedDimension, preparedQuery, DOT,
} from "./layout";

/** Codes lie in -63 … 63 and are stored with this added, so that they fit the unsigned 7-bit operand of the dot. */
export const CODE_BIAS: i32 = 64;
const CODE_LIMIT: f32 = 63.0;

/**
 * Outside of these, components are scaled by a power of two, into 2^-50 … 2^50: then 4,096 squares do not overflow,
 * and squares of quantisation errors that vanish are too small to matter.
 */
const SMALL: f32 = 8.881784197001252e-16; // 2^-50
const LARGE: f32 = 1125899906842624.0; // 2^50
const SMALL_FACTOR: f32 = 1.2676506002282294e30; // 2^100
const LARGE_FACTOR: f32 = 7.888609052210118e-31; // 2^-100

/** Most that a code is off because its scale was rounded to a denormal: 2^-150 × 63 × √4,096, and the query's. */
const SCALE_UNDERFLOW: f32 = reinterpret<f32>(1 << 12); // 2^-137
const QUERY_SCALE_UNDERFLOW: f32 = reinterpret<f32>(1 << 17); // 2^-132

@inline function lanesSum(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Greatest magnitude of the input vector. */
function inputMax(): f32 {
  let max4 = f32x4.splat(0);
  const end = inputVector + (<usize>paddedDimension << 2);
  for (let p = inputVector; p < end; p += 16) max4 = f32x4.pmax(max4, f32x4.abs(v128.load(p)));
  return max(
    max(f32x4.extract_lane(max4, 0), f32x4.extract_lane(max4, 1)),
    max(f32x4.extract_lane(max4, 2), f32x4.extract_lane(max4, 3)),
  );
}

@inline function factorFor(magnitude: f32): f32 {
  return magnitude < SMALL ? SMALL_FACTOR : magnitude > LARGE ? LARGE_FACTOR : 1.0;
}

/** norm² of the input vector after scaling by `factor`. */
function inputNorm(factor: f32): f32 {
  let sum = f32x4.splat(0);
  const f = f32x4.splat(factor);
  const end = inputVector + (<usize>paddedDimension << 2);
  for (let p = inputVector; p < end; p += 16) {
    const x = f32x4.mul(v128.load(p), f);
    sum = f32x4.add(sum, f32x4.mul(x, x));
  }
  return lanesSum(sum);
}

/** Writes the code, and the original if it is kept in memory, of the input vector into a row. */
export function encode(row: u32): void {
  const c = code(row);
  if (originalsInMemory && !fullPrecision) memory.copy(original(row), inputVector, originalStride);
  const magnitude = inputMax();
  const factor = factorFor(magnitude);
  const norm2 = inputNorm(factor);
  if (fullPrecision) {
    memory.copy(c, inputVector, codeBytes);
    writeTail(c, factor, norm2, 0, 0, factor);
  } else {
    encodeInt8(c, magnitude * factor, norm2, factor);
  }
}

function encodeInt8(c: usize, magnitude: f32, norm2: f32, factor: f32): void {
  const scale: f32 = magnitude / CODE_LIMIT;
  const inverse: f32 = magnitude > 0 ? CODE_LIMIT / magnitude : 0;
  const f = f32x4.splat(factor), inv = f32x4.splat(inverse), s = f32x4.splat(scale);
  const bias = i8x16.splat(<i8>CODE_BIAS);
  let residual = f32x4.splat(0);
  let sum4 = i32x4.splat(0);
  let p = inputVector;
  const end = c + paddedDimension;
  for (let at = c; at < end; at += 16, p += 64) {
    const x0 = f32x4.mul(v128.load(p), f), x1 = f32x4.mul(v128.load(p, 16), f);
    const x2 = f32x4.mul(v128.load(p, 32), f), x3 = f32x4.mul(v128.load(p, 48), f);
    const y0 = f32x4.nearest(f32x4.mul(x0, inv)), y1 = f32x4.nearest(f32x4.mul(x1, inv));
    const y2 = f32x4.nearest(f32x4.mul(x2, inv)), y3 = f32x4.nearest(f32x4.mul(x3, inv));
    const e0 = f32x4.sub(x0, f32x4.mul(s, y0)), e1 = f32x4.sub(x1, f32x4.mul(s, y1));
    const e2 = f32x4.sub(x2, f32x4.mul(s, y2)), e3 = f32x4.sub(x3, f32x4.mul(s, y3));
    residual = f32x4.add(residual, f32x4.mul(e0, e0));
    residual = f32x4.add(residual, f32x4.mul(e1, e1));
    residual = f32x4.add(residual, f32x4.mul(e2, e2));
    residual = f32x4.add(residual, f32x4.mul(e3, e3));
    const i0 = i32x4.trunc_sat_f32x4_s(y0), i1 = i32x4.trunc_sat_f32x4_s(y1);
    const i2 = i32x4.trunc_sat_f32x4_s(y2), i3 = i32x4.trunc_sat_f32x4_s(y3);
    sum4 = i32x4.add(sum4, i32x4.add(i32x4.add(i0, i1), i32x4.add(i2, i3)));
    const packed = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(i0, i1), i16x8.narrow_i32x4_s(i2, i3));
    v128.store(at, i8x16.add(packed, bias));
  }
  const sum = i32x4.extract_lane(sum4, 0) + i32x4.extract_lane(sum4, 1) + i32x4.extract_lane(sum4, 2) + i32x4.extract_lane(sum4, 3);
  writeTail(c, scale, norm2, sqrt<f32>(lanesSum(residual)), sum, factor);
}

/** `scale`, `norm2` and `residual` are of the vector times `factor`. */
function writeTail(c: usize, scale: f32, norm2: f32, residual: f32, sum: i32, factor: f32): void {
  const t = c + codeBytes;
  if (metric == COSINE) {
    // Fold the length into the scale, so that a cosine row is a euclidean row of length one.
    const length = sqrt<f32>(norm2);
    const inverse: f32 = length > 0 ? 1.0 / length : 0;
    store<f32>(t, scale * inverse);
    store<f32>(t, 1.0, 4);
    store<f32>(t, residual * inverse, 8);
  } else {
    // An overflowing norm is held at the greatest f32: it must not turn a weight of zero into NaN.
    const given: f32 = min<f32>(norm2 / factor / factor, f32.MAX_VALUE);
    store<f32>(t, scale / factor);
    store<f32>(t, given, 4);
    store<f32>(t, fullPrecision ? 0 : residual / factor + SCALE_UNDERFLOW, 8);
    if (metric == DOT) raiseNormMax(given);
  }
  store<i32>(t, sum, 12);
}

/** Norms are not negative, so their bits order as integers do. */
function raiseNormMax(norm2: f32): void {
  const bits = reinterpret<u32>(norm2);
  let seen = atomic.load<u32>(header + NORM_MAX);
  while (bits > seen) {
    const before = atomic.cmpxchg<u32>(header + NORM_MAX, seen, bits);
    if (before == seen) return;
    seen = before;
  }
}

/** Greatest norm² seen by the dot metric. */
@inline export function normMax(): f32 { return reinterpret<f32>(atomic.load<u32>(header + NORM_MAX)); }

// The prepared query. `queryScale` turns its integers into components (of unit length for cosine).
export let queryScale: f32 = 0;
export let queryBias: i32 = 0;
/** Length of the query and of its quantisation error; an exact scan bounds its error with them. */
export let queryNorm: f32 = 0;
export let queryResidual: f32 = 0;

/** i16 components stay within ± 2,047: 4,096 products with a code sum below 2^31. */
const QUERY_LIMIT_I16: f32 = 2047.0;
const QUERY_LIMIT_I8: f32 = 127.0;

/** Prepares the input vector as a query. */
export function prepareInput(): void {
  const magnitude = inputMax();
  const factor = factorFor(magnitude);
  const length = sqrt<f32>(inputNorm(factor));
  queryNorm = metric == COSINE ? (length > 0 ? 1.0 : 0) : length / factor;
  if (fullPrecision) {
    memory.copy(preparedQuery, inputVector, originalStride);
    queryScale = metric == COSINE ? (length > 0 ? factor / length : 0) : 1.0;
    queryBias = 0;
    queryResidual = 0;
    return;
  }
  const limit: f32 = ASC_FEATURE_RELAXED_SIMD ? QUERY_LIMIT_I8 : QUERY_LIMIT_I16;
  const scaled = magnitude * factor;
  const step: f32 = scaled / limit;
  const inverse: f32 = scaled > 0 ? limit / scaled : 0;
  const f = f32x4.splat(factor), inv = f32x4.splat(inverse), s = f32x4.splat(step);
  let residual = f32x4.splat(0);
  let sum4 = i32x4.splat(0);
  let to = preparedQuery;
  const end = inputVector + (<usize>paddedDimension << 2);
  for (let p = inputVector; p < end; p += 32) {
    const x0 = f32x4.mul(v128.load(p), f), x1 = f32x4.mul(v128.load(p, 16), f);
    const y0 = f32x4.nearest(f32x4.mul(x0, inv)), y1 = f32x4.nearest(f32x4.mul(x1, inv));
    const e0 = f32x4.sub(x0, f32x4.mul(s, y0)), e1 = f32x4.sub(x1, f32x4.mul(s, y1));
    residual = f32x4.add(residual, f32x4.mul(e0, e0));
    residual = f32x4.add(residual, f32x4.mul(e1, e1));
    const i0 = i32x4.trunc_sat_f32x4_s(y0), i1 = i32x4.trunc_sat_f32x4_s(y1);
    sum4 = i32x4.add(sum4, i32x4.add(i0, i1));
    const words = i16x8.narrow_i32x4_s(i0, i1);
    if (ASC_FEATURE_RELAXED_SIMD) {
      store<u64>(to, i64x2.extract_lane(i8x16.narrow_i16x8_s(words, words), 0));
      to += 8;
    } else {
      v128.store(to, words);
      to += 16;
    }
  }
  const sum = i32x4.extract_lane(sum4, 0) + i32x4.extract_lane(sum4, 1) + i32x4.extract_lane(sum4, 2) + i32x4.extract_lane(sum4, 3);
  queryBias = CODE_BIAS * sum;
  // For cosine the factor and the length cancel out, so that the scale of a denormal query stays normal.
  const back: f32 = metric == COSINE ? (length > 0 ? 1.0 / length : 0) : 1.0 / factor;
  queryScale = step * back;
  queryResidual = sqrt<f32>(lanesSum(residual)) * back + QUERY_SCALE_UNDERFLOW;
}

/** Prepares a row's code as a query: exact, since a code is already integers. */
export function prepareRow(c: usize): void {
  queryScale = load<f32>(c + codeBytes);
  if (fullPrecision) {
    memory.copy(preparedQuery, c, codeBytes);
    queryBias = 0;
    return;
  }
  queryBias = CODE_BIAS * load<i32>(c + codeBytes, 12);
  const end = c + paddedDimension;
  let to = preparedQuery;
  if (ASC_FEATURE_RELAXED_SIMD) {
    const bias = i8x16.splat(<i8>CODE_BIAS);
    for (let p = c; p < end; p += 16, to += 16) v128.store(to, i8x16.sub(v128.load(p), bias));
  } else {
    const bias = i16x8.splat(<i16>CODE_BIAS);
    for (let p = c; p < end; p += 8, to += 16) v128.store(to, i16x8.sub(v128.load_ext<u8>(p), bias));
  }
}
