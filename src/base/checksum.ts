// The checksum of what lies on disk. It detects damage, not malice.

const prime1 = 0x9e3779b1 | 0;
const prime2 = 0x85ebca77 | 0;
const prime3 = 0xc2b2ae3d | 0;
const prime4 = 0x27d4eb2f | 0;
const prime5 = 0x165667b1 | 0;

/**
 * XXH32 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) of `byteCount` bytes that begin with the
 * word `wordStart`, on a little-endian machine: an unsigned 32-bit integer. `seed` is whatever the bytes must belong
 * to, such as their row. Records are laid out so that they begin at whole words.
 *
 * Hot, so four plain numbers and no allocation. Best of 20 rounds of 20,000, Node 20.20 and 24.21, AMD EPYC, for 512,
 * 2,048 and 3,072 bytes: 0.13, 0.5 and 0.74 µs. `zlib.crc32` takes 0.31, 0.6 and 0.9 µs, and 0.1 µs for the shortest,
 * and needs a view made of what it reads. A plain sum of the words takes 0.26 µs for 2,048 bytes.
 */
export function xxHash32(words: Int32Array, wordStart: number, byteCount: number, seed: number): number {
  const wordEnd = wordStart + (byteCount >>> 2);
  let i = wordStart;
  let hash = (seed + prime5) | 0;
  if (byteCount >= 16) {
    let a = (seed + prime1 + prime2) | 0;
    let b = (seed + prime2) | 0;
    let c = seed | 0;
    let d = (seed - prime1) | 0;
    for (const laneEnd = wordEnd - 3; i < laneEnd; i += 4) {
      a = (a + Math.imul(words[i]!, prime2)) | 0;
      a = Math.imul((a << 13) | (a >>> 19), prime1);
      b = (b + Math.imul(words[i + 1]!, prime2)) | 0;
      b = Math.imul((b << 13) | (b >>> 19), prime1);
      c = (c + Math.imul(words[i + 2]!, prime2)) | 0;
      c = Math.imul((c << 13) | (c >>> 19), prime1);
      d = (d + Math.imul(words[i + 3]!, prime2)) | 0;
      d = Math.imul((d << 13) | (d >>> 19), prime1);
    }
    hash =
      ((a << 1) | (a >>> 31)) + ((b << 7) | (b >>> 25)) + ((c << 12) | (c >>> 20)) + ((d << 18) | (d >>> 14));
  }
  hash = (hash + byteCount) | 0;
  for (; i < wordEnd; i++) {
    hash = (hash + Math.imul(words[i]!, prime3)) | 0;
    hash = Math.imul((hash << 17) | (hash >>> 15), prime4);
  }
  for (let shift = 0; shift < (byteCount & 3) * 8; shift += 8) {
    hash = (hash + Math.imul((words[wordEnd]! >>> shift) & 255, prime5)) | 0;
    hash = Math.imul((hash << 11) | (hash >>> 21), prime1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** XXH32 of bytes wherever they lie; copies them, so not for hot loops. */
export function xxHash32OfBytes(bytes: Uint8Array, seed: number): number {
  const words = new Int32Array((bytes.length + 3) >>> 2);
  new Uint8Array(words.buffer).set(bytes);
  return xxHash32(words, 0, bytes.length, seed);
}
