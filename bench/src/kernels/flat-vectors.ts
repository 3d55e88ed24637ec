// Many vectors at the cost of a few: windows into one pool of normal numbers. Scans and distances take no longer for
// other values; a graph would, so graphs are built from generated clusters instead.

import { seededRandom } from "../seeded-random.js";

const poolLength = 2 ** 21;
/** A prime: the windows of two rows begin at different places for as long as there are any. */
const step = 9973;

/** Gives the vector of a row: the same for the same seed, in an array that must not be written. */
export function flatVectors(dimension: number, seed: number): (row: number) => Float32Array {
  const random = seededRandom(seed);
  const pool = Float32Array.from({ length: poolLength }, () => random.normal());
  return (row) => {
    const from = (row * step) % (poolLength - dimension);
    return pool.subarray(from, from + dimension);
  };
}

/** The rows 0 … count - 1 in random order, by Fisher and Yates. */
export function shuffledRows(count: number, seed: number): Uint32Array {
  const random = seededRandom(seed);
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = rows[i]!;
    rows[i] = rows[j]!;
    rows[j] = kept;
  }
  return rows;
}
