// Zvec: a database in a folder, HNSW over f32 or INT8, ids that are strings, metadata in columns, filters.
//
// With INT8, answers of COSINE and of L2 are wrong once `optimize()` has run (version 0.7.0, x86-64: recall 0 on WordNet),
// those of IP are right. So vectors under cosine are scaled to length 1 here and searched by IP, which ranks alike.

import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { BuildTimes, Contender, ContenderOptions, FilteredRequest } from "../contender.js";
import { onlyOption } from "../contender-options.js";
import { rowOf, type DataSet, type Metric } from "../data-set.js";
import { folderBytes } from "../folder-bytes.js";
import { graphSweep } from "../graph-sweep.js";
import { insertBatches } from "../insert-batches.js";
import { loadPeerPackage } from "../peers/peer-package.js";
import {
  zvecMetrics,
  type Zvec,
  type ZvecCollection,
  type ZvecDocument,
  type ZvecHit,
  type ZvecQuery,
} from "../peers/zvec-package.js";
import { scaleToUnit } from "../peers/rescore.js";

type Quantization = "none" | "INT8";

/** Option `quantization`: "none" (default), or "INT8", which its refiner rescores on the f32 vectors. */
export function contender(options: ContenderOptions): Contender<ZvecHit[]> {
  return new ZvecContender(onlyOption(options, "quantization", ["none", "INT8"]));
}

class ZvecContender implements Contender<ZvecHit[]> {
  readonly name: string;
  readonly version: string;
  readonly settings: string;
  readonly parameter = "ef";
  readonly sweep = graphSweep;
  readonly parameterDefault = 300;
  readonly #zvec: Zvec;
  readonly #quantization: Quantization;
  /** Queries scaled to length 1, where it must be. */
  readonly #scaled = new Map<Float32Array, Float32Array>();
  #metric: Metric = "cosine";
  #folder = "";
  #collection: ZvecCollection | undefined;

  constructor(quantization: Quantization) {
    const { exports, version } = loadPeerPackage("zvec", "@zvec/zvec");
    // The package is the one that is pinned; what is used of it is declared in ../peers/.
    this.#zvec = exports as Zvec;
    this.version = version;
    this.#quantization = quantization;
    this.name = quantization === "none" ? "zvec f32" : "zvec int8";
    const codes =
      quantization === "none"
        ? ""
        : ", INT8 with its refiner, vectors scaled to length 1 beforehand and searched by IP";
    this.settings =
      `m 50, efConstruction 500 (its defaults)${codes}; ids, title, year and group stored, group with an inverted ` +
      "index; insertSync in batches of 1000, then optimize() on all cores; querySync";
  }

  async build(data: DataSet, folder: string): Promise<BuildTimes> {
    this.#metric = data.metric;
    if (this.#quantization === "INT8" && data.metric === "euclidean") {
      throw new Error("zvec with INT8 and L2 answers wrongly once optimize() has run; it is not measured.");
    }
    this.#folder = join(folder, "zvec");
    const collection = this.#zvec.ZVecCreateAndOpen(this.#folder, this.#schemaOf(data));
    this.#collection = collection;
    const begin = performance.now();
    const acknowledgedMs = await insertBatches(data, 1000, ({ ids, vectors, metadata }) => {
      const documents = ids.map((id, i): ZvecDocument => {
        const embedding = vectors.subarray(i * data.dimension, (i + 1) * data.dimension);
        if (this.#isScaled()) scaleToUnit(embedding);
        return { id, vectors: { embedding }, fields: metadata[i]! };
      });
      const failed = collection.insertSync(documents).find(({ ok }) => !ok);
      if (failed !== undefined) throw new Error(failed.message);
    });
    await collection.optimize();
    const linkedMs = performance.now() - begin;
    return {
      acknowledgedMs,
      linkedMs,
      durability: "in its log, which is not flushed to disk for each batch",
    };
  }

  search(vector: Float32Array, limit: number, ef: number): Promise<ZvecHit[]> {
    return Promise.resolve(this.#collection!.querySync(this.#queryOf(vector, limit, ef)));
  }

  searchFiltered(vector: Float32Array, { limit, group, parameter }: FilteredRequest): Promise<ZvecHit[]> {
    const query = { ...this.#queryOf(vector, limit, parameter), filter: `group = ${group}` };
    return Promise.resolve(this.#collection!.querySync(query));
  }

  rowsOf(hits: ZvecHit[]): readonly number[] {
    return hits.map(({ id }) => rowOf(id));
  }

  bytesOnDisk(): Promise<number> {
    return folderBytes(this.#folder);
  }

  close(): Promise<void> {
    this.#collection?.closeSync();
    this.#collection = undefined;
    return Promise.resolve();
  }

  reopen(): Promise<void> {
    this.#collection = this.#zvec.ZVecOpen(this.#folder);
    return Promise.resolve();
  }

  #isScaled(): boolean {
    return this.#quantization === "INT8" && this.#metric === "cosine";
  }

  #schemaOf({ dimension, metric }: DataSet): object {
    const { ZVecDataType: types, ZVecIndexType: indexes, ZVecMetricType, ZVecQuantizeType } = this.#zvec;
    const indexParams = {
      indexType: indexes.HNSW,
      metricType: ZVecMetricType[this.#isScaled() ? "IP" : zvecMetrics[metric]],
      quantizeType: ZVecQuantizeType[this.#quantization === "INT8" ? "INT8" : "UNDEFINED"],
    };
    return new this.#zvec.ZVecCollectionSchema({
      name: "points",
      vectors: { name: "embedding", dataType: types.VECTOR_FP32, dimension, indexParams },
      fields: [
        { name: "title", dataType: types.STRING },
        { name: "year", dataType: types.INT32 },
        { name: "group", dataType: types.INT32, indexParams: { indexType: indexes.INVERT } },
      ],
    });
  }

  #queryOf(vector: Float32Array, topk: number, ef: number): ZvecQuery {
    const isUsingRefiner = this.#quantization === "INT8";
    const params = { indexType: this.#zvec.ZVecIndexType.HNSW, ef, isUsingRefiner };
    return { fieldName: "embedding", vector: this.#asScaled(vector), topk, outputFields: [], params };
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
