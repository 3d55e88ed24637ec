// The set of sentence embeddings that benchmarks run on: glosses of WordNet, 50,000 × 512, with exact neighbors.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Vectors of the set are this long. */
export const wordnetDimension = 512;

/** Vectors, queries and the exact nearest rows of each query. */
export interface WordnetData {
  readonly n: number;
  readonly queryCount: number;
  /** n × 512, row-major. */
  readonly base: Float32Array;
  /** queryCount × 512, row-major. */
  readonly queries: Float32Array;
  /** queryCount × 100 rows, nearest first. */
  readonly neighbors: Int32Array;
}

const n = 50_000;
const queryCount = 1000;

/** Reads the set from a folder; says where it belongs and ends the process if it is not there. */
export function readWordnet(folder: string): WordnetData {
  if (!existsSync(join(folder, "base.f16"))) {
    console.log(`SKIPPED: the data set is not in ${folder}. Name its folder with --data.`);
    process.exit(0);
  }
  const bytes = readFileSync(join(folder, "neighbors100.i32"));
  return {
    n,
    queryCount,
    base: readHalves(join(folder, "base.f16"), n * wordnetDimension),
    queries: readHalves(join(folder, "queries.f16"), queryCount * wordnetDimension),
    neighbors: new Int32Array(bytes.buffer, bytes.byteOffset, queryCount * 100),
  };
}

/** Decodes half-precision floats (IEEE 754 binary16, little-endian) through a table of all of them. */
function readHalves(path: string, count: number): Float32Array {
  const bytes = readFileSync(path);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  const table = Float32Array.from({ length: 65_536 }, (_, half) => decodeHalf(half));
  return Float32Array.from(halves, (half) => table[half]!);
}

function decodeHalf(half: number): number {
  const sign = (half & 0x8000) === 0 ? 1 : -1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
