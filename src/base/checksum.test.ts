// XXH32 against the published values and against a slow reading of the specification.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { xxHash32, xxHash32OfBytes } from "./checksum.js";

test("published values", () => {
  const published: [string, number][] = [
    ["", 0x02cc5d05],
    ["a", 0x550d7456],
    ["abc", 0x32d153ff],
    ["abcd", 0xa3643705],
    ["Call me Ishmael. Some years ago--never mind how long precisely-", 0x6f320359],
  ];
  for (const [text, hash] of published) assert.equal(xxHash32OfBytes(Buffer.from(text), 0), hash, text);
});

test("every length, start and seed agree with the specification", () => {
  const input = fc.tuple(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 0xffffffff }), fc.nat({ max: 5 }));
  fc.assert(
    fc.property(input, ([bytes, seed, start]) => {
      // What lies around the bytes must not matter.
      const around = new Uint8Array(120).fill(0xa5);
      around.set(bytes, start * 4);
      const hash = xxHash32(new Int32Array(around.buffer), start, bytes.length, seed);
      assert.equal(hash, specified(bytes, seed));
      assert.equal(xxHash32OfBytes(bytes, seed), hash);
    }),
  );
});

const [p1, p2, p3, p4, p5] = [2654435761n, 2246822519n, 3266489917n, 668265263n, 374761393n] as const;
const u32 = (value: bigint): bigint => BigInt.asUintN(32, value);
const rotate = (value: bigint, by: bigint): bigint => u32((value << by) | (value >> (32n - by)));

/** The specification, step by step. */
function specified(bytes: Uint8Array, seedNumber: number): number {
  const seed = BigInt(seedNumber);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (i: number): bigint => BigInt(view.getUint32(i, true));
  const round = (lane: bigint, i: number): bigint => u32(rotate(u32(lane + word(i) * p2), 13n) * p1);
  let hash = u32(seed + p5);
  let i = 0;
  if (bytes.length >= 16) {
    let lanes = [u32(seed + p1 + p2), u32(seed + p2), seed, u32(seed - p1)];
    for (; i + 16 <= bytes.length; i += 16) lanes = lanes.map((lane, k) => round(lane, i + k * 4));
    hash = u32([1n, 7n, 12n, 18n].reduce((sum, by, k) => sum + rotate(lanes[k]!, by), 0n));
  }
  hash = u32(hash + BigInt(bytes.length));
  for (; i + 4 <= bytes.length; i += 4) hash = u32(rotate(u32(hash + word(i) * p3), 17n) * p4);
  for (; i < bytes.length; i++) hash = u32(rotate(u32(hash + BigInt(bytes[i]!) * p5), 11n) * p1);
  hash = u32((hash ^ (hash >> 15n)) * p2);
  hash = u32((hash ^ (hash >> 13n)) * p3);
  return Number(hash ^ (hash >> 16n));
}
