// Dot products and distances; part of the specification in scalar.ts. Smaller is nearer, whatever the metric:
//
//   to a user's query      cosine, dot   -(q · x)             euclidean   |x|² - 2 q·x          (|q|² left out)
//   between rows           cosine, euclidean   |p|² + |x|² - 2 p·x
//                          dot   2 M² - 2 (p·x + h(p) h(x)),  h(x) = √(M² - |x|²), M the greatest norm

import type { Metric } from "./kernel-settings.js";
import { coarsePart, f32Max, type ScalarRow } from "./scalar.js";
import { prepareScalarRow, type ScalarQuery } from "./scalar-query.js";

const { fround } = Math;

/** How much of a row's code is read: 4 bits a component, as walks do, or all 8. */
export type Precision = "coarse" | "fine";

/** What the distances of one query to rows are made of: constant + normWeight |x|² + dotWeight (q·x) + …. */
export interface ScalarDistance {
  readonly query: Pick<ScalarQuery, "integers" | "sum">;
  readonly constant: number;
  readonly normWeight: number;
  readonly dotWeight: number;
  /** Weight of the sum of a row's components, for the offset of a row as query. */
  readonly totalWeight: number;
  /** 2 h(p), or 0 where the extra component plays no part. */
  readonly extraWeight: number;
  /** M² of the dot metric. */
  readonly normMax: number;
}

/** Distances from a user's query. */
export function fromQuery(query: ScalarQuery, metric: Metric): ScalarDistance {
  const euclidean = metric === "euclidean";
  return {
    query,
    constant: 0,
    normWeight: euclidean ? 1 : 0,
    dotWeight: euclidean ? fround(-2 * query.scale) : -query.scale,
    totalWeight: 0,
    extraWeight: 0,
    normMax: 0,
  };
}

/** Distances from a row. `normMax` is the greatest norm² that the dot metric has seen. */
export function fromRow(row: ScalarRow, metric: Metric, normMax: number): ScalarDistance {
  const query = prepareScalarRow(row);
  const weights = { dotWeight: fround(-2 * query.scale), totalWeight: fround(-2 * query.offset) };
  if (metric !== "dot") {
    return { query, constant: row.norm, normWeight: 1, ...weights, extraWeight: 0, normMax: 0 };
  }
  const extraWeight = fround(2 * extraComponent(normMax, row.norm));
  return { query, constant: fround(2 * normMax), normWeight: 0, ...weights, extraWeight, normMax };
}

/** h(x) = √(M² - |x|²) of the reduction of inner product to nearest neighbor search (Bachrach et al., 2014). */
function extraComponent(normMax: number, norm: number): number {
  return fround(Math.sqrt(Math.max(fround(normMax - norm), 0)));
}

/** The distance to one row, in f32. NaN, which only overflow brings about, counts as infinitely far. */
export function distanceScalar(from: ScalarDistance, row: ScalarRow, precision: Precision = "fine"): number {
  const { query, constant, normWeight, dotWeight, totalWeight, extraWeight, normMax } = from;
  const dot =
    row.integers === undefined
      ? dotF32Scalar(query.integers, row.components)
      : fround(dotIntegersScalar(query.integers, row.integers, precision));
  const product = fround(fround(dotWeight * row.scale) * dot);
  const offset = fround(fround(dotWeight * row.base) * fround(query.sum));
  let distance = fround(fround(constant + fround(normWeight * row.norm)) + fround(product + offset));
  if (totalWeight !== 0) distance = fround(distance + fround(totalWeight * row.total));
  if (extraWeight !== 0) {
    distance = fround(distance - fround(extraWeight * extraComponent(normMax, row.norm)));
  }
  return Number.isNaN(distance) ? f32Max : distance;
}

/** Exact: 4,096 products of at most 2,047 × 240 stay below 2^31. */
export function dotIntegersScalar(
  query: ArrayLike<number>,
  integers: Uint8Array,
  precision: Precision,
): number {
  let dot = 0;
  for (let i = 0; i < integers.length; i++) {
    const integer = integers[i] ?? 0;
    dot += (query[i] ?? 0) * (precision === "fine" ? integer : coarsePart(integer));
  }
  return dot;
}

/** f32 over sixteen lanes: lane l takes the products l, l + 16, …; then lanes l, l + 4, l + 8, l + 12; then four. */
export function dotF32Scalar(a: ArrayLike<number>, b: Float32Array): number {
  const lanes = new Float32Array(16);
  for (let i = 0; i < b.length; i++) {
    lanes[i % 16] = (lanes[i % 16] ?? 0) + fround((a[i] ?? 0) * (b[i] ?? 0));
  }
  const lane = (i: number): number => lanes[i] ?? 0;
  const four = (i: number): number =>
    fround(fround(lane(i) + lane(i + 4)) + fround(lane(i + 8) + lane(i + 12)));
  return fround(fround(four(0) + four(1)) + fround(four(2) + four(3)));
}
