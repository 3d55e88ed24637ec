// Scores on the exact vectors, in double precision: what a caller sees. Part of the specification in scalar.ts.

import type { Metric } from "./kernel-settings.js";
import { padComponents } from "./scalar.js";

/** The score of a vector: cosine similarity, inner product, or euclidean distance. 0 for cosine with a zero vector. */
export function scoreScalar(metric: Metric, query: Float32Array, vector: Float32Array): number {
  switch (metric) {
    case "euclidean":
      return Math.sqrt(sum4(query, vector, (a, b) => (a - b) * (a - b)));
    case "dot":
      return sum4(query, vector, (a, b) => a * b);
    case "cosine": {
      const square = (a: number, b: number): number => a * b;
      const length = Math.sqrt(sum4(query, query, square) * sum4(vector, vector, square));
      if (length === 0) return 0;
      return Math.max(-1, Math.min(1, sum4(query, vector, square) / length));
    }
    default:
      return metric satisfies never;
  }
}

/** Four partial sums, l taking the components l, l + 4, …; then (0 + 2) + (1 + 3). */
function sum4(a: Float32Array, b: Float32Array, term: (a: number, b: number) => number): number {
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  const x = padComponents(a);
  const y = padComponents(b);
  for (let i = 0; i < x.length; i++) {
    const lane = (i % 4) as 0 | 1 | 2 | 3; // A remainder of four.
    sums[lane] += term(x[i] ?? 0, y[i] ?? 0);
  }
  return sums[0] + sums[2] + (sums[1] + sums[3]);
}

/** Places of the `k` best vectors, best first, by score and then by place: brute force. */
export function bestScalar(
  metric: Metric,
  query: Float32Array,
  vectors: readonly Float32Array[],
  k: number,
): readonly { readonly row: number; readonly score: number }[] {
  const sign = metric === "euclidean" ? 1 : -1;
  return vectors
    .map((vector, row) => ({ row, score: scoreScalar(metric, query, vector) }))
    .sort((a, b) => sign * (a.score - b.score) || a.row - b.row)
    .slice(0, k);
}
