// What several whole-system tests expect alike.

import assert from "node:assert/strict";
import { OmenError, type Metric, type OmenErrorKind } from "omendb";

/** Expects an OmenError of this kind and code; returns it. */
export async function expectError(
  call: Promise<unknown>,
  kind: OmenErrorKind,
  code: string,
): Promise<OmenError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof OmenError, `an OmenError ${kind}/${code} was expected, not ${String(error)}`);
  assert.deepEqual({ kind: error.kind, code: error.code }, { kind, code }, error.message);
  return error;
}

/** Numbers from 0 to 1 from a seed: the same on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A vector of components from -1 to 1. */
export function randomVector(random: () => number, dimension: number): Float32Array {
  return Float32Array.from({ length: dimension }, () => random() * 2 - 1);
}

/** The score of two vectors, computed plainly in 64 bits. */
export function plainScore(metric: Metric, a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let squareA = 0;
  let squareB = 0;
  let distance = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    squareA += a[i]! ** 2;
    squareB += b[i]! ** 2;
    distance += (a[i]! - b[i]!) ** 2;
  }
  if (metric === "dot") return dot;
  return metric === "cosine" ? dot / Math.sqrt(squareA * squareB) : Math.sqrt(distance);
}
