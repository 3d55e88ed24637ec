// The estimate of a pattern's size against the program that is made of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OmenError } from "../base/omen-error.js";
import { decodePattern } from "./decode-pattern.js";
import { limits } from "./limits.js";
import { estimatePatternSize } from "./pattern-size.js";

const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(
      "a",
      "é",
      ".",
      "\\d",
      "\\pL",
      "\\p{Greek}",
      "[a(]",
      "[^])]",
      "[\\]{9}]",
      "\\(",
      "\\{",
      "^",
      "\\b",
      "\\x{41}",
    ),
    fc.tuple(tie("pattern"), tie("pattern")).map((parts) => parts.join("")),
    fc.tuple(tie("pattern"), tie("pattern")).map((parts) => `(?:${parts.join("|")})`),
    tie("pattern").map((part) => `(${part})`),
    fc
      .tuple(tie("pattern"), fc.constantFrom("*", "+?", "?", "{3}", "{0,4}", "{2,}", "{1,7}?"))
      .map(([part, repeat]) => `(?i:${part})${repeat}`),
  ),
}));

test("a program is not much larger than the estimate", () => {
  let compared = 0;
  fc.assert(
    fc.property(pattern, (source) => {
      const estimate = estimatePatternSize(source);
      if (estimate > limits.patternSizeMax || source.length > limits.patternLengthMax) return;
      const { size } = decodePattern(source, undefined, { field: "", optionsField: "" });
      compared++;
      assert.ok(size <= 3 * estimate + 10, `${source}: ${size} instructions, ${estimate} estimated`);
    }),
    { numRuns: 500 },
  );
  assert.ok(compared > 100);
});

const large = [
  "a{1000}a{1000}",
  "(a{30}){34}",
  "(?:abcdefghij){101}",
  "((a{9}){9}){13}",
  `${"(".repeat(9)}a{9}${"){3}".repeat(9)}`,
];

for (const source of large) {
  test(`${source} is too large`, () => {
    assert.throws(
      () => decodePattern(source, undefined, { field: "f", optionsField: "o" }),
      (error) => error instanceof OmenError && error.code === "filter_pattern" && error.field === "f",
    );
  });
}
