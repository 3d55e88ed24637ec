// USearch: HNSW in memory over f32, bf16 or i8, written to a file on request. Keys are 64-bit integers; it keeps no
// metadata, and its Node API has no filter. That API takes `expansion_search` only when an index is made, so an index
// is loaded from its file again for each value of it, in the pass that warms up.

import { statSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { BuildTimes, Contender, ContenderOptions } from "../contender.js";
import { onlyOption } from "../contender-options.js";
import type { DataSet, Metric } from "../data-set.js";
import { graphSweep } from "../graph-sweep.js";
import { insertBatches } from "../insert-batches.js";
import { loadPeerPackage } from "../peers/peer-package.js";
import { RescoringVectors } from "../peers/rescore.js";

/** What of the package is used. */
interface Usearch {
  readonly Index: new (config: IndexConfig) => UsearchIndex;
}

interface IndexConfig {
  readonly dimensions: number;
  readonly metric: string;
  readonly quantization: Quantization;
  readonly connectivity: number;
  readonly expansion_add: number;
  readonly expansion_search: number;
  readonly multi: boolean;
}

interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(query: Float32Array, k: number, threads: number): { readonly keys: BigUint64Array };
  save(path: string): void;
  load(path: string): void;
}

type Quantization = "f32" | "bf16" | "i8";
/** Keys as they come back, or rows that were rescored. */
type Answer = BigUint64Array | readonly number[];

const connectivity = 16;
const expansionAdd = 128;
const expansionDefault = 64;
/** Candidates that are rescored for each hit; with three times as many, recall was the same on WordNet. */
const candidatesPerHit = 2;
const metrics: Readonly<Record<Metric, string>> = { cosine: "cos", euclidean: "l2sq", dot: "ip" };

/** Option `quantization`: "f32" (default), "bf16", or "i8", which is rescored on f32 vectors kept beside. */
export function contender(options: ContenderOptions): Contender<Answer> {
  return new UsearchContender(onlyOption(options, "quantization", ["f32", "bf16", "i8"]));
}

class UsearchContender implements Contender<Answer> {
  readonly name: string;
  readonly version: string;
  readonly settings: string;
  readonly parameter = "expansion_search";
  readonly sweep: readonly number[];
  readonly parameterDefault = expansionDefault;
  readonly #package: Usearch;
  readonly #quantization: Quantization;
  #rescoring: RescoringVectors | undefined;
  #make: (expansion: number) => UsearchIndex = () => {
    throw new Error("USearch is opened before it is built.");
  };
  #index: UsearchIndex | undefined;
  #expansion = expansionDefault;
  #path = "";

  constructor(quantization: Quantization) {
    const { exports, version } = loadPeerPackage("usearch", "usearch");
    // The package is the one that is pinned; what is used of it is declared above.
    this.#package = exports as Usearch;
    this.version = version;
    this.#quantization = quantization;
    this.name = `usearch ${quantization}`;
    // Fewer candidates than are rescored cannot be kept.
    this.sweep = quantization === "i8" ? graphSweep.filter((ef) => ef >= 10 * candidatesPerHit) : graphSweep;
    const rescored =
      quantization === "i8"
        ? `; ${candidatesPerHit} candidates a hit rescored in JavaScript on f32 vectors kept in memory, which its file lacks; its codes keep the direction of a vector, not its length`
        : "";
    this.settings =
      `connectivity ${connectivity}, expansion_add ${expansionAdd} (its defaults), ${quantization}${rescored}; ` +
      "adds in batches of 1000 on all cores, searches on one thread; ids are row numbers; no filter in its Node API";
  }

  async build(data: DataSet, folder: string): Promise<BuildTimes> {
    const { n, dimension, metric } = data;
    this.#path = join(folder, "index.usearch");
    const quantization = this.#quantization;
    this.#make = (expansion) =>
      new this.#package.Index({
        dimensions: dimension,
        metric: metrics[metric],
        quantization,
        connectivity,
        expansion_add: expansionAdd,
        expansion_search: expansion,
        multi: false,
      });
    const index = this.#make(expansionDefault);
    const rescoring = quantization === "i8" ? new RescoringVectors(n, dimension, metric) : undefined;
    const begin = performance.now();
    const acknowledgedMs = await insertBatches(data, 1000, ({ from, ids, vectors }) => {
      const keys = BigUint64Array.from(ids, (_, i) => BigInt(from + i));
      // No threads are named: as many as there are cores.
      index.add(keys, vectors, 0);
      rescoring?.set(from, vectors);
    });
    const linkedMs = performance.now() - begin;
    index.save(this.#path);
    this.#index = index;
    this.#rescoring = rescoring;
    return { acknowledgedMs, linkedMs, durability: "in memory only, until a file is asked for" };
  }

  search(query: Float32Array, limit: number, expansion: number): Promise<Answer> {
    const index = this.#indexWith(expansion);
    if (this.#rescoring === undefined) return Promise.resolve(index.search(query, limit, 1).keys);
    const { keys } = index.search(query, limit * candidatesPerHit, 1);
    return Promise.resolve(this.#rescoring.nearest(query, keys, limit));
  }

  rowsOf(answer: Answer): readonly number[] {
    return Array.from(answer, Number);
  }

  bytesOnDisk(): Promise<number> {
    return Promise.resolve(statSync(this.#path).size);
  }

  close(): Promise<void> {
    this.#index = undefined;
    return Promise.resolve();
  }

  reopen(): Promise<void> {
    this.#indexWith(expansionDefault);
    return Promise.resolve();
  }

  #indexWith(expansion: number): UsearchIndex {
    if (this.#index !== undefined && this.#expansion === expansion) return this.#index;
    const index = this.#make(expansion);
    index.load(this.#path);
    this.#index = index;
    this.#expansion = expansion;
    return index;
  }
}
