// The earlier OmenDB, a native module in Rust: HNSW in files of its own. Only the package of its platform has the API,
// which is undocumented there; what is used of it was found by calling it.

import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { BuildTimes, Contender, ContenderOptions, FilteredRequest } from "../contender.js";
import { onlyOption } from "../contender-options.js";
import { rowOf, type DataSet, type Metric, type RowMetadata } from "../data-set.js";
import { folderBytes } from "../folder-bytes.js";
import { graphSweep } from "../graph-sweep.js";
import { insertBatches } from "../insert-batches.js";
import { loadPeerPackage } from "../peers/peer-package.js";
import { scaleToUnit } from "../peers/rescore.js";

/** What of the module is used. */
interface EarlierOmendb {
  create(path: string, schema: object): EarlierDatabase;
  open(path: string): EarlierDatabase;
}

interface EarlierDatabase {
  set(points: EarlierPoint[]): Promise<number>;
  search(
    query: Float32Array,
    k: number,
    options: { readonly ef: number; readonly filter?: { readonly group: number } },
  ): Promise<EarlierHit[]>;
  flush(): void;
  optimize(): void;
  close(): void;
}

interface EarlierPoint {
  readonly id: string;
  readonly vector: Float32Array;
  readonly metadata: RowMetadata;
}

interface EarlierHit {
  readonly id: string;
}

type Quantization = "none" | "sq8";
const metrics: Readonly<Record<Metric, string>> = { cosine: "cosine", euclidean: "l2", dot: "dot" };

/** Option `quantization`: "none" (default), or "sq8", for which it knows the Euclidean distance alone. */
export function contender(options: ContenderOptions): Contender<EarlierHit[]> {
  return new EarlierOmendbContender(onlyOption(options, "quantization", ["none", "sq8"]));
}

class EarlierOmendbContender implements Contender<EarlierHit[]> {
  readonly name: string;
  readonly version: string;
  readonly settings: string;
  readonly parameter = "ef";
  readonly sweep = graphSweep;
  readonly parameterDefault = 100;
  readonly #module: EarlierOmendb;
  readonly #quantization: Quantization;
  readonly #scaled = new Map<Float32Array, Float32Array>();
  #metric: Metric = "cosine";
  #folder = "";
  #db: EarlierDatabase | undefined;

  constructor(quantization: Quantization) {
    const { exports, version } = loadPeerPackage("omendb-0.0.37", "@omendb/omendb-linux-x64-gnu");
    // The package is the one that is pinned; what is used of it is declared above.
    this.#module = exports as EarlierOmendb;
    this.version = version;
    this.#quantization = quantization;
    this.name = quantization === "none" ? "omendb (Rust)" : "omendb (Rust) sq8";
    const codes =
      quantization === "none" ? "" : ", sq8, vectors under cosine scaled to length 1 beforehand, metric l2";
    this.settings =
      `M 16, efConstruction 100 (its defaults; it takes no others)${codes}; ids and metadata stored; set() in batches ` +
      "of 1000, then optimize()";
  }

  async build(data: DataSet, folder: string): Promise<BuildTimes> {
    const { dimension, metric } = data;
    if (this.#quantization === "sq8" && metric === "dot") throw new Error("Its sq8 has no metric dot.");
    this.#folder = folder;
    this.#metric = metric;
    const isQuantized = this.#quantization === "sq8";
    const db = this.#module.create(this.#path(), {
      metric: isQuantized ? "l2" : metrics[metric],
      dense: isQuantized ? { dim: dimension, quantization: "sq8" } : { dim: dimension },
    });
    this.#db = db;
    const begin = performance.now();
    const acknowledgedMs = await insertBatches(data, 1000, async ({ ids, vectors, metadata }) => {
      const points = ids.map((id, i): EarlierPoint => {
        const vector = vectors.subarray(i * dimension, (i + 1) * dimension);
        if (this.#isScaled()) scaleToUnit(vector);
        return { id, vector, metadata: metadata[i]! };
      });
      await db.set(points);
    });
    db.optimize();
    const linkedMs = performance.now() - begin;
    return {
      acknowledgedMs,
      linkedMs,
      durability: "in its log, which is not flushed to disk for each batch",
    };
  }

  search(query: Float32Array, limit: number, ef: number): Promise<EarlierHit[]> {
    return this.#db!.search(this.#asScaled(query), limit, { ef });
  }

  searchFiltered(query: Float32Array, { limit, group, parameter }: FilteredRequest): Promise<EarlierHit[]> {
    return this.#db!.search(this.#asScaled(query), limit, { ef: parameter, filter: { group } });
  }

  rowsOf(hits: EarlierHit[]): readonly number[] {
    return hits.map(({ id }) => rowOf(id));
  }

  bytesOnDisk(): Promise<number> {
    return folderBytes(this.#folder);
  }

  close(): Promise<void> {
    this.#db?.flush();
    this.#db?.close();
    this.#db = undefined;
    return Promise.resolve();
  }

  reopen(): Promise<void> {
    this.#db = this.#module.open(this.#path());
    return Promise.resolve();
  }

  #path(): string {
    return join(this.#folder, "points");
  }

  #isScaled(): boolean {
    return this.#quantization === "sq8" && this.#metric === "cosine";
  }

  #asScaled(query: Float32Array): Float32Array {
    if (!this.#isScaled()) return query;
    let scaled = this.#scaled.get(query);
    if (scaled === undefined) {
      scaled = query.slice();
      scaleToUnit(scaled);
      this.#scaled.set(query, scaled);
    }
    return scaled;
  }
}
