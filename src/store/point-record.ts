// The records of a point, as bytes; docs/internals/store-format.md. Numbers are little-endian. Every checksum starts
// from the row, so that a record found under another row counts as damaged.
//
//   point    u32 CRC-32 of what follows · u8 version · u16 bytes of the id key · id key · metadata as UTF-8
//   vector   f32 × dimension · u32 XXH32 of them
//   id       u32 row · u32 CRC-32 of the id key

import { assert } from "../base/assert.js";
import { crc32, xxHash32 } from "../base/checksum.js";
import { OmenError } from "../base/omen-error.js";
import type { PointId } from "../model/point.js";
import { idKeyRoomBytes, readIdKey, writeIdKey } from "./id-key.js";
import type { StoredPoint } from "./point-store.js";
import type { Slab } from "./slab.js";

const pointVersion = 1;
const pointHeaderBytes = 7;
const idRecordBytes = 8;

/** Bytes of the record of a vector. */
export function vectorRecordBytes(dimension: number): number {
  return dimension * 4 + 4;
}

/** A point to be written. */
export interface PointRecord {
  readonly record: Uint8Array;
  readonly idKey: Uint8Array;
}

/** Encodes a point; the key lies inside the record. Asserts that the metadata survives as UTF-8. */
export function writePointRecord(slab: Slab, row: number, id: PointId, metadata: string): PointRecord {
  const metadataBytes = Buffer.byteLength(metadata);
  assert(metadata.isWellFormed(), "metadata must be JSON text without lone surrogates");
  slab.reserve(pointHeaderBytes + idKeyRoomBytes + metadataBytes);
  const { bytes, offset } = slab;
  const keyStart = offset + pointHeaderBytes;
  const keyBytes = writeIdKey(id, bytes, keyStart);
  bytes[offset + 4] = pointVersion;
  bytes[offset + 5] = keyBytes;
  bytes[offset + 6] = keyBytes >>> 8;
  bytes.write(metadata, keyStart + keyBytes);
  const record = slab.take(pointHeaderBytes + keyBytes + metadataBytes);
  writeWord(record, 0, crc32(record.subarray(4), row));
  return { record, idKey: record.subarray(pointHeaderBytes, pointHeaderBytes + keyBytes) };
}

/** Decodes a point; throws OmenError `corrupt` if it is damaged. `bytes` may be lmdb's reused buffer. */
export function readPointRecord(bytes: Buffer, row: number, folder: string): StoredPoint {
  const { length } = bytes;
  const content = new Uint8Array(bytes.buffer, bytes.byteOffset + 4, Math.max(length - 4, 0));
  const isIntact = length >= pointHeaderBytes && crc32(content, row) === bytes.readUInt32LE(0);
  if (!isIntact) throw recordCorrupt(`point in row ${row}`, folder);
  if (bytes[4] !== pointVersion) throw recordVersion(`point in row ${row}`, bytes[4]!, folder);
  const keyEnd = pointHeaderBytes + bytes.readUInt16LE(5);
  return {
    id: readIdKey(bytes, pointHeaderBytes, keyEnd),
    metadata: bytes.toString("utf8", keyEnd, length),
  };
}

/** Copies a vector into a record. The seed of its checksum is its row. */
export function writeVectorRecord(slab: Slab, row: number, vector: Float32Array): Uint8Array {
  const recordBytes = vectorRecordBytes(vector.length);
  slab.reserve(recordBytes);
  const { buffer } = slab.bytes;
  const record = slab.take(recordBytes);
  new Float32Array(buffer, record.byteOffset, vector.length).set(vector);
  const words = new Int32Array(buffer, record.byteOffset, vector.length + 1);
  words[vector.length] = xxHash32(words, 0, vector.length, row);
  return record;
}

/** Encodes where an id lies. The checksum is also the hash under which the id counts in the key digest. */
export function writeIdRecord(slab: Slab, row: number, hash: number): Uint8Array {
  slab.reserve(idRecordBytes);
  const record = slab.take(idRecordBytes);
  writeWord(record, 0, row);
  writeWord(record, 4, hash);
  return record;
}

/** The hash of an id that lies in `row`. */
export function idHash(idKey: Uint8Array, row: number): number {
  return crc32(idKey, row);
}

/** The row in the record of an id; throws OmenError `corrupt` if it is damaged. */
export function readIdRecord(bytes: Uint8Array, idKey: Uint8Array, folder: string): number {
  const row = readWord(bytes, 0);
  if (bytes.length === idRecordBytes && idHash(idKey, row) === readWord(bytes, 4)) return row;
  throw recordCorrupt(`id ${String(readIdKey(Buffer.from(idKey), 0, idKey.length))}`, folder);
}

/** The error for a record that is not what was written. */
export function recordCorrupt(what: string, folder: string): OmenError {
  const message = `The ${what} of the store in ${folder} is damaged. Restore the store from a backup, or delete and write the point again.`;
  return new OmenError("corrupt", "record_corrupt", message, { field: what });
}

/** The error for a record of a format that this build does not know. */
export function recordVersion(what: string, version: number, folder: string): OmenError {
  const message = `The ${what} of the store in ${folder} has format version ${version}, which this build of OmenDB does not know. Open it with a newer one.`;
  return new OmenError("unsupported", "format_version", message, { field: what, received: String(version) });
}

function writeWord(target: Uint8Array, offset: number, word: number): void {
  target[offset] = word;
  target[offset + 1] = word >>> 8;
  target[offset + 2] = word >>> 16;
  target[offset + 3] = word >>> 24;
}

function readWord(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0
  );
}
