// The specification of the kernels, in plain TypeScript: clear, not fast, and without WebAssembly. This file turns
// vectors into codes; its siblings prepare queries (scalar-query.ts), compute distances (scalar-distance.ts), scan
// (scalar-scan.ts) and rescore (scalar-rescore.ts). kernels/assembly/ agrees with them bit for bit: each f32 operation
// is rounded by Math.fround, and sums are taken lane by lane in the order of the SIMD code. The formulas and bounds
// are explained in docs/internals/kernels.md.

import type { Metric } from "./kernel-settings.js";

const { fround } = Math;

/** Components become integers in 0 … 240: 16 × a code in 0 … 15, and a fine code in -8 … 7. */
export const codeRange = 240;
/** Taken off a row's integers where it is the query: a signed byte holds them then. */
export const queryBias = 128;
export const f32Max = fround(3.4028234663852886e38);

const small = 2 ** -50;
const large = 2 ** 50;
const smallFactor = 2 ** 100;
const largeFactor = 2 ** -100;
/** Most that a code is off because scale and base were rounded to denormals: 2^-150 × 241 × √4,096. */
const scaleUnderflow = 2 ** -136;

/** What the index holds of a vector. With full precision `integers` is absent and `components` are the code. */
export interface ScalarRow {
  /** f32 components, padded with zeros to a multiple of 32. */
  readonly components: Float32Array;
  /** Integers in 0 … 240, padded with zeros like the components. */
  readonly integers: Uint8Array | undefined;
  /** Components of the vector, without padding. */
  readonly dimension: number;
  /** A component is about base + scale × integer; for cosine, of the vector at unit length. */
  readonly scale: number;
  readonly base: number;
  /** norm², or 1 for cosine; at most the greatest f32. */
  readonly norm: number;
  /** Sum of the components that the integers stand for; 0 with full precision. */
  readonly total: number;
  /** Length of what the integers leave out. */
  readonly residual: number;
  /** Sum of the integers. */
  readonly sum: number;
}

/** The part of an integer that a code holds, times 16: its upper half, rounded. */
export function coarsePart(integer: number): number {
  return ((integer + 8) >> 4) << 4;
}

/** How vectors become rows. */
export interface ScalarEncoding {
  readonly metric: Metric;
  readonly fullPrecision: boolean;
}

/** Encodes a vector of f32 components. */
export function encodeScalar(vector: Float32Array, { metric, fullPrecision }: ScalarEncoding): ScalarRow {
  const components = padComponents(vector);
  const dimension = vector.length;
  const factor = factorFor(greatestMagnitude(components));
  const scaled = components.map((x) => x * factor);
  const norm2 = laneSum(scaled.map((x) => x * x));
  if (fullPrecision) {
    const tail = foldLength({ scale: factor, base: 0, norm2, residual: 0, factor, metric, underflow: 0 });
    return { components, integers: undefined, dimension, ...tail, total: 0, sum: 0 };
  }
  const { integers, step, base, residual } = quantizeRange(scaled, dimension);
  const tail = foldLength({ scale: step, base, norm2, residual, factor, metric, underflow: scaleUnderflow });
  const sum = sumOf(integers);
  const total = fround(fround(tail.base * dimension) + fround(tail.scale * sum));
  return { components, integers, dimension, ...tail, total, sum };
}

/** Components as integers from the least one up, in 240 steps to the greatest, and the length of what is left over. */
function quantizeRange(
  scaled: Float32Array,
  dimension: number,
): {
  readonly integers: Uint8Array;
  readonly step: number;
  readonly base: number;
  readonly residual: number;
} {
  const given = scaled.subarray(0, dimension);
  // Zeros are added so that there is no -0.
  const base = given.reduce((least, x) => Math.min(least, x)) + 0;
  const range = fround(given.reduce((greatest, x) => Math.max(greatest, x)) + 0 - base);
  const step = fround(range / codeRange);
  const inverse = range > 0 ? fround(codeRange / range) : 0;
  const rounded = scaled.map((x, i) =>
    i < dimension ? roundHalfEven(fround(fround(x - base) * inverse)) : 0,
  );
  const errors = scaled.map((x, i) => {
    return i < dimension ? x - fround(base + fround(step * (rounded[i] ?? 0))) : 0;
  });
  const residual = fround(Math.sqrt(laneSum(errors.map((e) => e * e))));
  return { integers: Uint8Array.from(rounded), step, base, residual };
}

interface ScaledTail {
  /** Of the vector times `factor`, like `base`, `norm2` and `residual`. */
  readonly scale: number;
  readonly base: number;
  readonly norm2: number;
  readonly residual: number;
  readonly factor: number;
  readonly metric: Metric;
  readonly underflow: number;
}

/** Cosine folds the length into the scale, so that its rows are euclidean rows of length one; others undo the factor. */
function foldLength(tail: ScaledTail): Pick<ScalarRow, "scale" | "base" | "norm" | "residual"> {
  const { scale, base, norm2, residual, factor, metric, underflow } = tail;
  if (metric === "cosine") {
    const inverse = inverseOf(fround(Math.sqrt(norm2)));
    return {
      scale: fround(scale * inverse),
      base: fround(base * inverse),
      norm: 1,
      residual: fround(residual * inverse),
    };
  }
  return {
    scale: fround(scale / factor),
    base: fround(base / factor),
    norm: Math.min(fround(fround(norm2 / factor) / factor), f32Max),
    residual: fround(fround(residual / factor) + underflow),
  };
}

/** The vector padded with zeros to a multiple of 32 components. */
export function padComponents(vector: Float32Array): Float32Array {
  const padded = new Float32Array(Math.ceil(vector.length / 32) * 32);
  padded.set(vector);
  return padded;
}

export function greatestMagnitude(components: Float32Array): number {
  return components.reduce((greatest, x) => Math.max(greatest, Math.abs(x)), 0);
}

/** The power of two that keeps squares of components from overflowing, and from vanishing. */
export function factorFor(magnitude: number): number {
  if (magnitude < small) return smallFactor;
  return magnitude > large ? largeFactor : 1;
}

/** 1 / x as f32, and 0 of 0. */
export function inverseOf(x: number): number {
  return x > 0 ? fround(1 / x) : 0;
}

/** Components of a query as integers in -limit … limit times `step`, and the length of what is left over. */
export function quantize(
  scaled: Float32Array,
  magnitude: number,
  limit: number,
): { readonly integers: Int32Array; readonly step: number; readonly residual: number } {
  const step = fround(magnitude / limit);
  const inverse = magnitude > 0 ? fround(limit / magnitude) : 0;
  const rounded = scaled.map((x) => roundHalfEven(fround(x * inverse)));
  const errors = scaled.map((x, i) => x - fround(step * (rounded[i] ?? 0)));
  const residual = fround(Math.sqrt(laneSum(errors.map((e) => e * e))));
  return { integers: Int32Array.from(rounded), step, residual };
}

/** The nearest integer, the even one of two: what f32x4.nearest does. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** Sum in f32 over four lanes: lane l takes the values l, l + 4, l + 8, … in order, then (0 + 1) + (2 + 3). */
export function laneSum(values: Float32Array): number {
  const lanes = new Float32Array(4);
  values.forEach((x, i) => {
    lanes[i % 4] = (lanes[i % 4] ?? 0) + x;
  });
  const [a = 0, b = 0, c = 0, d = 0] = lanes;
  return fround(fround(a + b) + fround(c + d));
}

export function sumOf(integers: Iterable<number>): number {
  let sum = 0;
  for (const x of integers) sum += x;
  return sum;
}
