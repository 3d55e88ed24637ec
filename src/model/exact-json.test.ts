// JSON with integers of 64 bits, against JSON without.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ExactJson, exactJsonText, parseExactJson } from "./exact-json.js";

test("JSON without large integers is read and written as JSON.parse and JSON.stringify do", () => {
  fc.assert(
    fc.property(fc.jsonValue().filter(isWithoutLargeIntegers), (value) => {
      const text = JSON.stringify(value);
      assert.equal(exactJsonText(value as ExactJson), text);
      assert.deepEqual(parseExactJson(text), JSON.parse(text));
      // The way taken where there are many digits.
      const wrapped = `[${text}, 12345678901234567]`;
      assert.deepEqual(parseExactJson(wrapped), [JSON.parse(text), 12_345_678_901_234_567n]);
    }),
  );
});

function isWithoutLargeIntegers(value: unknown): boolean {
  return !/(?<![\d.eE+-])-?\d{16,20}(?![\d.eE])/u.test(JSON.stringify(value));
}

test("integers of 64 bits come through as they are", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (id) => {
      const text = exactJsonText({ id, absent: undefined, more: [id] });
      const number = Number(id);
      const expected = Number.isSafeInteger(number) ? number : id;
      assert.equal(text, `{"id":${id},"more":[${id}]}`);
      assert.deepEqual(parseExactJson(text), { id: expected, more: [expected] });
    }),
  );
});

test("keys of the prototype are plain data", () => {
  const parsed = parseExactJson('{"__proto__": {"a": 12345678901234567890}}') as object;
  assert.deepEqual(Object.keys(parsed), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(parsed), Object.prototype);
});
