// Bytes that requests hold together: bodies that are being read or worked on, and responses that nobody has taken yet. A bound for
// each request alone would let many of them take all memory.

/** Counts bytes of holders against a bound. */
export class ByteBudget {
  readonly bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes bytes. False, and nothing is taken, where they are too many. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.bytesMax) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** What can be ended to get its bytes back. */
export interface Pending {
  readonly bytes: number;
  end(): void;
}

/** Responses under way: where they are too many bytes, those that have waited longest for their readers are ended. */
export class PendingResponses {
  readonly #bytesMax: number;
  /** In the order in which they began. */
  readonly #pending = new Set<Pending>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** One response may be larger than the bound: then it is alone. */
  add(added: Pending): void {
    for (const oldest of this.#pending) {
      if (this.#bytes + added.bytes <= this.#bytesMax) break;
      this.remove(oldest);
      oldest.end();
    }
    this.#pending.add(added);
    this.#bytes += added.bytes;
  }

  /** One that is not there is passed over. */
  remove(pending: Pending): void {
    if (this.#pending.delete(pending)) this.#bytes -= pending.bytes;
  }
}
