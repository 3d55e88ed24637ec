// Values come back from their text as they were.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OmenError } from "../base/omen-error.js";
import { decodeWireValue, encodeWireValue, Unsendable } from "./wire-value.js";

const key = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "$$f32", "$$fields", "$$"));
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, "", "$$f32", -0, Number.NaN, Number.POSITIVE_INFINITY),
    fc.double(),
    fc.bigInt(),
    fc.string(),
    fc.date(),
    fc.float32Array(),
    fc.array(fc.oneof(tie("value"), fc.constant(undefined))),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((fields) => Object.fromEntries(fields)),
  ),
}));

test("what is written reads back the same", () => {
  fc.assert(
    fc.property(anything, (value) => assert.deepEqual(decodeWireValue(encodeWireValue(value)), value)),
  );
});

test("other numbers in arrays become numbers, absent fields stay away, and what cannot be sent is refused behind", () => {
  const sent = { doubles: Float64Array.of(1.5, -0), gone: undefined, call: () => 1, kind: new Map() };
  const { doubles, call, kind, ...rest } = decodeWireValue(encodeWireValue(sent)) as Record<string, unknown>;
  assert.deepEqual(doubles, [1.5, -0]);
  assert.deepEqual(rest, {});
  assert.ok(call instanceof Unsendable && kind instanceof Unsendable);
});

test("what is within itself, and what was never written, is an error", () => {
  const round: unknown[] = [];
  round.push(round);
  const isInvalid = (error: unknown): boolean => error instanceof OmenError && error.code === "wrong_type";
  assert.throws(() => encodeWireValue(round), isInvalid);
  for (const text of ["{", '{"$$f32":1}', '{"$$int":"x"}', '{"$$new":"x"}', '{"$$fields":[1]}'])
    assert.throws(() => decodeWireValue(text), isInvalid, text);
});
