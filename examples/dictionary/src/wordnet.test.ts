// Lines in the form of WordNet 3.1, most with fewer pointers than there.

import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";

import { parseSynset, sumTagCounts } from "./wordnet.js";

test("a noun gives its words, its gloss without examples, and its hypernyms", () => {
  const line =
    "07534492 12 n 03 fear 0 fearfulness 0 fright 0 003 @ 07495208 n 0000 ! 07543771 n 0101 ~ 07535532 n 0000 " +
    '| an emotion experienced in anticipation of some pain; "his fear showed"; "fear of flying"  ';
  deepEqual(parseSynset(line), {
    id: "n-07534492",
    partOfSpeech: "noun",
    words: ["fear", "fearfulness", "fright"],
    gloss: "an emotion experienced in anticipation of some pain",
    hypernyms: ["n-07495208"],
  });
});

test("a verb's sentence frames and a satellite adjective's markers are left out", () => {
  const verb = "00003316 29 v 01 breathe_out 0 001 @ 00005041 v 0000 01 + 08 00 | let air out; inhale not  ";
  deepEqual(parseSynset(verb)?.hypernyms, ["v-00005041"]);
  deepEqual(parseSynset(verb)?.words, ["breathe out"]);
  const adjective = "00014358 00 s 02 alone(p) 0 lone(a) 0 001 & 00013887 a 0000 | isolated from others  ";
  deepEqual(parseSynset(adjective)?.words, ["alone", "lone"]);
  equal(parseSynset(adjective)?.partOfSpeech, "adjective");
  equal(parseSynset(adjective)?.id, "a-00014358");
});

test("the number of words is hexadecimal and the number of pointers decimal", () => {
  const words = Array.from({ length: 11 }, (_, i) => `word${i} 0`).join(" ");
  const pointers = Array.from({ length: 12 }, (_, i) => `@ ${String(i).padStart(8, "0")} n 0000`).join(" ");
  const synset = parseSynset(`00000001 03 n 0b ${words} 012 ${pointers} | many  `);
  equal(synset?.words.length, 11);
  equal(synset?.hypernyms.length, 12);
});

for (const [text, gloss] of [
  ["inhale (air, water, etc.)  ", "inhale (air, water, etc.)"],
  ['a table; a desk; "on the table"', "a table; a desk"],
  ['an example in the middle "as here"; and more', "an example in the middle"],
  ['colon before the example: "so"', "colon before the example"],
  ['"quoted from the start" is kept', '"quoted from the start" is kept'],
] as const) {
  test(`gloss: ${text}`, () => {
    equal(parseSynset(`00000001 03 n 01 word 0 000 | ${text}`)?.gloss, gloss);
  });
}

test("lines of the licence and empty lines are no synsets, anything else throws", () => {
  equal(
    parseSynset("  1 This software and database is being provided to you, the LICENSEE, by  "),
    undefined,
  );
  equal(parseSynset(""), undefined);
  for (const line of ["00000001 03 n 01 word 0 000", "x", "00000001 03 q 01 word 0 000 | gloss"]) {
    throws(() => parseSynset(line), /Not a WordNet synset/);
  }
});

test("tag counts add up over the words of a synset, whichever kind of adjective it is", () => {
  const counts = sumTagCounts([
    "fear%1:12:00:: 07534492 1 73",
    "fright%1:12:00:: 07534492 1 2",
    "fearfulness%1:12:00:: 07534492 1 0",
    "fear%2:37:00:: 01784021 2 20",
    "alone%5:00:00:unsocial:00 00014358 1 4",
    "alone%4:02:00:: 00014358 1 5",
    "",
  ]);
  deepEqual(
    counts,
    new Map([
      ["n-07534492", 75],
      ["v-01784021", 20],
      ["a-00014358", 4],
      ["r-00014358", 5],
    ]),
  );
});
