// Bytes of COPY, written out by hand from PostgreSQL's manual.

import assert from "node:assert/strict";
import { test } from "node:test";
import { copyBytesOf, vectorBytes } from "./postgres-binary.js";

test("a vector is its dimension, two zero bytes and big-endian floats", () => {
  const whole = Float32Array.of(9, 1, -2);
  assert.equal(vectorBytes(whole.subarray(1)).toString("hex"), "000200003f800000c0000000");
  assert.deepEqual([...whole], [9, 1, -2], "what is sent is a copy");
});

test("a batch is a header, each row's fields with their lengths, and a trailer", () => {
  const bytes = copyBytesOf(
    {
      from: 0,
      ids: ["a"],
      vectors: Float32Array.of(1),
      metadata: [{ title: "é", year: 1999, group: 7 }],
    },
    1,
  );
  const expected = [
    "5047434f50590aff0d0a00 00000000 00000000",
    "0005",
    "00000001 61",
    "00000008 00010000 3f800000",
    "00000002 c3a9",
    "00000004 000007cf",
    "00000004 00000007",
    "ffff",
  ];
  assert.equal(bytes.toString("hex"), expected.join("").replaceAll(" ", ""));
});
