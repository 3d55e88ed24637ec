// From f32 components to a row's code, and from a query to the form the dot product consumes.
// The specification is src/kernel/scalar.ts; integers agree exactly, floats because lanes are summed in one order.

import {
  baseOf, COSINE, code, codeBytes, dimension, DOT, fine, fineBytes, fullPrecision, header, inputVector, metric, NORM_MAX, normOf,
  original, originalsInMemory, originalStride, paddedDimension, preparedQuery, scaleOf, sumOf,
} from "./layout";

/** Components become integers in 0 … 240: 16 times a code in 0 … 15, and a fine code in -8 … 7. */
const CODE_RANGE: f32 = 240.0;
/** Taken off a row's integers where it is the query, so that they fit a signed byte. */
const QUERY_BIAS: i32 = 128;

/**
 * Outside of these, components are scaled by a power of two, into 2^-50 … 2^50: then 4,096 squares do not overflow,
 * and squares of quantisation errors that vanish are too small to matter.
 */
const SMALL: f32 = 8.881784197001252e-16; // 2^-50
const LARGE: f32 = 1125899906842624.0; // 2^50
const SMALL_FACTOR: f32 = 1.2676506002282294e30; // 2^100
const LARGE_FACTOR: f32 = 7.888609052210118e-31; // 2^-100

/** Most that a code is off because scale and base were rounded to denormals: 2^-150 × 241 × √4,096, and the query's. */
const SCALE_UNDERFLOW: f32 = reinterpret<f32>(1 << 13); // 2^-136
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

/** All ones in the lanes of components from `at` on that are not padding. */
@inline function lanesOf(at: u32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(at), i32x4(0, 1, 2, 3)), i32x4.splat(dimension));
}

/** Least and greatest component of the input vector, padding left out, into `least` and `greatest`. */
function inputRange(): void {
  const first = v128.load32_splat(inputVector);
  let low4 = first, high4 = first;
  for (let at: u32 = 0; at < dimension; at += 4) {
    const x = v128.bitselect(v128.load(inputVector + (<usize>at << 2)), first, lanesOf(at));
    low4 = f32x4.pmin(low4, x);
    high4 = f32x4.pmax(high4, x);
  }
  least = min(min(f32x4.extract_lane(low4, 0), f32x4.extract_lane(low4, 1)), min(f32x4.extract_lane(low4, 2), f32x4.extract_lane(low4, 3)));
  greatest = max(max(f32x4.extract_lane(high4, 0), f32x4.extract_lane(high4, 1)), max(f32x4.extract_lane(high4, 2), f32x4.extract_lane(high4, 3)));
}
let least: f32 = 0;
let greatest: f32 = 0;

/** Writes the codes, and the original if it is kept in memory, of the input vector into a row. */
export function encode(row: u32): void {
  const c = code(row);
  if (originalsInMemory && !fullPrecision) memory.copy(original(row), inputVector, originalStride);
  const factor = factorFor(inputMax());
  const norm2 = inputNorm(factor);
  if (fullPrecision) {
    memory.copy(c, inputVector, codeBytes);
    writeTail(c, factor, 0, norm2, factor);
  } else {
    encodeInt8(row, norm2, factor);
  }
}

