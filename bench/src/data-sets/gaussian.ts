// Generated vectors without any structure: every component an independent normal number. The worst case of every
// graph index, since all rows are about as far from a query; nobody's embeddings look like it.

import { mixSeeds, seededRandom } from "../seeded-random.js";
import { sourceBlockRows, type DataSource } from "./data-source.js";

export const gaussian: DataSource = {
  name: "gaussian",
  title: "generated: independent normal components, no structure, the worst case",
  metric: "cosine",
  dimension: undefined,
  rowCountMax: Infinity,
  queryCountMax: 10_000,
  version: 1,
  open: ({ dimension, seed }) => {
    const draw = (stream: number, count: number): Float32Array => {
      const random = seededRandom(mixSeeds(seed, 3, stream));
      return Float32Array.from({ length: count * dimension }, () => random.normal());
    };
    return Promise.resolve({
      rows: (from, to) => draw(1 + from / sourceBlockRows, to - from),
      queries: (count) => draw(0, count),
    });
  },
};
