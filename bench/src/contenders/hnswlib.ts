// hnswlib through hnswlib-node: HNSW over f32 in memory, written to a file on request. Ids are integers; it keeps no
// metadata, and filters by calling a function for each candidate.

import { statSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { BuildTimes, Contender, ContenderOptions, FilteredRequest } from "../contender.js";
import { refuseOptions } from "../contender-options.js";
import type { DataSet, Metric } from "../data-set.js";
import { graphSweep } from "../graph-sweep.js";
import { insertBatches } from "../insert-batches.js";
import { loadPeerPackage } from "../peers/peer-package.js";

/** What of the package is used. */
interface Hnswlib {
  readonly HierarchicalNSW: new (space: string, dimension: number) => HnswIndex;
}

interface HnswIndex {
  initIndex(options: { maxElements: number; m: number; efConstruction: number; randomSeed: number }): void;
  addPoint(vector: number[], label: number): void;
  setEf(ef: number): void;
  searchKnn(query: number[], k: number, filter?: (label: number) => boolean): HnswAnswer;
  writeIndex(path: string): Promise<boolean>;
  readIndex(path: string): Promise<boolean>;
}

interface HnswAnswer {
  readonly neighbors: number[];
}

const m = 16;
const efConstruction = 200;
const spaces: Readonly<Record<Metric, string>> = { cosine: "cosine", euclidean: "l2", dot: "ip" };

/** It has no options. */
export function contender(options: ContenderOptions): Contender<HnswAnswer> {
  refuseOptions(options);
  return new HnswlibContender();
}

class HnswlibContender implements Contender<HnswAnswer> {
  readonly name = "hnswlib-node";
  readonly version: string;
  readonly settings =
    `M ${m}, efConstruction ${efConstruction} (its defaults), one thread (it offers no more); ids are row numbers; ` +
    "filter: a JavaScript function over groups kept outside; queries made arrays of numbers beforehand";
  readonly parameter = "ef";
  readonly sweep = graphSweep;
  readonly parameterDefault = 10;
  readonly #package: Hnswlib;
  /** Queries as it takes them. */
  readonly #queries = new Map<Float32Array, number[]>();
  #index: HnswIndex | undefined;
  #open: () => HnswIndex = () => {
    throw new Error("hnswlib is opened before it is built.");
  };
  #path = "";
  #groups = new Uint8Array();

  constructor() {
    const { exports, version } = loadPeerPackage("hnswlib", "hnswlib-node");
    // The package is the one that is pinned; what is used of it is declared above.
    this.#package = exports as Hnswlib;
    this.version = version;
  }

  async build(data: DataSet, folder: string): Promise<BuildTimes> {
    const { n, dimension, metric } = data;
    this.#path = join(folder, "index.hnsw");
    this.#groups = Uint8Array.from({ length: n }, (_, row) => data.metadataOf(row).group);
    this.#open = () => new this.#package.HierarchicalNSW(spaces[metric], dimension);
    const index = this.#open();
    const begin = performance.now();
    index.initIndex({ maxElements: n, m, efConstruction, randomSeed: 100 });
    const acknowledgedMs = await insertBatches(data, 1000, ({ from, ids, vectors }) => {
      for (let i = 0; i < ids.length; i++) {
        index.addPoint(Array.from(vectors.subarray(i * dimension, (i + 1) * dimension)), from + i);
      }
    });
    const linkedMs = performance.now() - begin;
    await index.writeIndex(this.#path);
    this.#index = index;
    return { acknowledgedMs, linkedMs, durability: "in memory only, until a file is asked for" };
  }

  search(query: Float32Array, limit: number, ef: number): Promise<HnswAnswer> {
    this.#index!.setEf(ef);
    return Promise.resolve(this.#index!.searchKnn(this.#asNumbers(query), limit));
  }

  searchFiltered(query: Float32Array, { limit, group, parameter }: FilteredRequest): Promise<HnswAnswer> {
    this.#index!.setEf(parameter);
    const groups = this.#groups;
    const found = this.#index!.searchKnn(this.#asNumbers(query), limit, (row) => groups[row] === group);
    return Promise.resolve(found);
  }

  rowsOf({ neighbors }: HnswAnswer): readonly number[] {
    return neighbors;
  }

  bytesOnDisk(): Promise<number> {
    return Promise.resolve(statSync(this.#path).size);
  }

  close(): Promise<void> {
    this.#index = undefined;
    return Promise.resolve();
  }

  async reopen(): Promise<void> {
    this.#index = this.#open();
    await this.#index.readIndex(this.#path);
  }

  #asNumbers(query: Float32Array): number[] {
    let numbers = this.#queries.get(query);
    if (numbers === undefined) this.#queries.set(query, (numbers = Array.from(query)));
    return numbers;
  }
}
