// A digest of a set of keys that changes with every key added or removed, whatever the order. It tells that keys are
// missing from a file whose pages carry no checksum of their own.

/** Count and 64-bit digest of a set of keys, as plain data. */
export interface KeyDigest {
  readonly count: number;
  /** Sums modulo 2^32 of two mixes of each key's hash. */
  readonly low: number;
  readonly high: number;
}

/** The digest of no keys. */
export const emptyKeyDigest: KeyDigest = Object.freeze({ count: 0, low: 0, high: 0 });

/** Builds or changes a digest. Keys enter as 32-bit hashes; a row is its own hash. */
export class KeyDigestBuilder {
  #count: number;
  #low: number;
  #high: number;

  constructor(start: KeyDigest = emptyKeyDigest) {
    this.#count = start.count;
    this.#low = start.low;
    this.#high = start.high;
  }

  add(hash: number): void {
    this.#count++;
    this.#low = (this.#low + mix(hash)) >>> 0;
    this.#high = (this.#high + mix(~hash)) >>> 0;
  }

  remove(hash: number): void {
    this.#count--;
    this.#low = (this.#low - mix(hash)) >>> 0;
    this.#high = (this.#high - mix(~hash)) >>> 0;
  }

  digest(): KeyDigest {
    return { count: this.#count, low: this.#low, high: this.#high };
  }
}

export function sameKeyDigest(a: KeyDigest, b: KeyDigest): boolean {
  return a.count === b.count && a.low === b.low && a.high === b.high;
}

/** The mixer "lowbias32" of https://nullprogram.com/blog/2018/07/31/: a bijection, so rows never share a mix. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b | 0);
  return (hash ^ (hash >>> 16)) >>> 0;
}
