// Fresh memory for the records of one batch. LMDB keeps references to values until they are written, and views made
// for each record cost more in garbage collection (5 µs a point, measured) than all else together.

const chunkBytes = 2 ** 20;

/** Plain memory, never shared (LMDB would store other bytes), seen in every way that records are written. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  readonly floats: Float32Array;
}

/** Hands out room in chunks, each piece beginning at a whole word. */
export class Slab {
  chunk: Chunk = newChunk(0);
  /** Where the reserved room begins. */
  offset = 0;
  #expectedBytes: number;

  /** `expectedBytes` is what will be used in all, as far as known: a small batch gets a small chunk. */
  constructor(expectedBytes: number) {
    this.#expectedBytes = expectedBytes;
  }

  /** Makes `room` bytes free from `offset` on, perhaps in a new chunk. */
  reserve(room: number): void {
    if (this.offset + room <= this.chunk.bytes.length) return;
    this.chunk = newChunk(Math.max(room, Math.min(this.#expectedBytes, chunkBytes)));
    this.offset = 0;
  }

  /** Ends a piece of `length` bytes that was written at `offset`. */
  advance(length: number): void {
    this.offset = (this.offset + length + 3) & ~3;
    this.#expectedBytes -= length;
  }
}

function newChunk(length: number): Chunk {
  const bytes = Buffer.allocUnsafeSlow((length + 3) & ~3);
  const { buffer } = bytes;
  return { bytes, words: new Int32Array(buffer), floats: new Float32Array(buffer) };
}
