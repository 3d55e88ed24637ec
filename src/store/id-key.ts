// Ids as bytes whose order is the order of ids: integers ascending, then strings by their UTF-8 bytes.
//
//   01  8 bytes   integers below zero, big-endian two's complement
//   02  8 bytes   integers from zero, big-endian
//   03  1 to 512  strings, UTF-8

/// <reference lib="es2024.string" />
import { assert } from "../base/assert.js";
import { xxHash32 } from "../base/checksum.js";
import type { PointId } from "../model/point.js";
import { writeText } from "./write-text.js";

/** Bytes that must be free where a key is written. Keys take at most 513; the rest shows that an id is too long. */
export const idKeyRoomBytes = 1 + 3 * 512;

const idBytesMax = 512;
const negativeTag = 1;
const integerTag = 2;
const stringTag = 3;
const integerKeyBytes = 9;

/**
 * Writes the key of `id` at `target[offset …]`, where `idKeyRoomBytes` bytes must be free, and returns its length.
 * Ids were validated above: an unsafe number, an integer out of range, an empty or overlong string or a lone
 * surrogate (which UTF-8 cannot hold, so that two ids would become one) is an AssertionError.
 */
export function writeIdKey(id: PointId, target: Buffer, offset: number): number {
  if (typeof id === "string") return writeStringKey(id, target, offset);
  if (typeof id === "bigint") return writeBigIntKey(id, target, offset);
  assert(Number.isSafeInteger(id), "an id that is a number must be a safe integer");
  const high = Math.floor(id / 2 ** 32);
  target[offset] = id < 0 ? negativeTag : integerTag;
  writeWords(target, offset + 1, high, id - high * 2 ** 32);
  return integerKeyBytes;
}

function writeStringKey(id: string, target: Buffer, offset: number): number {
  assert(id.length > 0 && id.length <= idBytesMax, "an id that is a string must have 1 to 512 UTF-8 bytes");
  assert(id.isWellFormed(), "an id must not hold a lone surrogate");
  target[offset] = stringTag;
  const bytes = writeText(id, target, offset + 1);
  assert(bytes <= idBytesMax, "an id that is a string must have 1 to 512 UTF-8 bytes");
  return bytes + 1;
}

function writeBigIntKey(id: bigint, target: Buffer, offset: number): number {
  assert(id >= -(2n ** 63n) && id < 2n ** 64n, "an id must be from -2^63 to 2^64 - 1");
  const bits = BigInt.asUintN(64, id);
  target[offset] = id < 0n ? negativeTag : integerTag;
  writeWords(target, offset + 1, Number(bits >> 32n), Number(bits & 0xffff_ffffn));
  return integerKeyBytes;
}

/** Buffer's own writers refuse values above 2^32 and negative ones, and are slower. */
function writeWords(target: Buffer, offset: number, high: number, low: number): void {
  target[offset] = high >>> 24;
  target[offset + 1] = high >>> 16;
  target[offset + 2] = high >>> 8;
  target[offset + 3] = high;
  target[offset + 4] = low >>> 24;
  target[offset + 5] = low >>> 16;
  target[offset + 6] = low >>> 8;
  target[offset + 7] = low;
}

/** The id of the key in `bytes[start … end)`, which `writeIdKey` wrote. */
export function readIdKey(bytes: Buffer, start: number, end: number): PointId {
  const tag = bytes[start];
  if (tag === stringTag) return bytes.toString("utf8", start + 1, end);
  assert(end - start === integerKeyBytes, "the key of an integer id has 9 bytes");
  const high = tag === negativeTag ? bytes.readInt32BE(start + 1) : bytes.readUInt32BE(start + 1);
  const low = bytes.readUInt32BE(start + 5);
  const id = high * 2 ** 32 + low;
  return Number.isSafeInteger(id) ? id : BigInt(high) * 2n ** 32n + BigInt(low);
}

/** A fresh key of `id`. */
export function idKey(id: PointId): Buffer {
  const target = Buffer.allocUnsafe(idKeyRoomBytes);
  return target.subarray(0, writeIdKey(id, target, 0));
}

/** Writes keys into memory of its own, over and over, so that looking up an id allocates nothing. */
export class IdKeyWriter {
  readonly #bytes = Buffer.alloc((idKeyRoomBytes + 3) & ~3);
  readonly #words = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length >> 2);
  /** Views of the memory by length, made when first needed. */
  readonly #keys: Uint8Array[] = [];

  /** The key of `id`, which holds until the next call. */
  write(id: PointId): Uint8Array {
    const length = writeIdKey(id, this.#bytes, 0);
    return (this.#keys[length] ??= this.#bytes.subarray(0, length));
  }

  /** Takes over a key; as `write` otherwise. */
  copy(key: Uint8Array): Uint8Array {
    this.#bytes.set(key);
    return (this.#keys[key.length] ??= this.#bytes.subarray(0, key.length));
  }

  /** The hash of the key written last together with a row: its checksum, and its part in the digest of ids. */
  hash(key: Uint8Array, row: number): number {
    return idKeyHash(this.#words, 0, key.length, row);
  }
}

/** The hash of the key of `length` bytes that begins with the word `wordStart`. */
export function idKeyHash(words: Int32Array, wordStart: number, length: number, row: number): number {
  return xxHash32(words, wordStart, length, row);
}
