// What benchmarks measure the kernels against: the bytes of codes copied, or read by the kernels' own access pattern
// without their arithmetic. Nothing of the library calls these.

import { code, codeStride, fine, fineBytes, fullPrecision, gatherRows } from "./layout";

/** Copies bytes within the memory. */
export function yardstickCopy(to: usize, from: usize, byteCount: u32): void { memory.copy(to, from, byteCount); }

/** Reads what coarse distances read of the first `count` gathered rows, a multiple of four, four rows at once. */
export function yardstickReadCoarse(count: u32): u32 {
  let x = i64x2.splat(0);
  const end = gatherRows + (<usize>count << 2);
  for (let r = gatherRows; r < end; r += 16) {
    x = v128.xor(x, read4(code(load<u32>(r)), code(load<u32>(r, 4)), code(load<u32>(r, 8)), code(load<u32>(r, 12)), codeStride));
  }
  return i32x4.extract_lane(x, 0);
}

/** Reads what fine distances read: the same, and of each row its fine code. */
export function yardstickReadFine(count: u32): u32 {
  if (fullPrecision) return yardstickReadCoarse(count);
  let x = i64x2.splat(0);
  const end = gatherRows + (<usize>count << 2);
  for (let r = gatherRows; r < end; r += 16) {
    const r0 = load<u32>(r), r1 = load<u32>(r, 4), r2 = load<u32>(r, 8), r3 = load<u32>(r, 12);
    x = v128.xor(x, read4(fine(r0), fine(r1), fine(r2), fine(r3), fineBytes));
    x = v128.xor(x, read4(code(r0), code(r1), code(r2), code(r3), codeStride));
  }
  return i32x4.extract_lane(x, 0);
}

/** Four streams of `bytes`, a multiple of 16. */
@inline function read4(c0: usize, c1: usize, c2: usize, c3: usize, bytes: usize): v128 {
  let a = i64x2.splat(0), b = i64x2.splat(0), c = i64x2.splat(0), d = i64x2.splat(0);
  const end = c0 + bytes;
  for (; c0 < end; c0 += 16, c1 += 16, c2 += 16, c3 += 16) {
    a = v128.xor(a, v128.load(c0));
    b = v128.xor(b, v128.load(c1));
    c = v128.xor(c, v128.load(c2));
    d = v128.xor(d, v128.load(c3));
  }
  return v128.xor(v128.xor(a, b), v128.xor(c, d));
}

/** Reads one word of each of the first `count` gathered rows: what is left when only the misses count. */
export function yardstickTouch(count: u32): u32 {
  let sum: u32 = 0;
  const end = gatherRows + (<usize>count << 2);
  for (let r = gatherRows; r < end; r += 4) sum ^= load<u32>(code(load<u32>(r)));
  return sum;
}
