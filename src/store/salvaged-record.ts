// Decodes records out of a store that may be damaged, wherever their bytes come from. What another process has read is decoded
// here once more: LMDB may write over the memory of a process that reads a damaged page, and that one may live on.

import { xxHash32OfBytes } from "../base/checksum.js";
import { parseMetadata } from "../model/decode-metadata.js";
import { isPlainObject } from "../model/invalid-input.js";
import { readPointRecord, vectorRecordBytes } from "./point-record.js";
import type { StoredPoint } from "./point-store.js";

/** Decodes the record of a point; throws whatever is wrong with it. */
export function decodePoint(record: Uint8Array, row: number): StoredPoint {
  const point = readPointRecord(wordsOf(record), record.length, { row, folder: "the folder" });
  if (!isPlainObject(parseMetadata(point.metadata))) throw new Error("its metadata is no object");
  return point;
}

/** Decodes the record of a vector; throws whatever is wrong with it. */
export function decodeVector(record: Uint8Array, row: number, dimension: number): Float32Array {
  if (record.length !== vectorRecordBytes(dimension)) throw new Error(`it has ${record.length} bytes`);
  const { bytes } = wordsOf(record);
  const sum = xxHash32OfBytes(bytes.subarray(0, dimension * 4), row);
  if (sum !== bytes.readUInt32LE(dimension * 4)) throw new Error("its checksum differs");
  const vector = new Float32Array(bytes.buffer, 0, dimension);
  if (!vector.every(Number.isFinite)) throw new Error("a component is not finite");
  return vector;
}

/** A copy that begins at the start of its memory, which is whole words. */
function wordsOf(record: Uint8Array): {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly words: Int32Array<ArrayBuffer>;
} {
  const memory = new ArrayBuffer((record.length + 3) & ~3);
  const bytes = Buffer.from(memory, 0, record.length);
  bytes.set(record);
  return { bytes, words: new Int32Array(memory) };
}
