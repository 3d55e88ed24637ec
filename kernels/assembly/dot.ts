// Dot products of the prepared query with four rows at once: the query is loaded once, and four chains of additions
// are in flight. Components have 4 bits: a byte holds one in its low half, and the one 16 places behind in its high half.

import { codeBytes, preparedQuery } from "./layout";

/** [sum(a), sum(b), sum(c), sum(d)] */
@inline function lanes4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

@inline function lowHalves(bytes: v128): v128 { return v128.and(bytes, i8x16.splat(15)); }
@inline function highHalves(bytes: v128): v128 { return v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(15)); }

/**
 * Products of 32 signed query bytes and 32 components, summed by fours in 16 bits: at most 4 × 128 × 15 < 2^13, so
 * that four of these add up without overflow.
 *
 * Not i32x4.relaxed_dot_i8x16_i7x16_add_s, which sums to 32 bits: the baseline compiler of V8 11.3 (Node 20) gets its
 * sum wrong; see docs/decisions/relaxed-simd-on-node-20.md.
 */
@inline function dot32(low: v128, high: v128, bytes: v128): v128 {
  return i16x8.add(
    i16x8.relaxed_dot_i8x16_i7x16_s(low, lowHalves(bytes)),
    i16x8.relaxed_dot_i8x16_i7x16_s(high, highHalves(bytes)),
  );
}

/** Two of those, in 32 bits. */
@inline function dot64(q: usize, c: usize): v128 {
  return i32x4.extadd_pairwise_i16x8_s(i16x8.add(
    dot32(v128.load(q), v128.load(q, 16), v128.load(c)),
    dot32(v128.load(q, 32), v128.load(q, 48), v128.load(c, 16)),
  ));
}

/** The same with a query of 16-bit integers, without relaxed SIMD. */
@inline function dotWide32(q: usize, bytes: v128): v128 {
  const low = lowHalves(bytes), high = highHalves(bytes);
  return i32x4.add(
    i32x4.add(i32x4.dot_i16x8_s(v128.load(q), i16x8.extend_low_i8x16_u(low)), i32x4.dot_i16x8_s(v128.load(q, 16), i16x8.extend_high_i8x16_u(low))),
    i32x4.add(i32x4.dot_i16x8_s(v128.load(q, 32), i16x8.extend_low_i8x16_u(high)), i32x4.dot_i16x8_s(v128.load(q, 48), i16x8.extend_high_i8x16_u(high))),
  );
}

/**
 * Sums of query × component for the codes, or fine codes, at four addresses, as i32x4. Exact: 4,096 × 2,047 × 15 < 2^27.
 */
@inline export function dotCode4(c0: usize, c1: usize, c2: usize, c3: usize): v128 {
  let q = preparedQuery;
  const end = c0 + codeBytes;
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
  if (ASC_FEATURE_RELAXED_SIMD) {
    for (; c0 + 32 <= end; q += 64, c0 += 32, c1 += 32, c2 += 32, c3 += 32) {
      a0 = i32x4.add(a0, dot64(q, c0));
      a1 = i32x4.add(a1, dot64(q, c1));
      a2 = i32x4.add(a2, dot64(q, c2));
      a3 = i32x4.add(a3, dot64(q, c3));
    }
    if (c0 < end) {
      const low = v128.load(q), high = v128.load(q, 16);
      a0 = i32x4.add(a0, i32x4.extadd_pairwise_i16x8_s(dot32(low, high, v128.load(c0))));
      a1 = i32x4.add(a1, i32x4.extadd_pairwise_i16x8_s(dot32(low, high, v128.load(c1))));
      a2 = i32x4.add(a2, i32x4.extadd_pairwise_i16x8_s(dot32(low, high, v128.load(c2))));
      a3 = i32x4.add(a3, i32x4.extadd_pairwise_i16x8_s(dot32(low, high, v128.load(c3))));
    }
  } else {
    for (; c0 < end; q += 64, c0 += 16, c1 += 16, c2 += 16, c3 += 16) {
      a0 = i32x4.add(a0, dotWide32(q, v128.load(c0)));
      a1 = i32x4.add(a1, dotWide32(q, v128.load(c1)));
      a2 = i32x4.add(a2, dotWide32(q, v128.load(c2)));
      a3 = i32x4.add(a3, dotWide32(q, v128.load(c3)));
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
