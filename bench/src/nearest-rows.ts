// Exact nearest rows by comparing every row with every query: the truth that recall is measured against. It shares no
// code with OmenDB. Products are summed in double precision.

import type { Metric } from "./data-set.js";

/** The nearest rows of each query among those seen so far; nearest first, equally near ones in the order of rows. */
export interface NearestRows {
  readonly places: number;
  /** queryCount × places; -1 where there is none yet. */
  readonly rows: Int32Array;
  /** queryCount × places: smaller is nearer; Infinity where there is none yet. */
  readonly distances: Float64Array;
}

/** Nothing seen yet. */
export function noNearestRows(queryCount: number, places: number): NearestRows {
  return {
    places,
    rows: new Int32Array(queryCount * places).fill(-1),
    distances: new Float64Array(queryCount * places).fill(Infinity),
  };
}

/** Rows that are compared together: their vectors stay in the second-level cache while the queries pass. */
export interface RowBlock {
  /** Number of the first row. */
  readonly from: number;
  readonly rowCount: number;
  readonly dimension: number;
  readonly metric: Metric;
  /** rowCount × dimension. */
  readonly vectors: Float32Array;
}

/** Queries in double precision, which saves a conversion in every product. */
export function preparedQueries(queries: Float32Array): Float64Array {
  return Float64Array.from(queries);
}

/**
 * Offers every row of a block to every query: to `nearest`, and those for which `isOfGroup` is 1 to `nearestOfGroup`
 * as well. Blocks must come in the order of their rows.
 */
export function compareBlock(
  block: RowBlock,
  queries: Float64Array,
  found: {
    readonly nearest: NearestRows;
    readonly nearestOfGroup: NearestRows;
    readonly isOfGroup: Uint8Array;
  },
): void {
  const { from, rowCount, dimension } = block;
  const { add, scale } = distanceTerms(block);
  const dots = new Float64Array(rowCount);
  const queryCount = queries.length / dimension;
  for (let query = 0; query < queryCount; query++) {
    dotProducts(block.vectors, queries, query * dimension, dots);
    for (let i = 0; i < rowCount; i++) {
      const distance = add[i]! + scale[i]! * dots[i]!;
      offer(found.nearest, query, from + i, distance);
      if (found.isOfGroup[i] === 1) offer(found.nearestOfGroup, query, from + i, distance);
    }
  }
}

/** A distance is add + scale · dot; what depends on the query alone is left out, as it changes no order. */
function distanceTerms(block: RowBlock): { add: Float64Array; scale: Float64Array } {
  const { rowCount, dimension, metric, vectors } = block;
  const add = new Float64Array(rowCount);
  const scale = new Float64Array(rowCount).fill(-1);
  for (let i = 0; i < rowCount; i++) {
    let squares = 0;
    for (let j = i * dimension; j < (i + 1) * dimension; j++) squares += vectors[j]! * vectors[j]!;
    if (metric === "euclidean") {
      add[i] = squares;
      scale[i] = -2;
    }
    // A vector of length 0 has no direction: its similarity counts as 0.
    if (metric === "cosine") scale[i] = squares === 0 ? 0 : -1 / Math.sqrt(squares);
  }
  return { add, scale };
}

/** Dot products of one query with every row. Hot: four rows at a time share each load of the query. */
function dotProducts(vectors: Float32Array, queries: Float64Array, offset: number, dots: Float64Array): void {
  const rowCount = dots.length;
  const dimension = vectors.length / rowCount;
  let row = 0;
  for (; row + 4 <= rowCount; row += 4) {
    const a = row * dimension;
    const b = a + dimension;
    const c = b + dimension;
    const d = c + dimension;
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    for (let j = 0; j < dimension; j++) {
      const q = queries[offset + j]!;
      sumA += q * vectors[a + j]!;
      sumB += q * vectors[b + j]!;
      sumC += q * vectors[c + j]!;
      sumD += q * vectors[d + j]!;
    }
    dots[row] = sumA;
    dots[row + 1] = sumB;
    dots[row + 2] = sumC;
    dots[row + 3] = sumD;
  }
  for (; row < rowCount; row++) {
    let sum = 0;
    for (let j = 0; j < dimension; j++) sum += queries[offset + j]! * vectors[row * dimension + j]!;
    dots[row] = sum;
  }
}

/** Inserts a row among the nearest of a query if it is nearer than the last of them. */
function offer({ places, rows, distances }: NearestRows, query: number, row: number, distance: number): void {
  const first = query * places;
  let at = first + places - 1;
  if (distance >= distances[at]!) return;
  for (; at > first && distances[at - 1]! > distance; at--) {
    distances[at] = distances[at - 1]!;
    rows[at] = rows[at - 1]!;
  }
  distances[at] = distance;
  rows[at] = row;
}
