// The data sets that a benchmark can be asked for by name.

import { clustered } from "./clustered.js";
import { DataUnavailable, type DataSource } from "./data-source.js";
import { fashionMnist } from "./fashion-mnist.js";
import { gaussian } from "./gaussian.js";
import { glove } from "./glove.js";
import { wordnet } from "./wordnet.js";

/** Every data set. */
export const sources: readonly DataSource[] = [clustered, gaussian, wordnet, fashionMnist, glove];

/** The data set of a name. Throws DataUnavailable, naming those there are. */
export function sourceNamed(name: string): DataSource {
  const source = sources.find((one) => one.name === name);
  if (source !== undefined) return source;
  throw new DataUnavailable(
    `There is no data set ${name}; there are ${sources.map((one) => one.name).join(", ")}.`,
  );
}