/** Components of the vector times the factor, as integers from the least one up: x is about base + step × integer. */
function encodeInt8(row: u32, norm2: f32, factor: f32): void {
  inputRange();
  // Zeros are added so that there is no -0.
  const base: f32 = least * factor + 0, range: f32 = (greatest * factor + 0) - base;
  const step: f32 = range / CODE_RANGE;
  const inverse: f32 = range > 0 ? CODE_RANGE / range : 0;
  const multiplier = f32x4.splat(factor), low = f32x4.splat(base), inv = f32x4.splat(inverse), s = f32x4.splat(step);
  let residual = f32x4.splat(0);
  let sum4 = i32x4.splat(0), first = i32x4.splat(0);
  let c = code(row), f = fine(row);
  for (let at: u32 = 0; at < paddedDimension; at += 16) {
    const p = inputVector + (<usize>at << 2);
    const m0 = lanesOf(at), m1 = lanesOf(at + 4), m2 = lanesOf(at + 8), m3 = lanesOf(at + 12);
    const x0 = f32x4.mul(v128.load(p), multiplier), x1 = f32x4.mul(v128.load(p, 16), multiplier);
    const x2 = f32x4.mul(v128.load(p, 32), multiplier), x3 = f32x4.mul(v128.load(p, 48), multiplier);
    const y0 = f32x4.nearest(f32x4.mul(f32x4.sub(x0, low), inv)), y1 = f32x4.nearest(f32x4.mul(f32x4.sub(x1, low), inv));
    const y2 = f32x4.nearest(f32x4.mul(f32x4.sub(x2, low), inv)), y3 = f32x4.nearest(f32x4.mul(f32x4.sub(x3, low), inv));
    const e0 = v128.and(f32x4.sub(x0, f32x4.add(low, f32x4.mul(s, y0))), m0);
    const e1 = v128.and(f32x4.sub(x1, f32x4.add(low, f32x4.mul(s, y1))), m1);
    const e2 = v128.and(f32x4.sub(x2, f32x4.add(low, f32x4.mul(s, y2))), m2);
    const e3 = v128.and(f32x4.sub(x3, f32x4.add(low, f32x4.mul(s, y3))), m3);
    residual = f32x4.add(residual, f32x4.mul(e0, e0));
    residual = f32x4.add(residual, f32x4.mul(e1, e1));
    residual = f32x4.add(residual, f32x4.mul(e2, e2));
    residual = f32x4.add(residual, f32x4.mul(e3, e3));
    const i0 = v128.and(i32x4.trunc_sat_f32x4_s(y0), m0), i1 = v128.and(i32x4.trunc_sat_f32x4_s(y1), m1);
    const i2 = v128.and(i32x4.trunc_sat_f32x4_s(y2), m2), i3 = v128.and(i32x4.trunc_sat_f32x4_s(y3), m3);
    const integers = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(i0, i1), i16x8.narrow_i32x4_s(i2, i3));
    sum4 = i32x4.add(sum4, sumBytes(integers));
    if (!(at & 16)) { first = integers; continue; }
    const a = coarseOf(first), b = coarseOf(integers);
    v128.store(c, v128.or(a, i16x8.shl(b, 4)));
    v128.store(f, v128.or(fineOf(first, a), i16x8.shl(fineOf(integers, b), 4)));
    c += 16;
    f += 16;
  }
  const sum = i32x4.extract_lane(sum4, 0) + i32x4.extract_lane(sum4, 1) + i32x4.extract_lane(sum4, 2) + i32x4.extract_lane(sum4, 3);
  c = code(row);
  f = fine(row);
  writeTail(c, step, base, norm2, factor);
  store<f32>(c + codeBytes, baseOf(c) * <f32>dimension + scaleOf(c) * <f32>sum, 12);
  writeFineTail(f, sqrt<f32>(lanesSum(residual)), norm2, factor);
  store<i32>(f + fineBytes, sum, 4);
}

@inline function sumBytes(bytes: v128): v128 { return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)); }
/** The nearest multiple of 16, divided by it. */
@inline function coarseOf(integers: v128): v128 {
  return v128.and(i16x8.shr_u(i8x16.add(integers, i8x16.splat(8)), 4), i8x16.splat(15));
}
/** What is left, with 8 added: 0 … 15. */
@inline function fineOf(integers: v128, coarse: v128): v128 {
  return i8x16.add(i8x16.sub(integers, i16x8.shl(coarse, 4)), i8x16.splat(8));
}

/** `scale`, `base` and `norm2` are of the vector times `factor`. */
function writeTail(c: usize, scale: f32, base: f32, norm2: f32, factor: f32): void {
  const t = c + codeBytes;
  store<f32>(t, 0, 12);
  if (metric == COSINE) {
    // Fold the length into the scale, so that a cosine row is a euclidean row of length one.
    const inverse = inverseLength(norm2);
    store<f32>(t, scale * inverse);
    store<f32>(t, base * inverse, 4);
    store<f32>(t, 1.0, 8);
  } else {
    // An overflowing norm is held at the greatest f32: it must not turn a weight of zero into NaN.
    const given: f32 = min<f32>(norm2 / factor / factor, f32.MAX_VALUE);
    store<f32>(t, scale / factor);
    store<f32>(t, base / factor, 4);
    store<f32>(t, given, 8);
    if (metric == DOT) raiseNormMax(given);
  }
}

