// OmenDB through its public API, durable on disk, with the configuration of someone who gave none.

import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
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
  readonly parameter = "recall";
  readonly sweep = [
    0.8, 0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.983, 0.985, 0.988, 0.99, 0.993, 0.996, 0.998, 0.999,
  ];
  readonly parameterDefault = 0.99;
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
    await whenTried(points, data.n);
    return { acknowledgedMs, linkedMs, durability: "each batch flushed to disk when acknowledged" };
  }

  search(vector: Float32Array, limit: number, recall: number): Promise<Hit[]> {
    return this.#open().search({ vector, limit, recall, include: [] });
  }

  searchFiltered(vector: Float32Array, { limit, group, parameter }: FilteredRequest): Promise<Hit[]> {
    return this.#open().search({ vector, limit, recall: parameter, filter: { group }, include: [] });
  }

  searchBatch(queries: readonly Float32Array[], limit: number, recall: number): Promise<Hit[][]> {
    return this.#open().searchBatch(queries.map((vector) => ({ vector, limit, recall, include: [] })));
  }

  rowsOf(hits: Hit[]): readonly number[] {
    return hits.map(({ id }) => rowOf(String(id)));
  }

  async details(): Promise<ContenderDetails> {
    const { indexes } = await this.#open().stats();
    const { searches, distances, linkedRows, unreachableRows, bytes, kernel, plan } = indexes[0]!;
    const how = plan.kind === "scan" ? "scan" : `walk, ef ≤ ${plan.ef}${plan.fine ? ", fine" : ""}`;
    return { searches, distances, linkedRows, unreachableRows, bytes, build: kernel, plan: how };
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

/** Rows below which walks are not tried: such collections are scanned, or too small for it to matter. */
const triedRowsMin = 4096;

/**
 * Resolves when walks have been tried on the collection as it is, which goes on in the background for a second or so
 * after linking: searches that are timed should not share the machine with it.
 */
async function whenTried(points: Collection, n: number): Promise<void> {
  while (n >= triedRowsMin) {
    const { plan } = (await points.stats()).indexes[0]!;
    if (plan.calibratedRows >= n / 1.25) return;
    await sleep(50);
  }
}

function packageVersion(): string {
  // Our own manifest.
  const { version } = createRequire(import.meta.url)("omendb/package.json") as { version: string };
  return version;
}
