// Dot products of the prepared query with codes: one row, and four rows at once.
// Four at once loads the query once and keeps four chains of additions in flight.

import { codeBytes, preparedQuery } from "./layout";

@inline function lanes(a: v128): i32 {
  return i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1) + i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3);
}

/** [sum(a), sum(b), sum(c), sum(d)] */
@inline function lanes4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/**
 * Sums of four products each of 16 signed query bytes and 16 codes. Exact: a pair is at most 2 × 127 × 127 < 2^15.
 * Not i32x4.relaxed_dot_i8x16_i7x16_add_s, which does it in one: the baseline compiler of V8 11.3 (Node 20) gets its
 * sum wrong. Both compile to the same three instructions on x86-64; see docs/decisions/relaxed-simd-on-node-20.md.
 */
@inline function dot16(query: v128, codes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(query, codes));
}

/** Sum of query × biased code. Exact: partial sums stay below 2^31 for 4,096 dimensions. */
export function dotCode(c: usize): i32 {
  let q = preparedQuery;
  const end = c + codeBytes;
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0);
  if (ASC_FEATURE_RELAXED_SIMD) {
    for (; c < end; c += 16, q += 16) a0 = i32x4.add(a0, dot16(v128.load(q), v128.load(c)));
  } else {
    for (; c < end; c += 16, q += 32) {
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load(q), v128.load_ext<u8>(c)));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load(q, 16), v128.load_ext<u8>(c, 8)));
    }
  }
  return lanes(i32x4.add(a0, a1));
}

/** The same for four rows, as i32x4. */
@inline export function dotCode4(c0: usize, c1: usize, c2: usize, c3: usize): v128 {
  let q = preparedQuery;
  const end = c0 + codeBytes;
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
  if (ASC_FEATURE_RELAXED_SIMD) {
    while (c0 < end) {
      const x = v128.load(q);
      a0 = i32x4.add(a0, dot16(x, v128.load(c0)));
      a1 = i32x4.add(a1, dot16(x, v128.load(c1)));
      a2 = i32x4.add(a2, dot16(x, v128.load(c2)));
      a3 = i32x4.add(a3, dot16(x, v128.load(c3)));
      q += 16; c0 += 16; c1 += 16; c2 += 16; c3 += 16;
    }
  } else {
    while (c0 < end) {
      const x = v128.load(q), y = v128.load(q, 16);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x, v128.load_ext<u8>(c0)));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x, v128.load_ext<u8>(c1)));
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(x, v128.load_ext<u8>(c2)));
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(x, v128.load_ext<u8>(c3)));
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(y, v128.load_ext<u8>(c0, 8)));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(y, v128.load_ext<u8>(c1, 8)));
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(y, v128.load_ext<u8>(c2, 8)));
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(y, v128.load_ext<u8>(c3, 8)));
      q += 32; c0 += 16; c1 += 16; c2 += 16; c3 += 16;
    }
  }
  return lanes4(a0, a1, a2, a3);
}

/** Dot product of the prepared f32 query with f32 components. */
export function dotF32(c: usize): f32 {
  let q = preparedQuery;
  const end = c + codeBytes;
  let a0 = f32x4.splat(0), a1 = f32x4.splat(0), a2 = f32x4.splat(0), a3 = f32x4.splat(0);
  for (; c < end; c += 64, q += 64) {
    a0 = f32x4.add(a0, f32x4.mul(v128.load(q), v128.load(c)));
    a1 = f32x4.add(a1, f32x4.mul(v128.load(q, 16), v128.load(c, 16)));
    a2 = f32x4.add(a2, f32x4.mul(v128.load(q, 32), v128.load(c, 32)));
    a3 = f32x4.add(a3, f32x4.mul(v128.load(q, 48), v128.load(c, 48)));
  }
  const a = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3));
  return (f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1)) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
}
