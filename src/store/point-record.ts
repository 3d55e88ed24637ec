// The records of a point, as bytes; docs/internals/formats.md. Numbers are little-endian, all begin at whole
// words. Checksums are XXH32 with the row as seed, so that a record found under another row counts as damaged.
//
//   point    u32 checksum of what follows · u8 version · u8 0 · u16 bytes of the id key · id key · metadata as UTF-8
//   vector   f32 × dimension · u32 checksum of them
//   id       u32 row · u32 checksum of the id key

import { xxHash32 } from "../base/checksum.js";
import { OmenError } from "../base/omen-error.js";
import type { PointId } from "../model/point.js";
import { type IdKeyWriter, idKeyHash, idKeyRoomBytes, readIdKey, writeIdKey } from "./id-key.js";
import type { StoredPoint } from "./point-store.js";
import type { Chunk, Slab } from "./slab.js";
import { writeText } from "./write-text.js";

const pointVersion = 1;
const pointHeaderBytes = 8;

/** Bytes of the record of an id. */
export const idRecordBytes = 8;

/** Bytes of the record of a vector. */
export function vectorRecordBytes(dimension: number): number {
  return dimension * 4 + 4;
}

/** lmdb's reused buffer with a value at its start, in the two ways that records are read. */
export interface ReadBuffer {
  readonly bytes: Buffer;
  readonly words: Int32Array;
}

/** What is encoded of a point, beside its vectors. */
export interface PointFields {
  readonly row: number;
  readonly id: PointId;
  readonly metadata: string;
}

/** Writes a point at `slab.offset`, which the caller advances by the length returned. */
export function writePointRecord(slab: Slab, { row, id, metadata }: PointFields): number {
  // Three bytes a UTF-16 unit at most; counting them first is cheaper than room wasted by long metadata.
  const metadataRoom = metadata.length < 64 ? metadata.length * 3 : Buffer.byteLength(metadata);
  slab.reserve(pointHeaderBytes + idKeyRoomBytes + metadataRoom);
  const { chunk, offset } = slab;
  const { bytes, words } = chunk;
  const keyStart = offset + pointHeaderBytes;
  const keyBytes = writeIdKey(id, bytes, keyStart);
  const keyEnd = keyStart + keyBytes;
  const length = keyEnd - offset + writeText(metadata, bytes, keyEnd);
  words[(offset >> 2) + 1] = pointVersion | (keyBytes << 16);
  words[offset >> 2] = xxHash32(words, (offset >> 2) + 1, length - 4, row);
  return length;
}

/** The hash of the id in the point that was written at `offset`: see `IdKeyWriter.hash`. */
export function writtenIdHash({ words }: Chunk, offset: number, row: number): number {
  return idKeyHash(words, (offset + pointHeaderBytes) >> 2, words[(offset >> 2) + 1]! >>> 16, row);
}

/** Decodes a point of `length` bytes; throws OmenError `corrupt` if it is damaged. */
export function readPointRecord(
  { bytes, words }: ReadBuffer,
  length: number,
  where: RecordPlace,
): StoredPoint {
  const { row } = where;
  const isIntact = length >= pointHeaderBytes && xxHash32(words, 1, length - 4, row) === words[0]! >>> 0;
  if (!isIntact) throw recordCorrupt(`point in row ${row}`, where.folder);
  const version = words[1]! & 0xff;
  if (version !== pointVersion) throw recordVersion(`point in row ${row}`, version, where.folder);
  const keyEnd = pointHeaderBytes + (words[1]! >>> 16);
  return {
    id: readIdKey(bytes, pointHeaderBytes, keyEnd),
    metadata: bytes.toString("utf8", keyEnd, length),
  };
}

/** Copies a vector to `slab.offset`, which the caller advances by the length returned. */
export function writeVectorRecord(slab: Slab, row: number, vector: Float32Array): number {
  const length = vectorRecordBytes(vector.length);
  slab.reserve(length);
  const { chunk, offset } = slab;
  const start = offset >> 2;
  chunk.floats.set(vector, start);
  chunk.words[start + vector.length] = xxHash32(chunk.words, start, vector.length * 4, row);
  return length;
}

/** The checksum that was written behind the vector of `dimension` components at the start of `words`. */
export function vectorChecksum(words: Int32Array, dimension: number): number {
  return words[dimension]! >>> 0;
}

/** True if the vector of `dimension` components at the start of `words` is what was written in `row`. */
export function isVectorIntact(words: Int32Array, dimension: number, row: number): boolean {
  return xxHash32(words, 0, dimension * 4, row) === vectorChecksum(words, dimension);
}

/** Writes where an id lies at `slab.offset`, which the caller advances. */
export function writeIdRecord(slab: Slab, row: number, hash: number): void {
  slab.reserve(idRecordBytes);
  const start = slab.offset >> 2;
  slab.chunk.words[start] = row;
  slab.chunk.words[start + 1] = hash;
}

/** The row in the record of an id; throws OmenError `corrupt` if it is damaged. `key` was written last by `keys`. */
export function readIdRecord(bytes: Buffer, key: Uint8Array, { keys, folder }: IdPlace): number {
  const row = bytes.length === idRecordBytes ? bytes.readUInt32LE(0) : -1;
  if (row !== -1 && keys.hash(key, row) === bytes.readUInt32LE(4)) return row;
  throw recordCorrupt(`id ${String(readIdKey(Buffer.from(key), 0, key.length))}`, folder);
}

/** Where a record was read, for its checksum and for messages. */
export interface RecordPlace {
  readonly row: number;
  readonly folder: string;
}

export interface IdPlace {
  readonly keys: IdKeyWriter;
  readonly folder: string;
}

/** The error for a record that is not what was written. */
export function recordCorrupt(what: string, folder: string): OmenError {
  const message = `The ${what} of the store in ${folder} is damaged. Restore the store from a backup, or delete and write the point again.`;
  return new OmenError("corrupt", "record_corrupt", message, { field: what });
}

function recordVersion(what: string, version: number, folder: string): OmenError {
  const message = `The ${what} of the store in ${folder} has format version ${version}; this build of OmenDB reads version ${pointVersion}. Open it with the version of OmenDB that wrote it.`;
  return new OmenError("unsupported", "format_version", message, { field: what, received: String(version) });
}
