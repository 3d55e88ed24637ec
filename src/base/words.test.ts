// How texts are taken apart into words, case by case.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wordsOf } from "./words.js";

const cases: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["…!?", []],
  ["One two,three", ["one", "two", "three"]],
  ["don't", ["don", "t"]],
  ["a_b-c", ["a", "b", "c"]],
  ["x2 3y", ["x2", "3y"]],
  ["Straße STRASSE", ["strasse", "strasse"]],
  ["ΟΔΟΣ οδός", ["οδος", "οδός"]],
  ["naïve nai\u0308ve", ["naïve", "naïve"]],
  ["ＦＵＬＬ ﬁne", ["full", "fine"]],
  ["हिन्दी", ["हिन्दी"]],
  ["東京 です", ["東京", "です"]],
  ["a\ud800b", ["a", "b"]],
  ["\u{1d400}\u{1f600}", ["a"]],
];

for (const [text, words] of cases) {
  test(`the words of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(wordsOf(text), words);
  });
}

test("texts in ASCII have the words that they have among others", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
      assert.deepEqual([...wordsOf(text), "é"], wordsOf(`${text} é`));
    }),
  );
});
