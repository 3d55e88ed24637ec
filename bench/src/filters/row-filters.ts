// Filters that select a known share of the rows, the columns of metadata that they ask, and the exact answers among those rows.

import type { Filter, JsonValue } from "omendb";
import type { DataSet } from "../data-set.js";
import { seededRandom } from "../seeded-random.js";

/** A column of metadata, by row; what is `undefined` is not there, or an empty text where something must be. */
export interface StoredColumn {
  /** In lower case, because some databases fold names. */
  readonly name: string;
  readonly kind: "number" | "text";
  readonly values: ArrayLike<number | string | undefined>;
}

/** A filter in words, as OmenDB takes it, and as databases with SQL do; which rows pass is known. */
export interface AskedFilter {
  readonly title: string;
  readonly filter: Filter;
  readonly sql: string;
  /** One byte a row. */
  readonly flags: Uint8Array;
}

/** The same with the exact answers. */
export interface RowFilter extends AskedFilter {
  readonly rowCount: number;
  readonly share: number;
  /** The exact nearest of each query, nearest first: as many as there are, at most `limit`. */
  readonly nearest: readonly (readonly number[])[];
}

/** Filters, and what they ask. */
export interface AskedColumns {
  readonly columns: readonly StoredColumn[];
  readonly filters: readonly AskedFilter[];
}

/** Columns of 0 and 1: for each share one of rows at random, and one of those that are nearest to one row. */
export function madeUpColumns(data: DataSet, shares: readonly number[], seed: number): AskedColumns {
  const { n, dimension } = data;
  const vectors = data.readRows(0, n);
  const random = seededRandom(seed);
  const flagged = shares.flatMap((share, i) => [
    { name: `i${i}`, title: `independent ${share * 100} %`, flags: atRandom(n, share, random.next) },
    {
      name: `c${i}`,
      title: `correlated ${share * 100} %`,
      flags: nearestTo(scoresOf(vectors, vectors, random.below(n) * dimension, data), share),
    },
  ]);
  return {
    columns: flagged.map(({ name, flags }) => ({ name, kind: "number", values: flags })),
    filters: flagged.map(({ name, title, flags }) => ({
      title,
      filter: { [name]: 1 },
      sql: `${name} = 1`,
      flags,
    })),
  };
}

/** A filter that every row passes, which needs no column. */
export function everyRow(n: number): AskedFilter {
  return { title: "no filter", filter: {}, sql: "", flags: new Uint8Array(n).fill(1) };
}

/** Finds the exact answers. Holds all rows while it works. */
export function withAnswers(data: DataSet, filters: readonly AskedFilter[], limit: number): RowFilter[] {
  const vectors = data.readRows(0, data.n);
  const nearest: number[][][] = filters.map(() => []);
  for (let query = 0; query < data.queryCount; query++) {
    const scores = scoresOf(vectors, data.queries, query * data.dimension, data);
    for (const [i, { flags }] of filters.entries()) nearest[i]!.push(bestOf(scores, flags, limit));
  }
  return filters.map((filter, i) => {
    const rowCount = filter.flags.reduce((sum, flag) => sum + flag, 0);
    return { ...filter, rowCount, share: rowCount / data.n, nearest: nearest[i]! };
  });
}

/** The metadata of a row, in the columns that it has. */
export function metadataOf(columns: readonly StoredColumn[], row: number): Record<string, JsonValue> {
  const metadata: Record<string, JsonValue> = {};
  for (const { name, values } of columns) if (values[row] !== undefined) metadata[name] = values[row];
  return metadata;
}

/** The value of every column in a row, for databases in which each must have one. */
export function valuesOf(columns: readonly StoredColumn[], row: number): Record<string, number | string> {
  return Object.fromEntries(columns.map((column) => [column.name, valueOf(column, row)]));
}

export function valueOf({ kind, values }: StoredColumn, row: number): number | string {
  return values[row] ?? (kind === "text" ? "" : 0);
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
