// How a query is prepared for its dot products with codes; part of the specification in scalar.ts. The two builds
// differ here and nowhere else: relaxed SIMD multiplies i8 by i7, the baseline i16 by i16.

import type { Metric } from "./kernel-settings.js";
import {
  encodeScalar,
  factorFor,
  greatestMagnitude,
  inverseOf,
  laneSum,
  padComponents,
  quantize,
  sumOf,
  queryBias,
  type ScalarEncoding,
  type ScalarRow,
} from "./scalar.js";
import type { KernelBuild } from "./wasm-module.js";

const { fround } = Math;

/** Greatest query integer: 127 in a signed byte; 2,047 keeps 4,096 products with an integer up to 240 below 2^31. */
export const queryLimits = { relaxed: 127, baseline: 2047 } as const satisfies Record<KernelBuild, number>;

/** Most that a query is off because its scale was rounded to a denormal: 2^-150 × 2,047 × √4,096. */
const queryScaleUnderflow = 2 ** -132;

/** A prepared query. A component is about scale × integer; for cosine, of the query at unit length. */
export interface ScalarQuery {
  /** i8 or i16 integers, or the f32 components with full precision. */
  readonly integers: Int32Array | Float32Array;
  readonly scale: number;
  /** Sum of the integers; 0 with full precision. */
  readonly sum: number;
  /** Length of the query; 1 for cosine. */
  readonly norm: number;
  /** Length of what the integers leave out. */
  readonly residual: number;
}

/** How queries are prepared: as the rows are encoded, for one build. */
export interface ScalarSettings extends ScalarEncoding {
  readonly build: KernelBuild;
}

/** Prepares a user's query of f32 components. */
export function prepareScalar(
  vector: Float32Array,
  { metric, fullPrecision, build }: ScalarSettings,
): ScalarQuery {
  const components = padComponents(vector);
  const magnitude = greatestMagnitude(components);
  const factor = factorFor(magnitude);
  const scaled = components.map((x) => x * factor);
  const length = fround(Math.sqrt(laneSum(scaled.map((x) => x * x))));
  const norm = queryNorm(metric, length, factor);
  if (fullPrecision) {
    const unit = length > 0 ? fround(factor / length) : 0;
    const scale = metric === "cosine" ? unit : 1;
    return { integers: components, scale, sum: 0, norm, residual: 0 };
  }
  const { integers, step, residual } = quantize(scaled, fround(magnitude * factor), queryLimits[build]);
  const back = metric === "cosine" ? inverseOf(length) : 1 / factor;
  return {
    integers,
    scale: fround(step * back),
    sum: sumOf(integers),
    norm,
    residual: fround(fround(residual * back) + queryScaleUnderflow),
  };
}

function queryNorm(metric: Metric, length: number, factor: number): number {
  if (metric === "cosine") return length > 0 ? 1 : 0;
  return fround(length / factor);
}

/** A row as a query: its components are about offset + scale × integer, and 0 in the padding. */
export interface ScalarRowQuery extends Pick<ScalarQuery, "integers" | "scale" | "sum"> {
  readonly offset: number;
}

/** A row as a query, as linking uses it: exact, since codes are integers already. */
export function prepareScalarRow(row: ScalarRow): ScalarRowQuery {
  const { components, scale, base, sum, dimension } = row;
  if (row.integers === undefined) return { integers: components, scale, sum: 0, offset: 0 };
  return {
    integers: Int32Array.from(row.integers, (x, i) => (i < dimension ? x - queryBias : 0)),
    scale,
    sum: sum - queryBias * dimension,
    offset: fround(base + fround(queryBias * scale)),
  };
}

/** Encodes many vectors. */
export function encodeScalarRows(
  vectors: readonly Float32Array[],
  encoding: ScalarEncoding,
): readonly ScalarRow[] {
  return vectors.map((vector) => encodeScalar(vector, encoding));
}
