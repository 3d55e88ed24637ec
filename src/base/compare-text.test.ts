// The order of texts against that of their UTF-8 bytes.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareText } from "./compare-text.js";

const text = fc.string({
  unit: fc.constantFrom("a", "b", "é", "\ue000", "\uffff", "\u{10000}", "\u{1f600}"),
  maxLength: 5,
});

test("texts are ordered as their UTF-8 bytes are", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareText(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test("half a surrogate pair has a place too, behind all whole code points of one unit", () => {
  assert.ok(compareText("\ud800", "\uffff") > 0);
  assert.ok(compareText("\ud800", "\ud800\udc00") < 0);
  assert.equal(compareText("\ud800", "\ud800"), 0);
});
