// OmenDB through its public API, durable on disk, with the configuration of someone who gave none.

import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { open, type Collection, type Database, type Hit } from "omendb";
import type {
  BuildTimes,
  Contender,
  ContenderDetails,
  ContenderOptions,
  FilteredRequest,
} from "../contender.js";
import { rowOf, type DataSet } from "../data-set.js";
import { folderBytes } from "../folder-bytes.js";
import { insertBatches } from "../insert-batches.js";

/** Points of one call of `upsert`. */
const batchRows = 1000;
const collectionName = "points";

/** Options: `originals`, "disk" (default) or "memory". */
export function contender(options: ContenderOptions): Contender<Hit[]> {
  return new OmendbContender(options);
}

class OmendbContender implements Contender<Hit[]> {
  readonly name = "OmenDB";
  readonly version = packageVersion();
  readonly settings: string;
  readonly parameter = "ef";
  readonly sweep = [
    16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768,
    1024, 1280, 1536, 2048, 3072, 4096,
  ];
  readonly parameterDefault = 64;
  readonly #originals: "disk" | "memory";
  #folder = "";
  #db: Database | undefined;
  #points: Collection | undefined;

  constructor({ originals = "disk", ...others }: ContenderOptions) {
    if (originals !== "disk" && originals !== "memory")
      throw new Error(`originals is ${originals}: disk or memory`);
    const unknown = Object.keys(others);
    if (unknown.length > 0) throw new Error(`OmenDB is not measured with ${unknown.join(", ")}.`);
    this.#originals = originals;
    this.settings = `defaults, originals ${originals}, columns of ${batchRows}`;
  }

  async build(data: DataSet, folder: string): Promise<BuildTimes> {
    const { dimension, metric } = data;
    this.#folder = folder;
    this.#db = await open(folder);
    const config = { dimension, metric, originals: this.#originals };
    const points = await this.#db.createCollection(collectionName, config);
    this.#points = points;
    const begin = performance.now();
    const acknowledgedMs = await insertBatches(data, batchRows, async ({ ids, vectors, metadata }) => {
      await points.upsert({ ids, vectors, metadata });
    });
    await points.waitForIndex();
    const linkedMs = performance.now() - begin;
    return { acknowledgedMs, linkedMs, durability: "each batch flushed to disk when acknowledged" };
  }

  search(vector: Float32Array, limit: number, ef: number): Promise<Hit[]> {
    return this.#open().search({ vector, limit, ef, include: [] });
  }

  searchFiltered(vector: Float32Array, { limit, group, parameter }: FilteredRequest): Promise<Hit[]> {
    return this.#open().search({ vector, limit, ef: parameter, filter: { group }, include: [] });
  }

  searchBatch(queries: readonly Float32Array[], limit: number, ef: number): Promise<Hit[][]> {
    return this.#open().searchBatch(queries.map((vector) => ({ vector, limit, ef, include: [] })));
  }

  rowsOf(hits: Hit[]): readonly number[] {
    return hits.map(({ id }) => rowOf(String(id)));
  }

  async details(): Promise<ContenderDetails> {
    const { indexes } = await this.#open().stats();
    const { searches, distances, linkedRows, unreachableRows, bytes, kernel } = indexes[0]!;
    return { searches, distances, linkedRows, unreachableRows, bytes, build: kernel };
  }

  bytesOnDisk(): Promise<number> {
    return folderBytes(this.#folder);
  }

  async close(): Promise<void> {
    await this.#db?.close();
  }

  async reopen(): Promise<void> {
    this.#db = await open(this.#folder);
    this.#points = await this.#db.collection(collectionName);
  }

  #open(): Collection {
    if (this.#points === undefined) throw new Error("OmenDB is searched before it is built.");
    return this.#points;
  }
}

function packageVersion(): string {
  // Our own manifest.
  const { version } = createRequire(import.meta.url)("omendb/package.json") as { version: string };
  return version;
}
