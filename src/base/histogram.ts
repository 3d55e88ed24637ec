// Counts how often a value fell between bounds. Recording is a search among a few bounds and three additions, and allocates
// nothing.

/** A histogram as plain data. */
export interface HistogramReading {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** Counts values by buckets; histograms of the same bounds can be added. */
export class Histogram {
  /** Ascending; a value that equals a bound belongs to its bucket. */
  readonly #bounds: readonly number[];
  /** One more than bounds: the last is for what is greater than all of them. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  record(value: number): void {
    const bounds = this.#bounds;
    let i = 0;
    while (i < bounds.length && value > bounds[i]!) i++;
    this.#counts[i]!++;
    this.#sum += value;
  }

  /** Adds what another of the same bounds has counted. */
  add(other: Histogram): void {
    for (let i = 0; i < this.#counts.length; i++) this.#counts[i]! += other.#counts[i]!;
    this.#sum += other.#sum;
  }

  read(): HistogramReading {
    const counts = Array.from(this.#counts);
    return {
      bounds: this.#bounds,
      counts,
      sum: this.#sum,
      count: counts.reduce((sum, count) => sum + count, 0),
    };
  }
}
