// Rescoring by hand, as someone does whose index keeps only codes: more candidates than hits are fetched, compared with
// the query on the f32 vectors kept beside, and the best are the answer.

import type { Metric } from "../data-set.js";

/** f32 vectors by row, and how near one is to a query. */
export class RescoringVectors {
  readonly #vectors: Float32Array;
  readonly #dimension: number;
  readonly #metric: Metric;

  constructor(n: number, dimension: number, metric: Metric) {
    this.#vectors = new Float32Array(n * dimension);
    this.#dimension = dimension;
    this.#metric = metric;
  }

  /** Keeps vectors from row `from` on; for cosine scaled to length 1, so that a dot product is enough. */
  set(from: number, vectors: Float32Array): void {
    this.#vectors.set(vectors, from * this.#dimension);
    if (this.#metric !== "cosine") return;
    const to = from * this.#dimension + vectors.length;
    for (let at = from * this.#dimension; at < to; at += this.#dimension) {
      scaleToUnit(this.#vectors.subarray(at, at + this.#dimension));
    }
  }

  /** The `limit` nearest of some rows, nearest first. */
  nearest(query: Float32Array, rows: ArrayLike<number | bigint>, limit: number): number[] {
    const dimension = this.#dimension;
    const distances = this.#metric === "euclidean" ? squaredDistance : negatedDot;
    const scored: { row: number; distance: number }[] = [];
    for (let i = 0; i < rows.length; i++) {
      const row = Number(rows[i]);
      scored.push({ row, distance: distances(query, this.#vectors, row * dimension) });
    }
    scored.sort((a, b) => a.distance - b.distance);
    return scored.slice(0, limit).map(({ row }) => row);
  }
}

/** Divides a vector by its length. */
export function scaleToUnit(vector: Float32Array): void {
  let square = 0;
  for (const value of vector) square += value * value;
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
  for (let i = 0; i < vector.length; i++) vector[i]! *= scale;
}

/** Hot. Four sums, so that an addition need not wait for the one before. */
function negatedDot(query: Float32Array, vectors: Float32Array, at: number): number {
  const whole = query.length & ~3;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i < whole; i += 4) {
    a += query[i]! * vectors[at + i]!;
    b += query[i + 1]! * vectors[at + i + 1]!;
    c += query[i + 2]! * vectors[at + i + 2]!;
    d += query[i + 3]! * vectors[at + i + 3]!;
  }
  for (; i < query.length; i++) a += query[i]! * vectors[at + i]!;
  return -(a + b + c + d);
}

/** Hot, in the same way. */
function squaredDistance(query: Float32Array, vectors: Float32Array, at: number): number {
  const whole = query.length & ~3;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i < whole; i += 4) {
    const p = query[i]! - vectors[at + i]!;
    const q = query[i + 1]! - vectors[at + i + 1]!;
    const r = query[i + 2]! - vectors[at + i + 2]!;
    const s = query[i + 3]! - vectors[at + i + 3]!;
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  for (; i < query.length; i++) {
    const p = query[i]! - vectors[at + i]!;
    a += p * p;
  }
  return a + b + c + d;
}
