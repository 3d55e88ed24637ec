// The rows that one batch added and removed, as bytes; docs/internals/store-format.md. Little-endian, but for the
// key, the sequence as a big-endian u64, whose bytes sort as the numbers do.
//
//   u32 CRC-32 of what follows, begun with that of the key · u32 number of added rows · added rows · removed rows

import { crc32 } from "../base/checksum.js";
import type { RowChanges } from "./point-store.js";
import { recordCorrupt } from "./point-record.js";

/** The key of the changes of a sequence. */
export function changeKey(sequence: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(sequence));
  return key;
}

/** The sequence of a key. */
export function changeSequence(key: Uint8Array): number {
  return Number(Buffer.from(key).readBigUInt64BE());
}

/** The hash under which a key counts in the digest of kept changes. */
export function changeHash(key: Uint8Array): number {
  return crc32(key, 0);
}

export function writeChangeRecord({ sequence, added, removed }: RowChanges): Uint8Array {
  const words = new Uint32Array(2 + added.length + removed.length);
  words[1] = added.length;
  words.set(added, 2);
  words.set(removed, 2 + added.length);
  const record = new Uint8Array(words.buffer);
  words[0] = crc32(record.subarray(4), changeHash(changeKey(sequence)));
  return record;
}

/** Decodes the changes; throws OmenError `corrupt` if they are damaged. */
export function readChangeRecord(record: Uint8Array, sequence: number, folder: string): RowChanges {
  const words = new Uint32Array(new Uint8Array(record).buffer, 0, record.length >> 2);
  const checksum = crc32(record.subarray(4), changeHash(changeKey(sequence)));
  if (words.length < 2 || words[0] !== checksum) throw recordCorrupt(`row changes of sequence ${sequence}`, folder);
  const removedStart = 2 + words[1]!;
  return { sequence, added: words.slice(2, removedStart), removed: words.slice(removedStart) };
}
