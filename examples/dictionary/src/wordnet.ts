// Reads the text files of a WordNet database. Two kinds matter here: `data.<part of speech>`, one synset a line,
// and `index.sense`, which counts how often each sense was met in tagged text. The format is described in
// wndb(5WN) and senseidx(5WN), https://wordnet.princeton.edu/documentation.

/** Part of speech, with the two kinds of adjectives taken together. */
export type PartOfSpeech = "noun" | "verb" | "adjective" | "adverb";

/** A set of words that share one meaning. */
export interface Synset {
  /** Unique within one version of WordNet: the part of speech and the line's offset, such as `n-07534492`. */
  readonly id: string;
  readonly partOfSpeech: PartOfSpeech;
  /** The words, with spaces in place of WordNet's underscores. */
  readonly words: readonly string[];
  /** What the words mean, without the examples of use that follow it in the file. */
  readonly gloss: string;
  /** Ids of the more general synsets. */
  readonly hypernyms: readonly string[];
}

/** The letters that name a part of speech in `data.*`; "s" is an adjective that stands near another one. */
const partsOfSpeech: Readonly<Record<string, PartOfSpeech>> = {
  n: "noun",
  v: "verb",
  a: "adjective",
  s: "adjective",
  r: "adverb",
};

/** The letter of a part of speech by the digit in a sense key (1 to 5). */
const lettersByDigit = ["", "n", "v", "a", "r", "a"];

/**
 * Reads one line of a `data.*` file; `undefined` for the lines of the licence, which begin with a space.
 *
 *     07534492 12 n 03 fear 0 fearfulness 0 fright 0 014 @ 07495208 n 0000 … | an emotion …; "examples"
 *     offset      ^ words in hexadecimal             ^ pointers in decimal     gloss
 *
 * Throws an Error on any other line that is not a synset.
 */
export function parseSynset(line: string): Synset | undefined {
  if (line === "" || line.startsWith(" ")) return undefined;
  const bar = line.indexOf(" | ");
  const columns = line.slice(0, bar).split(" ");
  const partOfSpeech = partsOfSpeech[columns[2] ?? ""];
  const offset = columns[0];
  const wordCount = Number.parseInt(columns[3] ?? "", 16);
  if (bar < 0 || partOfSpeech === undefined || offset === undefined || !(wordCount > 0)) {
    throw new Error(`Not a WordNet synset: ${line.slice(0, 80)}`);
  }
  const afterWords = 4 + 2 * wordCount;
  return {
    id: synsetId(columns[2] ?? "", offset),
    partOfSpeech,
    words: columns.slice(4, afterWords).filter(isEven).map(plainWord),
    gloss: withoutExamples(line.slice(bar + 3)),
    hypernyms: readHypernyms(columns, afterWords),
  };
}

/**
 * Adds up the tag counts of `index.sense` by synset id. Its lines are `sense_key offset sense_number tag_count`,
 * and the digit behind the `%` of the sense key is the part of speech. Synsets never met are left out.
 */
export function sumTagCounts(lines: Iterable<string>): Map<string, number> {
  const tagCounts = new Map<string, number>();
  for (const line of lines) {
    if (line === "" || line.endsWith(" 0")) continue;
    const [senseKey = "", offset = "", , tagCount] = line.split(" ");
    const letter = lettersByDigit[Number(senseKey.charAt(senseKey.lastIndexOf("%") + 1))] ?? "";
    const id = synsetId(letter, offset);
    tagCounts.set(id, (tagCounts.get(id) ?? 0) + Number(tagCount));
  }
  return tagCounts;
}

function synsetId(letter: string, offset: string): string {
  return `${letter === "s" ? "a" : letter}-${offset}`;
}

function isEven(_: string, index: number): boolean {
  return index % 2 === 0;
}

/** `small(a)` says where an adjective may stand in a sentence; that is no part of the word. */
function plainWord(word: string): string {
  return word.replace(/\((?:a|p|ip)\)$/, "").replaceAll("_", " ");
}

/** Examples are quoted and follow the definition after a semicolon, sometimes after a colon or nothing. */
function withoutExamples(text: string): string {
  const firstExample = text.search(/[;:,]?\s*"/);
  const definition = firstExample > 0 ? text.slice(0, firstExample) : text;
  return definition.replace(/[\s;:]+$/, "").trim();
}

/** Pointers are `symbol offset letter source/target`; `@` and `@i` lead to what is more general. */
function readHypernyms(columns: readonly string[], start: number): string[] {
  const hypernyms: string[] = [];
  const end = start + 1 + 4 * Number(columns[start]);
  for (let i = start + 1; i < end; i += 4) {
    if (columns[i]?.startsWith("@") === true)
      hypernyms.push(synsetId(columns[i + 2] ?? "", columns[i + 1] ?? ""));
  }
  return hypernyms;
}
