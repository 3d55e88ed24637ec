// The rows that one batch added and removed, as bytes; docs/internals/store-format.md. Little-endian, but for the
// key, the sequence as a big-endian u64, whose bytes sort as the numbers do.
//
//   u32 XXH32 of what follows, with the XXH32 of the key as seed · u32 number of added rows · added rows · removed rows

import { xxHash32, xxHash32OfBytes } from "../base/checksum.js";
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

/** The hash under which a key counts in the digest of kept changes, and the seed of the record's checksum. */
export function changeHash(key: Uint8Array): number {
  return xxHash32OfBytes(key, 0);
}

export function writeChangeRecord({ sequence, added, removed }: RowChanges): Uint8Array {
  const words = new Uint32Array(2 + added.length + removed.length);
  words[1] = added.length;
  words.set(added, 2);
  words.set(removed, 2 + added.length);
  words[0] = checksumOf(words, sequence);
  return new Uint8Array(words.buffer);
}

/** Decodes the changes; throws OmenError `corrupt` if they are damaged. */
export function readChangeRecord(record: Uint8Array, sequence: number, folder: string): RowChanges {
  const words = new Uint32Array(new Uint8Array(record).buffer, 0, record.length >> 2);
  const isIntact = words.length >= 2 && record.length % 4 === 0 && words[0] === checksumOf(words, sequence);
  if (!isIntact) throw recordCorrupt(`row changes of sequence ${sequence}`, folder);
  const removedStart = 2 + words[1]!;
  return { sequence, added: words.slice(2, removedStart), removed: words.slice(removedStart) };
}

function checksumOf(words: Uint32Array, sequence: number): number {
  const seed = changeHash(changeKey(sequence));
  return xxHash32(new Int32Array(words.buffer), 1, (words.length - 1) * 4, seed);
}
