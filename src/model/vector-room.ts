// Room for the decoded vectors of one call.

const slabComponents = 16_384;

/** Gives out vectors that are views of shared slabs: a view costs a tenth of an array of its own. */
export class VectorRoom {
  readonly #dimension: number;
  #slab = new Float32Array(0);
  #used = 0;

  constructor(dimension: number) {
    this.#dimension = dimension;
  }

  take(): Float32Array {
    if (this.#used + this.#dimension > this.#slab.length) {
      this.#slab = new Float32Array(Math.max(this.#dimension, slabComponents));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += this.#dimension;
    return this.#slab.subarray(start, this.#used);
  }
}
