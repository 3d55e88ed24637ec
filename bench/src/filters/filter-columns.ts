// Columns of metadata that select a known share of the rows, and the exact answers among those rows.

import type { DataSet } from "../data-set.js";
import { seededRandom } from "../seeded-random.js";

/** How a column selects rows: at random, or those nearest to one row. */
export type Selection = "independent" | "correlated";

/** A column of 0 and 1, and the exact nearest rows among those with 1. */
export interface FilterColumn {
  readonly name: string;
  readonly selection: Selection;
  readonly share: number;
  /** One byte a row. */
  readonly flags: Uint8Array;
  readonly rowCount: number;
  /** The exact nearest of each query, nearest first: as many as there are, at most `limit`. */
  readonly nearest: readonly (readonly number[])[];
}

/** Makes a column for each share and selection. Holds all rows while it works. */
export function makeFilterColumns(
  data: DataSet,
  shares: readonly number[],
  { limit, seed }: { readonly limit: number; readonly seed: number },
): FilterColumn[] {
  const { n, dimension } = data;
  const vectors = data.readRows(0, n);
  const random = seededRandom(seed);
  const columns = shares.flatMap((share, i) => [
    { name: `i${i}`, selection: "independent" as const, share, flags: atRandom(n, share, random.next) },
    {
      name: `c${i}`,
      selection: "correlated" as const,
      share,
      flags: nearestTo(scoresOf(vectors, vectors, random.below(n) * dimension, data), share),
    },
  ]);
  const nearest: number[][][] = columns.map(() => []);
  for (let query = 0; query < data.queryCount; query++) {
    const scores = scoresOf(vectors, data.queries, query * dimension, data);
    for (const [i, { flags }] of columns.entries()) nearest[i]!.push(bestOf(scores, flags, limit));
  }
  return columns.map((column, i) => ({
    ...column,
    rowCount: column.flags.reduce((sum, flag) => sum + flag, 0),
    nearest: nearest[i]!,
  }));
}

function atRandom(n: number, share: number, next: () => number): Uint8Array {
  return Uint8Array.from({ length: n }, () => (next() < share ? 1 : 0));
}

function nearestTo(scores: Float64Array, share: number): Uint8Array {
  const count = Math.max(1, Math.round(share * scores.length));
  const least = scores.toSorted()[scores.length - count]!;
  return Uint8Array.from(scores, (score) => (score >= least ? 1 : 0));
}

/** Scores of all rows against the vector that begins at `at`: greater is nearer. */
function scoresOf(vectors: Float32Array, from: Float32Array, at: number, data: DataSet): Float64Array {
  const { n, dimension, metric } = data;
  const scores = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    let dot = 0;
    let norm = 0;
    for (let i = 0, r = row * dimension; i < dimension; i++, r++) {
      dot += vectors[r]! * from[at + i]!;
      norm += vectors[r]! * vectors[r]!;
    }
    if (metric === "dot") scores[row] = dot;
    else scores[row] = metric === "cosine" ? dot / Math.sqrt(norm) : 2 * dot - norm;
  }
  return scores;
}

function bestOf(scores: Float64Array, flags: Uint8Array, limit: number): number[] {
  const best: number[] = [];
  for (let row = 0; row < scores.length; row++) {
    if (flags[row] === 0) continue;
    const score = scores[row]!;
    if (best.length === limit && score <= scores[best[limit - 1]!]!) continue;
    let place = best.length;
    while (place > 0 && scores[best[place - 1]!]! < score) place--;
    best.splice(place, 0, row);
    if (best.length > limit) best.pop();
  }
  return best;
}
