// The rows that one batch added, removed and gave other metadata, as bytes; docs/internals/formats.md. Little-endian, but for the
// key, the sequence as a big-endian u64, whose bytes sort as the numbers do.
//
//   u32 XXH32 of what follows, with the XXH32 of the key as seed · u32 number of added rows · added rows · removed rows
//
// Where metadata alone was changed, bit 31 of the number is set, and the number of removed rows follows it; the rows with
// other metadata come last.

import { xxHash32, xxHash32OfBytes } from "../base/checksum.js";
import type { RowChanges } from "./point-store.js";
import { recordCorrupt } from "./point-record.js";

/** Set in the number of added rows where rows with other metadata are named. No batch adds as many rows. */
const hasChanged = 0x8000_0000;

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

export function writeChangeRecord({ sequence, added, removed, changed }: RowChanges): Uint8Array {
  const start = changed.length > 0 ? 3 : 2;
  const words = new Uint32Array(start + added.length + removed.length + changed.length);
  words[1] = added.length;
  if (start === 3) {
    words[1] |= hasChanged;
    words[2] = removed.length;
  }
  words.set(added, start);
  words.set(removed, start + added.length);
  words.set(changed, start + added.length + removed.length);
  words[0] = checksumOf(words, sequence);
  return new Uint8Array(words.buffer);
}

/** Decodes the changes; throws OmenError `corrupt` if they are damaged. */
export function readChangeRecord(record: Uint8Array, sequence: number, folder: string): RowChanges {
  const words = new Uint32Array(new Uint8Array(record).buffer, 0, record.length >> 2);
  const isIntact = words.length >= 2 && record.length % 4 === 0 && words[0] === checksumOf(words, sequence);
  if (!isIntact) throw recordCorrupt(`row changes of sequence ${sequence}`, folder);
  const start = (words[1]! & hasChanged) === 0 ? 2 : 3;
  const removedStart = start + (words[1]! & ~hasChanged);
  const changedStart = start === 2 ? words.length : removedStart + words[2]!;
  return {
    sequence,
    added: words.slice(start, removedStart),
    removed: words.slice(removedStart, changedStart),
    changed: words.slice(changedStart),
  };
}

function checksumOf(words: Uint32Array, sequence: number): number {
  const seed = changeHash(changeKey(sequence));
  return xxHash32(new Int32Array(words.buffer), 1, (words.length - 1) * 4, seed);
}
