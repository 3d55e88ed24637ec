// Ids are accepted by exactly the rule that is documented.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { idError, readId } from "./decode-id.js";

/** The rule, written the slow way. */
function isTextId(text: string): boolean {
  const bytes = Buffer.from(text);
  return bytes.length >= 1 && bytes.length <= 512 && bytes.toString() === text;
}

test("a string is an id if it has 1 to 512 bytes and stays itself as UTF-8", () => {
  const unit = fc.oneof(
    fc.constantFrom("a", "é", "€", "😀", "\ud800", "\udc00"),
    fc.string({ maxLength: 3 }),
  );
  const text = fc.array(unit, { maxLength: 260 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (given) => {
      assert.equal(readId(given), isTextId(given) ? given : undefined);
    }),
    { numRuns: 1000 },
  );
});

test("an integer has one form: number where it is safe, bigint elsewhere", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (given) => {
      const id = readId(given);
      assert.equal(BigInt(id!), given);
      assert.equal(typeof id, Number.isSafeInteger(Number(given)) ? "number" : "bigint");
    }),
  );
  assert.ok(Object.is(readId(-0), 0));
});

const codes: readonly (readonly [value: unknown, code: string])[] = [
  ["", "id_empty"],
  ["a".repeat(513), "id_too_long"],
  ["😀".repeat(129), "id_too_long"],
  ["\ud800", "id_malformed"],
  [`${"a".repeat(511)}\udfff`, "id_malformed"],
  [0.5, "id_range"],
  [2n ** 64n, "id_range"],
  [Symbol("x"), "id_type"],
  [undefined, "id_type"],
];

for (const [value, code] of codes) {
  test(`${typeof value === "string" ? JSON.stringify(value.slice(0, 5)) : String(value)} is refused with ${code}`, () => {
    assert.equal(readId(value), undefined);
    assert.equal(idError(value, "id").code, code);
  });
}
