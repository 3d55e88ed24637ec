// The dictionary on top of OmenDB: one collection with a point for each gloss. This is the part to read to see how
// the database is used.

import { OmenError, open, type Collection, type Database } from "omendb";

import { blend, embeddingDimension, type Embedder } from "./embedder.js";
import type { Gloss } from "./glosses.js";

/** An answer to a question. */
export interface Answer {
  readonly words: readonly string[];
  readonly partOfSpeech: string;
  readonly gloss: string;
  /** Cosine similarity of the question and the gloss. */
  readonly score: number;
}

/** Texts embedded at a time, and so the points that an interruption can cost. */
const batchSize = 32;

/** A dictionary in a folder. */
export class Dictionary {
  readonly #database: Database;
  readonly #glosses: Collection;

  private constructor(database: Database, glosses: Collection) {
    this.#database = database;
    this.#glosses = glosses;
  }

  /** Opens the folder, which need not exist. Rejects with an `OmenError` if another process has it open. */
  static async open(folder: string): Promise<Dictionary> {
    const database = await open(folder);
    try {
      return new Dictionary(database, await openOrCreateGlosses(database));
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** What the dictionary is kept in, to be served. */
  get database(): Database {
    return this.#database;
  }

  /** Glosses stored. */
  count(): Promise<number> {
    return this.#glosses.count();
  }

  /** Those of the given glosses that are not stored yet. */
  async missing(glosses: readonly Gloss[]): Promise<Gloss[]> {
    const ids = glosses.map(({ id }) => id);
    const points = await this.#glosses.get(ids, { include: [] });
    return glosses.filter((_, i) => points[i] === undefined);
  }

  /**
   * Embeds glosses and stores each batch as soon as it is embedded, so that nothing is lost when the process dies.
   * Yields the number of glosses that were just stored.
   */
  async *add(glosses: readonly Gloss[], embedder: Embedder): AsyncGenerator<number> {
    for (const batch of cutIntoBatches(glosses)) {
      // The words say what the gloss leaves out: of 40 trial questions 24 had a right answer among the first five
      // with glosses alone, 20 with words alone, and 28 with both.
      const meanings = await embedder.embed(batch.map(({ text }) => text));
      const names = await embedder.embed(batch.map(({ words }) => words.slice(0, 3).join(", ")));
      await this.#glosses.upsert(
        batch.map(({ id, words, partOfSpeech, text }, i) => ({
          id,
          vector: blend(meanings[i] ?? noVector, names[i] ?? noVector),
          metadata: { words, partOfSpeech, gloss: text },
        })),
      );
      yield batch.length;
    }
  }

  /** The glosses nearest to a vector, best first. */
  async search(vector: Float32Array, limit: number): Promise<Answer[]> {
    const hits = await this.#glosses.search({ vector, limit });
    return hits.map(({ score, metadata = {} }) => ({
      words: Array.isArray(metadata["words"]) ? metadata["words"].map(textOf) : [],
      partOfSpeech: textOf(metadata["partOfSpeech"]),
      gloss: textOf(metadata["gloss"]),
      score,
    }));
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

/** Metadata may hold any JSON; this dictionary writes only strings there. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Stands for a vector the model did not return; the database refuses it with a clear message. */
const noVector = new Float32Array(0);

async function openOrCreateGlosses(database: Database): Promise<Collection> {
  try {
    return await database.collection("glosses");
  } catch (error) {
    if (!(error instanceof OmenError && error.kind === "not_found")) throw error;
    return database.createCollection("glosses", { dimension: embeddingDimension, metric: "cosine" });
  }
}

/** A batch holds texts of about one length; long and short batches take turns, so that the rate stays steady. */
function cutIntoBatches(glosses: readonly Gloss[]): Gloss[][] {
  const byLength = glosses.toSorted((a, b) => a.text.length - b.text.length);
  const batches: Gloss[][] = [];
  for (let i = 0; i < byLength.length; i += batchSize) batches.push(byLength.slice(i, i + batchSize));
  // Multiples of the golden ratio spread evenly over 0 to 1 wherever one stops.
  const turns = new Map(batches.map((batch, i) => [batch, (i * 0.618034) % 1]));
  return batches.toSorted((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0));
}
