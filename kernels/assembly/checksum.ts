// The checksum that the store keeps beside each exact vector: XXH32 of its bytes, seeded with its row. Specified by
// src/base/checksum.ts. The four lanes of XXH32 are those of one SIMD register; a product takes ten cycles, so four
// vectors are summed side by side.

import { dimension, hostRows, originalStride, rescoreSums, rescoreVectors } from "./layout";

const PRIME_1: u32 = 0x9e3779b1;
const PRIME_2: u32 = 0x85ebca77;
const PRIME_3: u32 = 0xc2b2ae3d;
const PRIME_4: u32 = 0x27d4eb2f;
const PRIME_5: u32 = 0x165667b1;

/**
 * The first of the `count` vectors at rescoreAddress whose checksum is not the one at rescoreSumsAddress, or `count`.
 * They are those of the host rows from place `at` on.
 */
export function firstDamaged(at: u32, count: u32): u32 {
  const rows = hostRows + (<usize>at << 2);
  const last = count - 1;
  for (let i: u32 = 0; i < count; i += 4) {
    const i1 = min<u32>(i + 1, last), i2 = min<u32>(i + 2, last), i3 = min<u32>(i + 3, last);
    const sound = checkFour(rows, i, i1, i2, i3);
    if (sound < 4) return i + sound;
  }
  return count;
}

/** Of four vectors the first that is damaged, or 4. */
function checkFour(rows: usize, i0: u32, i1: u32, i2: u32, i3: u32): u32 {
  const s0 = seedOf(rows, i0), s1 = seedOf(rows, i1), s2 = seedOf(rows, i2), s3 = seedOf(rows, i3);
  let x0 = vector(i0), x1 = vector(i1), x2 = vector(i2), x3 = vector(i3);
  const x = x0;
  const lanesEnd = x0 + (<usize>(dimension >> 2) << 4);
  let a0 = lanesOf(s0), a1 = lanesOf(s1), a2 = lanesOf(s2), a3 = lanesOf(s3);
  for (; x0 < lanesEnd; x0 += 16, x1 += 16, x2 += 16, x3 += 16) {
    a0 = step(a0, x0);
    a1 = step(a1, x1);
    a2 = step(a2, x2);
    a3 = step(a3, x3);
  }
  // From here on `x0 - x` bytes of each are done.
  const done = x0 - x;
  if (!isSound(a0, s0, i0, done)) return 0;
  if (!isSound(a1, s1, i1, done)) return 1;
  if (!isSound(a2, s2, i2, done)) return 2;
  return isSound(a3, s3, i3, done) ? 4 : 3;
}

@inline function vector(i: u32): usize { return rescoreVectors + <usize>i * originalStride; }
@inline function seedOf(rows: usize, i: u32): u32 { return load<u32>(rows + (<usize>i << 2)); }
@inline function lanesOf(seed: u32): v128 {
  return i32x4(seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1);
}

@inline function step(lanes: v128, x: usize): v128 {
  const sum = i32x4.add(lanes, i32x4.mul(v128.load(x), i32x4.splat(PRIME_2)));
  return i32x4.mul(v128.or(i32x4.shl(sum, 13), i32x4.shr_u(sum, 19)), i32x4.splat(PRIME_1));
}

/** Ends the sum of a vector of which `done` bytes are in the lanes, and compares it with the one that was stored. */
function isSound(lanes: v128, seed: u32, i: u32, done: usize): bool {
  let hash = seed + PRIME_5;
  if (done > 0) {
    hash = rotl<u32>(i32x4.extract_lane(lanes, 0), 1) + rotl<u32>(i32x4.extract_lane(lanes, 1), 7)
      + rotl<u32>(i32x4.extract_lane(lanes, 2), 12) + rotl<u32>(i32x4.extract_lane(lanes, 3), 18);
  }
  hash += dimension << 2;
  const end = vector(i) + (<usize>dimension << 2);
  for (let x = vector(i) + done; x < end; x += 4) hash = rotl<u32>(hash + load<u32>(x) * PRIME_3, 17) * PRIME_4;
  hash = (hash ^ (hash >> 15)) * PRIME_2;
  hash = (hash ^ (hash >> 13)) * PRIME_3;
  return (hash ^ (hash >> 16)) == load<u32>(rescoreSums + (<usize>i << 2));
}
