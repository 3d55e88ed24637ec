// LanceDB: tables in columns, in a folder; vectors indexed by HNSW over 8-bit codes (IVF_HNSW_SQ), ids and metadata in
// columns beside, filters before the search. Rows inserted are in the index once it was built over them.

import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { BuildTimes, Contender, ContenderOptions, FilteredRequest } from "../contender.js";
import { onlyOption } from "../contender-options.js";
import { rowOf, type DataSet, type Metric } from "../data-set.js";
import { folderBytes } from "../folder-bytes.js";
import { graphSweep } from "../graph-sweep.js";
import { insertBatches } from "../insert-batches.js";
import { ArrowRows, type Arrow } from "../peers/arrow-rows.js";
import {
  lanceDistanceTypes,
  type LanceDatabase,
  type Lancedb,
  type LanceHit,
  type LanceQuery,
  type LanceTable,
} from "../peers/lancedb-package.js";
import { loadPeerPackage } from "../peers/peer-package.js";

type Refinement = "none" | "2";
/** Each call of `add` makes a version and a file, so its documentation asks for few large ones. */
const batchRows = 10_000;
const tableName = "points";

/** Option `refine`: "none" (default), or "2", its refine factor: two candidates a hit are compared on the f32 vectors. */
export function contender(options: ContenderOptions): Contender<LanceHit[]> {
  return new LancedbContender(onlyOption(options, "refine", ["none", "2"]));
}

class LancedbContender implements Contender<LanceHit[]> {
  readonly name: string;
  readonly version: string;
  readonly settings: string;
  readonly parameter = "ef";
  readonly sweep: readonly number[];
  readonly parameterDefault: number;
  readonly #lancedb: Lancedb;
  readonly #arrow: Arrow;
  readonly #refinement: Refinement;
  #metric: Metric = "cosine";
  #folder = "";
  #db: LanceDatabase | undefined;
  #table: LanceTable | undefined;

  constructor(refinement: Refinement) {
    const { exports, version } = loadPeerPackage("lancedb", "@lancedb/lancedb");
    // The packages are those that are pinned; what is used of them is declared in ../peers/.
    this.#lancedb = exports as Lancedb;
    this.#arrow = loadPeerPackage("lancedb", "apache-arrow").exports as Arrow;
    this.version = version;
    this.#refinement = refinement;
    this.name = refinement === "none" ? "lancedb" : "lancedb refined";
    // It refuses an ef below the candidates it is to refine; by default ef is one and a half times these.
    this.sweep = refinement === "none" ? graphSweep : graphSweep.filter((ef) => ef >= 20);
    this.parameterDefault = refinement === "none" ? 15 : 30;
    const refined = refinement === "none" ? "" : ", refineFactor 2";
    this.settings =
      `IVF_HNSW_SQ, one partition (recommended), m 20, efConstruction 300 (its defaults)${refined}; ids, title, year ` +
      `and group stored, group with a bitmap index; Arrow batches of ${batchRows}, then createIndex and optimize`;
  }

  async build(data: DataSet, folder: string): Promise<BuildTimes> {
    this.#folder = join(folder, "lancedb");
    this.#metric = data.metric;
    const db = await this.#lancedb.connect(this.#folder);
    const rows = new ArrowRows(this.#arrow, data.dimension);
    const table = await db.createEmptyTable(tableName, rows.schema);
    this.#db = db;
    this.#table = table;
    const begin = performance.now();
    const acknowledgedMs = await insertBatches(data, batchRows, async (batch) => {
      await table.add(rows.tableOf(batch));
    });
    const distanceType = lanceDistanceTypes[data.metric];
    const { Index } = this.#lancedb;
    await table.createIndex("vector", { config: Index.hnswSq({ distanceType, numPartitions: 1 }) });
    await table.createIndex("group", { config: Index.bitmap() });
    await table.optimize();
    const linkedMs = performance.now() - begin;
    return { acknowledgedMs, linkedMs, durability: "in files that are not flushed to disk" };
  }

  search(vector: Float32Array, limit: number, ef: number): Promise<LanceHit[]> {
    return this.#queryOf(vector, limit, ef).toArray();
  }

  searchFiltered(vector: Float32Array, { limit, group, parameter }: FilteredRequest): Promise<LanceHit[]> {
    return this.#queryOf(vector, limit, parameter).where(`\`group\` = ${group}`).toArray();
  }

  rowsOf(hits: LanceHit[]): readonly number[] {
    return hits.map(({ id }) => rowOf(id));
  }

  bytesOnDisk(): Promise<number> {
    return folderBytes(this.#folder);
  }

  close(): Promise<void> {
    this.#table?.close();
    this.#db?.close();
    return Promise.resolve();
  }

  async reopen(): Promise<void> {
    this.#db = await this.#lancedb.connect(this.#folder);
    this.#table = await this.#db.openTable(tableName);
  }

  #queryOf(vector: Float32Array, limit: number, ef: number): LanceQuery {
    const query = this.#table!.vectorSearch(vector)
      .distanceType(lanceDistanceTypes[this.#metric])
      .select(["id", "_distance"])
      .limit(limit)
      .ef(ef);
    return this.#refinement === "none" ? query : query.refineFactor(Number(this.#refinement));
  }
}