function writeFineTail(f: usize, residual: f32, norm2: f32, factor: f32): void {
  store<f32>(f + fineBytes, metric == COSINE ? residual * inverseLength(norm2) : residual / factor + SCALE_UNDERFLOW);
}

@inline function inverseLength(norm2: f32): f32 {
  const length = sqrt<f32>(norm2);
  return length > 0 ? 1.0 / length : 0;
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
/** Sum of the integers. */
export let querySum: i32 = 0;
/** What a row as query has beside its integers: its components are about queryOffset + queryScale × integer. */
export let queryOffset: f32 = 0;
/** Length of the query, and of its quantisation error, of which a row as query has none. */
export let queryNorm: f32 = 0;
export let queryResidual: f32 = 0;

/** i16 components stay within ± 2,047: 4,096 products with integers up to 240 sum below 2^31. */
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
    querySum = 0;
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
  querySum = sum;
  // For cosine the factor and the length cancel out, so that the scale of a denormal query stays normal.
  const back: f32 = metric == COSINE ? (length > 0 ? 1.0 / length : 0) : 1.0 / factor;
  queryScale = step * back;
  queryResidual = sqrt<f32>(lanesSum(residual)) * back + QUERY_SCALE_UNDERFLOW;
}

/** Prepares a row as a query: exact, since its codes are integers already. */
export function prepareRow(row: u32): void {
  const c = code(row);
  queryScale = scaleOf(c);
  queryNorm = sqrt<f32>(normOf(c));
  if (fullPrecision) {
    memory.copy(preparedQuery, c, codeBytes);
    querySum = 0;
    queryOffset = 0;
    return;
  }
  querySum = sumOf(row) - QUERY_BIAS * dimension;
  queryOffset = baseOf(c) + <f32>QUERY_BIAS * queryScale;
  const f = fine(row), end = c + codeBytes;
  let to = preparedQuery;
  for (let p = c, q = f; p < end; p += 16, q += 16) {
    const coarse = v128.load(p), low = v128.load(q);
    // 16 × coarse + fine - 8 - 128, modulo 256; of the high half of a byte, its place is the factor 16.
    writeQuery16(to, i8x16.add(i16x8.shl(v128.and(coarse, i8x16.splat(15)), 4), v128.and(low, i8x16.splat(15))));
    to += QUERY_BYTES_16;
    writeQuery16(to, i8x16.add(v128.and(coarse, i8x16.splat(<i8>0xf0)), v128.and(i16x8.shr_u(low, 4), i8x16.splat(15))));
    to += QUERY_BYTES_16;
  }
  for (let i = dimension; i < paddedDimension; i++) {
    if (ASC_FEATURE_RELAXED_SIMD) store<i8>(preparedQuery + i, 0);
    else store<i16>(preparedQuery + (<usize>i << 1), 0);
  }
}

/** Bytes of 16 prepared components. */
const QUERY_BYTES_16: usize = ASC_FEATURE_RELAXED_SIMD ? 16 : 32;

/** Writes 16 components of a row, given with 8 added, as query integers. */
@inline function writeQuery16(to: usize, integers: v128): void {
  const signed = i8x16.sub(integers, i8x16.splat(<i8>(QUERY_BIAS + 8)));
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store(to, signed);
  } else {
    v128.store(to, i16x8.extend_low_i8x16_s(signed));
    v128.store(to, i16x8.extend_high_i8x16_s(signed), 16);
  }
}

/** Writes the vector that a row's codes stand for where the input vector lies. */
export function decodeRow(row: u32): void {
  const c = code(row), f = fine(row);
  if (fullPrecision) { memory.copy(inputVector, c, codeBytes); return; }
  const scale = scaleOf(c), base = baseOf(c);
  for (let i: u32 = 0; i < dimension; i++) {
    const at = <usize>((i >> 5 << 4) | (i & 15)), shift = i & 16 ? 4 : 0;
    const integer = <i32>((load<u8>(c + at) >> shift) & 15) * 16 + <i32>((load<u8>(f + at) >> shift) & 15) - 8;
    store<f32>(inputVector + (<usize>i << 2), base + scale * <f32>integer);
  }
}
