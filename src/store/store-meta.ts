// What a store knows about itself, as one record that every commit rewrites in its transaction.
// docs/internals/formats.md. Little-endian; the first 8 bytes mean the same in every version.
//
//     0  u32 XXH32 of what follows       24  u32 greatest row ever used, plus 1
//     4  u32 format version              28  u32 number of vector fields
//     8  u64 sequence                    32  digests of rows, of ids, of kept changes: u32 count, low, high
//    16  u64 changes kept behind         68  for each field: u32 dimension, then the digest of its rows

import { xxHash32OfBytes } from "../base/checksum.js";
import { emptyKeyDigest, type KeyDigest } from "../base/key-digest.js";
import { OmenError } from "../base/omen-error.js";

/** The format that this build writes, and the only one that it reads. */
export const formatVersion = 1;

/** A vector field: its dimension and the rows that hold a vector of it. */
export interface FieldMeta {
  readonly dimension: number;
  readonly rows: KeyDigest;
}

export interface StoreMeta {
  readonly sequence: number;
  /** Row changes are kept of the sequences greater than this. */
  readonly trimmedTo: number;
  readonly rowEnd: number;
  readonly rows: KeyDigest;
  readonly ids: KeyDigest;
  readonly changes: KeyDigest;
  readonly fields: readonly FieldMeta[];
}

const headerBytes = 68;
const fieldBytes = 16;

/** The meta of a store without points. */
export function emptyStoreMeta(dimensions: readonly number[]): StoreMeta {
  return {
    sequence: 0,
    trimmedTo: 0,
    rowEnd: 0,
    rows: emptyKeyDigest,
    ids: emptyKeyDigest,
    changes: emptyKeyDigest,
    fields: dimensions.map((dimension) => ({ dimension, rows: emptyKeyDigest })),
  };
}

/** Encodes the record; tests give another version. */
export function writeStoreMeta(meta: StoreMeta, version = formatVersion): Uint8Array {
  const record = Buffer.alloc(headerBytes + meta.fields.length * fieldBytes);
  record.writeUInt32LE(version, 4);
  record.writeBigUInt64LE(BigInt(meta.sequence), 8);
  record.writeBigUInt64LE(BigInt(meta.trimmedTo), 16);
  record.writeUInt32LE(meta.rowEnd, 24);
  record.writeUInt32LE(meta.fields.length, 28);
  writeDigest(record, 32, meta.rows);
  writeDigest(record, 44, meta.ids);
  writeDigest(record, 56, meta.changes);
  meta.fields.forEach((field, i) => {
    record.writeUInt32LE(field.dimension, headerBytes + i * fieldBytes);
    writeDigest(record, headerBytes + i * fieldBytes + 4, field.rows);
  });
  record.writeUInt32LE(xxHash32OfBytes(record.subarray(4), 0), 0);
  return record;
}

/** Decodes the record; throws OmenError `corrupt` (`meta_corrupt`) or `unsupported` (`format_version`). */
export function readStoreMeta(record: Buffer, folder: string): StoreMeta {
  if (record.length < 8 || xxHash32OfBytes(record.subarray(4), 0) !== record.readUInt32LE(0))
    throw metaCorrupt(folder);
  checkVersion(record.readUInt32LE(4), folder);
  const fieldCount = record.readUInt32LE(28);
  return {
    sequence: Number(record.readBigUInt64LE(8)),
    trimmedTo: Number(record.readBigUInt64LE(16)),
    rowEnd: record.readUInt32LE(24),
    rows: readDigest(record, 32),
    ids: readDigest(record, 44),
    changes: readDigest(record, 56),
    fields: Array.from({ length: fieldCount }, (_, i) => ({
      dimension: record.readUInt32LE(headerBytes + i * fieldBytes),
      rows: readDigest(record, headerBytes + i * fieldBytes + 4),
    })),
  };
}

function writeDigest(record: Buffer, offset: number, digest: KeyDigest): void {
  record.writeUInt32LE(digest.count, offset);
  record.writeUInt32LE(digest.low, offset + 4);
  record.writeUInt32LE(digest.high, offset + 8);
}

function readDigest(record: Buffer, offset: number): KeyDigest {
  return {
    count: record.readUInt32LE(offset),
    low: record.readUInt32LE(offset + 4),
    high: record.readUInt32LE(offset + 8),
  };
}

/** The error for a store whose record about itself is damaged or gone. */
export function metaCorrupt(folder: string): OmenError {
  const message = `What the store in ${folder} knows about itself is damaged or missing. Restore it from a backup.`;
  return new OmenError("corrupt", "meta_corrupt", message);
}

/** Throws OmenError `unsupported` (`format_version`) unless this build reads `version`. */
export function checkVersion(version: number, folder: string): void {
  if (version === formatVersion) return;
  const message = `The store in ${folder} has format version ${version}; this build of OmenDB reads version ${formatVersion}. Open it with the version of OmenDB that wrote it.`;
  throw new OmenError("unsupported", "format_version", message, { received: String(version) });
}
