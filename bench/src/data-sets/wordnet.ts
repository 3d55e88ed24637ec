// Sentence embeddings of a random 50,000 of the glosses of WordNet 3.1, by the Universal Sentence Encoder (lite), and
// 1,000 held-out glosses as queries. Half-precision files in a folder that the caller names.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DataUnavailable, vectorsInMemory, type DataSource, type SourceVectors } from "./data-source.js";

const dimension = 512;
const rowCount = 50_000;
const queryCount = 1000;

export const wordnet: DataSource = {
  name: "wordnet",
  title: "sentence embeddings of WordNet glosses (Universal Sentence Encoder lite)",
  metric: "cosine",
  dimension,
  rowCountMax: rowCount,
  queryCountMax: queryCount,
  version: 1,
  open: ({ dataFolder }) => Promise.resolve().then(() => readVectors(dataFolder)),
};

function readVectors(folder: string): SourceVectors {
  if (!existsSync(join(folder, "base.f16"))) {
    throw new DataUnavailable(`base.f16 is not in ${folder}. Name the folder of the set with --data-folder.`);
  }
  return vectorsInMemory(
    readHalves(join(folder, "base.f16"), rowCount * dimension),
    readHalves(join(folder, "queries.f16"), queryCount * dimension),
    dimension,
  );
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
