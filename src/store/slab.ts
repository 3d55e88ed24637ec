// Memory for the records of one batch. LMDB keeps references to values until they are written, and views made for each
// record cost more in garbage collection (5 µs a point, measured) than all else together.

const chunkBytes = 2 ** 20;

/** Chunks that no batch uses, kept because fresh ones cost 1 to 3 µs a point in page faults and garbage collection. */
const freeChunks: Chunk[] = [];
const freeChunksMax = 16;

/** Plain memory, never shared (LMDB would store other bytes), seen in every way that records are written. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  readonly floats: Float32Array;
}

/** Hands out room in chunks, each piece beginning at a whole word. */
export class Slab {
  chunk: Chunk = emptyChunk;
  /** Where the reserved room begins. */
  offset = 0;
  #expectedBytes: number;
  readonly #used: Chunk[] = [];

  /** `expectedBytes` is what will be used in all, as far as known: a small batch needs no large chunk. */
  constructor(expectedBytes: number) {
    this.#expectedBytes = expectedBytes;
  }

  /** Makes `room` bytes free from `offset` on, perhaps in another chunk. */
  reserve(room: number): void {
    if (this.offset + room <= this.chunk.bytes.length) return;
    this.chunk = takeChunk(room, this.#expectedBytes);
    this.#used.push(this.chunk);
    this.offset = 0;
  }

  /** Ends a piece of `length` bytes that was written at `offset`. */
  advance(length: number): void {
    this.offset = (this.offset + length + 3) & ~3;
    this.#expectedBytes -= length;
  }

  /** Gives the chunks to later batches. Only when LMDB has written them: it reads them until then. */
  recycle(): void {
    for (const chunk of this.#used.splice(0)) {
      if (chunk.bytes.length === chunkBytes && freeChunks.length < freeChunksMax) freeChunks.push(chunk);
    }
  }
}

function takeChunk(room: number, expectedBytes: number): Chunk {
  const free = room <= chunkBytes ? freeChunks.pop() : undefined;
  return free ?? newChunk(Math.max(room, Math.min(expectedBytes, chunkBytes)));
}

function newChunk(length: number): Chunk {
  const bytes = Buffer.allocUnsafeSlow((length + 3) & ~3);
  const { buffer } = bytes;
  return { bytes, words: new Int32Array(buffer), floats: new Float32Array(buffer) };
}

const emptyChunk = newChunk(0);
