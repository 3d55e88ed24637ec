// Flat scans over codes; part of the specification in scalar.ts. The nearest by code, and the exact scan: every row
// that may be among the k nearest, by bounds on how far a code's distance can be off.

import type { Metric } from "./kernel-settings.js";
import { f32Max, type ScalarRow } from "./scalar.js";
import { distanceScalar, type ScalarDistance } from "./scalar-distance.js";
import type { ScalarQuery } from "./scalar-query.js";

const { fround } = Math;

/** A row and its distance, as pools hold it. */
export interface ScalarCandidate {
  readonly row: number;
  readonly distance: number;
}

const bits = new DataView(new ArrayBuffer(4));

/** An integer that orders f32 distances as pools do: -0 before 0. */
export function orderOf(distance: number): number {
  bits.setFloat32(0, distance);
  const word = bits.getInt32(0);
  return word ^ ((word >> 31) & 0x7fffffff);
}

/** Nearest first; equal distances by row. */
export function compareCandidates(a: ScalarCandidate, b: ScalarCandidate): number {
  return orderOf(a.distance) - orderOf(b.distance) || a.row - b.row;
}

/** The `k` nearest rows by code, nearest first. Rows are numbered by their place. */
export function scanScalar(
  from: ScalarDistance,
  rows: readonly ScalarRow[],
  k: number,
): readonly ScalarCandidate[] {
  return rows
    .map((row, i) => ({ row: i, distance: distanceScalar(from, row) }))
    .sort(compareCandidates)
    .slice(0, k);
}

/** What an exact scan needs to know of the query. */
export interface ScalarExact {
  readonly from: ScalarDistance;
  readonly query: ScalarQuery;
  readonly metric: Metric;
  readonly k: number;
}

/** Rounding of f32 sums: 2^-24 a rounding. */
const unit = fround(5.9604645e-8);
/** 2^-118: more than the products that underflow on the way to a distance add up to. */
const underflow = fround(3.0092655e-36);
/** 2^-40 |q|²: what distances may differ by and yet be equal as scores, of which |q|² is a part. */
const scoreRounding = 2 ** -40;

/**
 * Most that a distance may be off from `-(q·x)`, or `|x|² - 2 q·x`, of the exact vectors. By Cauchy-Schwarz
 * |q·x - q'·x'| <= |q| |x - x'| + |q - q'| |x'|, plus what rounding adds.
 */
export function errorBound(query: ScalarQuery, row: ScalarRow, metric: Metric): number {
  const factor = metric === "euclidean" ? 2 : 1;
  const length = fround(Math.sqrt(row.norm));
  const left = fround(query.norm * row.residual);
  const right = fround(query.residual * fround(length + row.residual));
  const bound = fround(factor * fround(left + right));
  const norms = fround(fround(factor * query.norm) * length);
  const rounding = fround(roundingFactor(row) * fround(norms + (metric === "euclidean" ? row.norm : 0)));
  const square = metric === "euclidean" ? fround(fround(query.norm * scoreRounding) * query.norm) : 0;
  return fround(fround(fround(bound * fround(1.001)) + rounding) + fround(underflow + square));
}

/** In roundings of the lengths' product; see beginExact in kernels/assembly/scan.ts. */
function roundingFactor(row: ScalarRow): number {
  const padded = row.components.length;
  if (row.integers === undefined) return fround((padded / 2 + 84) * unit);
  return fround(fround(padded / 4 + 32 + fround(32 * fround(Math.sqrt(padded)))) * unit);
}

/** Rows that may be among the `k` nearest, in their order: those whose lower bound is not beyond the k-th upper bound. */
export function exactCandidatesScalar(
  { from, query, metric, k }: ScalarExact,
  rows: readonly ScalarRow[],
): readonly number[] {
  const bounds = rows.map((row) => boundsOf(distanceScalar(from, row), errorBound(query, row, metric), row));
  const threshold = bounds.map(({ upper }) => upper).sort((a, b) => a - b)[k - 1] ?? f32Max;
  return bounds.flatMap(({ lower }, i) => (lower <= threshold ? [i] : []));
}

/** Where something overflowed, nothing is known of the distance. */
function boundsOf(distance: number, error: number, row: ScalarRow): { lower: number; upper: number } {
  const known = Math.abs(distance) < f32Max && error < f32Max && row.norm < f32Max;
  if (!known) return { lower: -f32Max, upper: f32Max };
  return { lower: fround(distance - error), upper: fround(distance + error) };
}
