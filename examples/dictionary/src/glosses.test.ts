// Which synsets get into the dictionary, on a small WordNet of our own and on the real one.

import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";

import { chooseSynsets, glossCount, readGlosses } from "./glosses.js";
import type { Synset } from "./wordnet.js";

function noun(id: string, hypernyms: readonly string[] = []): Synset {
  return { id, partOfSpeech: "noun", words: [id], gloss: `what ${id} is`, hypernyms };
}

test("kinds of a whole field come first, then the most used; equal use goes by id", () => {
  const synsets = [
    noun("dog"),
    noun("cat"),
    noun("house"),
    noun("phobia"),
    noun("simple phobia", ["phobia"]),
    noun("fear of cats", ["simple phobia"]),
  ];
  const tagCounts = new Map([
    ["house", 9],
    ["dog", 3],
    ["cat", 3],
  ]);
  const chosen = (count: number): string[] => chooseSynsets(synsets, tagCounts, count).map(({ id }) => id);
  deepEqual(chosen(5), ["simple phobia", "fear of cats", "house", "cat", "dog"]);
  deepEqual(chosen(3), ["simple phobia", "fear of cats", "house"]);
});

test("the installed WordNet yields the promised number of different glosses of every part of speech", () => {
  const glosses = readGlosses();
  equal(glosses.length, glossCount);
  equal(new Set(glosses.map(({ id }) => id)).size, glossCount);
  equal(new Set(glosses.map(({ partOfSpeech }) => partOfSpeech)).size, 4);
  ok(glosses.every(({ words, text }) => text !== "" && words.length > 0));
  ok(glosses.some(({ words }) => words.includes("claustrophobia")));
});
