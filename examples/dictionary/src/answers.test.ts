// The table of answers, as it stands on a terminal of 60 columns.

import { equal, ok } from "node:assert/strict";
import { test } from "node:test";

import { formatMs, renderAnswers } from "./answers.js";

const plain = { strong: (text: string): string => text, faint: (text: string): string => text };

test("scores, words that fit, short parts of speech, and meanings over at most two lines", () => {
  const rendered = renderAnswers(
    {
      question: "quick",
      answers: [
        { words: ["fast", "swift"], partOfSpeech: "adjective", gloss: "acting quickly", score: 0.876 },
        {
          words: ["a word that is far too long for it", "b"],
          partOfSpeech: "noun",
          gloss: "one two three four five six seven eight nine ten eleven twelve",
          score: 0.5,
        },
      ],
      embeddingMs: 21.4,
      searchMs: 0.417,
    },
    { width: 60, ...plain },
  );
  equal(
    rendered,
    [
      "  quick",
      "  ────────────────────────────────────────────────────────",
      "   0.88  fast, swift              adj.  acting quickly",
      "   0.50  a word that is far too…  noun  one two three four",
      "                                        five six seven …",
      "  question embedded in 21 ms, answers found in 0.42 ms",
      "",
    ].join("\n"),
  );
});

test("no line is wider than the terminal, whatever the words", () => {
  for (let width = 60; width <= 100; width++) {
    const gloss = "x".repeat(width) + " a bc def ghij klmno pqrstu vwxyz".repeat(width % 5);
    const answer = { words: ["y".repeat(width % 50)], partOfSpeech: "noun", gloss, score: 1 };
    const rendered = renderAnswers(
      { question: "q", answers: [answer], embeddingMs: 1, searchMs: 1 },
      { width, ...plain },
    );
    ok(rendered.split("\n").every((line) => line.length <= width));
  }
});

test("times keep the digits that say something", () => {
  equal(formatMs(0.417), "0.42 ms");
  equal(formatMs(21.4), "21 ms");
});
