// sqlite-vec through better-sqlite3: a virtual table of SQLite that compares the query with every row, so recall is 1
// and time grows with n. Ids and metadata are columns of the table.

import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { BuildTimes, Contender, ContenderOptions, FilteredRequest } from "../contender.js";
import { refuseOptions } from "../contender-options.js";
import { rowOf, type DataSet, type Metric } from "../data-set.js";
import { folderBytes } from "../folder-bytes.js";
import { insertBatches } from "../insert-batches.js";
import { loadPeerPackage } from "../peers/peer-package.js";

/** What of better-sqlite3 is used. */
type BetterSqlite3 = new (path: string) => SqliteDatabase;

interface SqliteDatabase {
  pragma(text: string): unknown;
  exec(text: string): unknown;
  prepare(text: string): SqliteStatement;
  transaction(work: () => void): () => void;
  close(): void;
}

interface SqliteStatement {
  run(...values: readonly unknown[]): unknown;
  all(...values: readonly unknown[]): string[];
  pluck(): SqliteStatement;
}

/** What of sqlite-vec is used. */
interface SqliteVec {
  load(db: SqliteDatabase): void;
}

const distanceMetrics: Readonly<Record<Metric, string | undefined>> = {
  cosine: "cosine",
  euclidean: "L2",
  dot: undefined,
};
const nearest = "select id from points where embedding match ? and k = ?";

/** It has no options. */
export function contender(options: ContenderOptions): Contender<string[]> {
  refuseOptions(options);
  return new SqliteVecContender();
}

class SqliteVecContender implements Contender<string[]> {
  readonly name = "sqlite-vec";
  readonly version: string;
  readonly settings: string;
  readonly parameter = "exact";
  readonly sweep = [1];
  readonly parameterDefault = 1;
  readonly #Database: BetterSqlite3;
  readonly #vec: SqliteVec;
  #folder = "";
  #db: SqliteDatabase | undefined;
  #all: SqliteStatement | undefined;
  #filtered: SqliteStatement | undefined;

  constructor() {
    const sqlite = loadPeerPackage("sqlite-vec", "better-sqlite3");
    const vec = loadPeerPackage("sqlite-vec", "sqlite-vec");
    // The packages are those that are pinned; what is used of them is declared above.
    this.#Database = sqlite.exports as BetterSqlite3;
    this.#vec = vec.exports as SqliteVec;
    this.version = vec.version;
    this.settings =
      `exact, f32, vec0 with text primary key, group and year as metadata columns, title beside; better-sqlite3 ` +
      `${sqlite.version}, WAL, synchronous FULL, mmap_size 8 GiB, a transaction for each 1000 rows`;
  }

  async build(data: DataSet, folder: string): Promise<BuildTimes> {
    const { dimension, metric } = data;
    const distance = distanceMetrics[metric];
    if (distance === undefined) throw new Error(`sqlite-vec has no metric ${metric}.`);
    this.#folder = folder;
    const db = this.#open();
    db.exec(
      `create virtual table points using vec0(id text primary key, embedding float[${dimension}] ` +
        `distance_metric=${distance}, row_group integer, year integer, +title text)`,
    );
    this.#prepare(db);
    const insert = db.prepare(
      "insert into points (id, embedding, row_group, year, title) values (?, ?, ?, ?, ?)",
    );
    const begin = performance.now();
    const acknowledgedMs = await insertBatches(data, 1000, ({ ids, vectors, metadata }) => {
      db.transaction(() => {
        for (const [i, id] of ids.entries()) {
          const { title, year, group } = metadata[i]!;
          const vector = vectors.subarray(i * dimension, (i + 1) * dimension);
          // A number is a float to it, and metadata columns are strict about integers.
          insert.run(id, vector, BigInt(group), BigInt(year), title);
        }
      })();
    });
    const linkedMs = performance.now() - begin;
    return { acknowledgedMs, linkedMs, durability: "each batch flushed to disk when acknowledged" };
  }

  search(query: Float32Array, limit: number): Promise<string[]> {
    return Promise.resolve(this.#all!.all(query, limit));
  }

  searchFiltered(query: Float32Array, { limit, group }: FilteredRequest): Promise<string[]> {
    return Promise.resolve(this.#filtered!.all(query, limit, BigInt(group)));
  }

  rowsOf(ids: string[]): readonly number[] {
    return ids.map(rowOf);
  }

  bytesOnDisk(): Promise<number> {
    return folderBytes(this.#folder);
  }

  close(): Promise<void> {
    this.#db?.close();
    this.#db = undefined;
    return Promise.resolve();
  }

  reopen(): Promise<void> {
    this.#prepare(this.#open());
    return Promise.resolve();
  }

  #open(): SqliteDatabase {
    const db = new this.#Database(join(this.#folder, "points.db"));
    this.#vec.load(db);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma(`mmap_size = ${8 * 2 ** 30}`);
    this.#db = db;
    return db;
  }

  #prepare(db: SqliteDatabase): void {
    this.#all = db.prepare(`${nearest} order by distance`).pluck();
    this.#filtered = db.prepare(`${nearest} and row_group = ? order by distance`).pluck();
  }
}
