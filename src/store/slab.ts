// Fresh memory for the records of one batch: LMDB keeps references to values until they are written, and an
// allocation for each would cost more than filling it.

const chunkBytes = 2 ** 20;

/** Hands out pieces of fresh plain buffers, never of shared memory, which LMDB would store wrongly. */
export class Slab {
  /** Holds the reserved room from `offset` on. */
  bytes = Buffer.alloc(0);
  offset = 0;
  #expectedBytes: number;

  /** `expectedBytes` is what will be taken in all, as far as known: small batches get small chunks. */
  constructor(expectedBytes: number) {
    this.#expectedBytes = expectedBytes;
  }

  /** Makes `bytes[offset … offset + room)` free, starting at a multiple of 4. */
  reserve(room: number): void {
    this.offset = (this.offset + 3) & ~3;
    if (this.offset + room <= this.bytes.length) return;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(room, Math.min(this.#expectedBytes, chunkBytes)));
    this.offset = 0;
  }

  /** The next `length` bytes, which now belong to the caller. */
  take(length: number): Uint8Array {
    const piece = new Uint8Array(this.bytes.buffer, this.offset, length);
    this.offset += length;
    this.#expectedBytes -= length;
    return piece;
  }
}
