// The scalar TypeScript that is the specification of the kernels, as contenders. It is written to be read, not to be
// fast, and works on a few rows that stay in the cache, whatever the set: it is never near the memory's limit.

import { encodeScalar, type ScalarEncoding, type ScalarRow } from "../../../dist/kernel/scalar.js";
import { distanceScalar, fromQuery, type Precision } from "../../../dist/kernel/scalar-distance.js";
import { encodeScalarRows, prepareScalar, type ScalarQuery } from "../../../dist/kernel/scalar-query.js";
import { scoreScalar } from "../../../dist/kernel/scalar-rescore.js";
import { exactCandidatesScalar, scanScalar } from "../../../dist/kernel/scalar-scan.js";
import type { KernelBuild } from "../../../dist/kernel/wasm-module.js";
import { nanosecondsOf } from "./contest.js";

/** Rows of each pass. */
export const scalarRowCount = 256;

/** What the passes work on. */
export interface ScalarSetup {
  readonly encoding: ScalarEncoding;
  readonly vectors: readonly Float32Array[];
  readonly query: Float32Array;
}

/** One pass of each kernel; each returns nanoseconds a row. */
export type ScalarPasses = Readonly<
  Record<"encode" | "prepare" | "coarse" | "fine" | "exact" | "tail" | "rescore", () => number>
>;

/** What was computed is kept, or the compiler could leave it out. */
export const kept = { sum: 0 };

/** Passes over the first rows of a set. */
export function scalarPasses({ encoding, vectors, query }: ScalarSetup): ScalarPasses {
  const { metric } = encoding;
  const rows = encodeScalarRows(vectors, encoding);
  const prepared = prepare(query, encoding, "baseline");
  const from = fromQuery(prepared, metric);
  const each = (work: (row: ScalarRow, i: number) => number): number =>
    nanosecondsOf(() => {
      for (let i = 0; i < rows.length; i++) kept.sum += work(rows[i]!, i);
    }) / rows.length;
  const once = (work: () => number): number =>
    nanosecondsOf(() => {
      kept.sum += work();
    }) / rows.length;
  return {
    encode: () => each((_, i) => encodeScalar(vectors[i]!, encoding).norm),
    prepare: () => each((_, i) => prepare(vectors[i]!, encoding, "baseline").norm),
    coarse: () => each((row) => distanceScalar(from, row, "coarse")),
    fine: () => each((row) => distanceScalar(from, row, "fine")),
    exact: () => once(() => exactCandidatesScalar({ from, query: prepared, metric, k: 10 }, rows).length),
    tail: () => once(() => scanScalar(from, rows, 40).length),
    rescore: () => each((_, i) => scoreScalar(metric, query, vectors[i]!)),
  };
}

function prepare(vector: Float32Array, encoding: ScalarEncoding, build: KernelBuild): ScalarQuery {
  return prepareScalar(vector, { ...encoding, build });
}

/** Distances of a query to vectors as the specification has them, for one build. */
export function specifiedDistances(
  setup: ScalarSetup,
  build: KernelBuild,
  precision: Precision,
): readonly number[] {
  const { encoding, vectors, query } = setup;
  const from = fromQuery(prepare(query, encoding, build), encoding.metric);
  return vectors.map((vector) => distanceScalar(from, encodeScalar(vector, encoding), precision));
}
