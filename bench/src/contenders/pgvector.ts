// pgvector: HNSW over f32 in a PostgreSQL server, in processes of its own, asked through a socket by the client `pg`. The
// server is started in the folder of the contender; a PostgreSQL with the extension must be on the machine.

import { chmodSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { BuildTimes, Contender, ContenderOptions, FilteredRequest } from "../contender.js";
import { rowOf, type DataSet, type Metric } from "../data-set.js";
import { graphSweep } from "../graph-sweep.js";
import { insertBatches } from "../insert-batches.js";
import { refuseOptions } from "../contender-options.js";
import { copyBytesOf, vectorBytes } from "../peers/postgres-binary.js";
import {
  findPostgres,
  PostgresServer,
  serverSettings,
  type PostgresPrograms,
} from "../peers/postgres-server.js";
import { loadPeerPackage } from "../peers/peer-package.js";

/** What of pg is used. */
interface Pg {
  readonly Client: new (config: { host: string; user: string; database: string }) => PgClient;
}

interface PgClient {
  connect(): Promise<void>;
  query(text: string): Promise<PgResult>;
  query(prepared: PgQuery): Promise<PgResult>;
  query(stream: Writable): Writable;
  end(): Promise<void>;
  on(event: "error", listener: () => void): unknown;
}

interface PgQuery {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly rowMode: "array";
}

interface PgResult {
  readonly rows: readonly (readonly [string])[];
}

/** What of pg-copy-streams is used. */
interface PgCopyStreams {
  from(text: string): Writable;
}

interface PgMetric {
  readonly operators: string;
  readonly operator: string;
}

const m = 16;
const efConstruction = 200;
/** A vector longer than this does not fit into a page beside the rest of its row. */
const plainDimensionMax = 1900;
const metrics: Readonly<Record<Metric, PgMetric>> = {
  cosine: { operators: "vector_cosine_ops", operator: "<=>" },
  euclidean: { operators: "vector_l2_ops", operator: "<->" },
  dot: { operators: "vector_ip_ops", operator: "<#>" },
};

/** Option `postgres`: the folder of its programs; by default it is looked for. */
export function contender({ postgres = "", ...others }: ContenderOptions): Contender<PgResult> {
  refuseOptions(others);
  return new PgvectorContender(findPostgres(String(postgres)));
}

class PgvectorContender implements Contender<PgResult> {
  readonly name = "pgvector";
  readonly version: string;
  readonly settings: string;
  readonly parameter = "hnsw.ef_search";
  readonly sweep = graphSweep;
  readonly parameterDefault = 40;
  readonly #pg: Pg;
  readonly #copy: PgCopyStreams;
  readonly #programs: PostgresPrograms;
  /** Queries as they go over the wire. */
  readonly #queries = new Map<Float32Array, Buffer>();
  #folder = "";
  #metric: Metric = "cosine";
  #server: PostgresServer | undefined;
  #client: PgClient | undefined;
  #efSearch = 0;

  constructor(programs: PostgresPrograms) {
    const pg = loadPeerPackage("pgvector", "pg");
    // The packages are those that are pinned; what is used of them is declared above.
    this.#pg = pg.exports as Pg;
    this.#copy = loadPeerPackage("pgvector", "pg-copy-streams").exports as PgCopyStreams;
    this.#programs = programs;
    this.version = programs.extensionVersion;
    const server = Object.entries(serverSettings).filter(([name]) => name !== "listen_addresses");
    this.settings =
      `HNSW m ${m}, ef_construction ${efConstruction}, f32 stored plain, ids and metadata in columns, group with a B-tree ` +
      "index, hnsw.iterative_scan strict_order where there is one; binary COPY of 1000 rows each, then CREATE INDEX, " +
      `VACUUM ANALYZE; client pg ${pg.version} over a socket, prepared statements, queries encoded beforehand; ` +
      server.map(([name, value]) => `${name} ${value}`).join(", ");
  }

  async build(data: DataSet, folder: string): Promise<BuildTimes> {
    // The server's user must get through to its own folder.
    chmodSync(folder, 0o711);
    this.#folder = join(folder, "postgres");
    this.#metric = data.metric;
    PostgresServer.makeCluster(this.#programs, this.#folder);
    await this.reopen();
    const client = this.#client!;
    await client.query("create extension vector");
    await client.query(
      `create table points (id text primary key, embedding vector(${data.dimension}), title text, year integer, row_group integer)`,
    );
    if (data.dimension <= plainDimensionMax) {
      await client.query("alter table points alter column embedding set storage plain");
    }
    const begin = performance.now();
    const acknowledgedMs = await insertBatches(data, 1000, async (batch) => {
      const stream = client.query(this.#copy.from("copy points from stdin with (format binary)"));
      stream.end(copyBytesOf(batch, data.dimension));
      await finished(stream);
    });
    const { operators } = metrics[data.metric];
    await client.query(
      `create index on points using hnsw (embedding ${operators}) with (m = ${m}, ef_construction = ${efConstruction})`,
    );
    await client.query("create index on points (row_group)");
    await client.query("vacuum analyze points");
    const linkedMs = performance.now() - begin;
    return { acknowledgedMs, linkedMs, durability: "each batch flushed to disk when acknowledged" };
  }

  async search(query: Float32Array, limit: number, efSearch: number): Promise<PgResult> {
    await this.#setEfSearch(efSearch);
    const { operator } = metrics[this.#metric];
    const text = `select id from points order by embedding ${operator} $1 limit $2`;
    const values = [this.#asBytes(query), limit];
    return this.#client!.query({ name: "all", text, values, rowMode: "array" });
  }

  async searchFiltered(query: Float32Array, { limit, group, parameter }: FilteredRequest): Promise<PgResult> {
    await this.#setEfSearch(parameter);
    const { operator } = metrics[this.#metric];
    const text = `select id from points where row_group = $3 order by embedding ${operator} $1 limit $2`;
    const values = [this.#asBytes(query), limit, group];
    return this.#client!.query({ name: "filtered", text, values, rowMode: "array" });
  }

  rowsOf({ rows }: PgResult): readonly number[] {
    return rows.map(([id]) => rowOf(id));
  }

  /** The table and its indexes, without the catalogue and the log. */
  async bytesOnDisk(): Promise<number> {
    const { rows } = await this.#client!.query({
      name: "bytes",
      text: "select pg_total_relation_size('points')",
      values: [],
      rowMode: "array",
    });
    return Number(rows[0]![0]);
  }

  async close(): Promise<void> {
    await this.#client?.end();
    await this.#server?.stop();
  }

  async reopen(): Promise<void> {
    const isReady = async (): Promise<boolean> => {
      const client = new this.#pg.Client({ host: this.#folder, user: "postgres", database: "postgres" });
      // What happens to a connection that is not used yet is what connect() tells.
      client.on("error", () => undefined);
      try {
        await client.connect();
      } catch {
        return false;
      }
      this.#client = client;
      return true;
    };
    this.#server = await PostgresServer.start(this.#programs, this.#folder, isReady);
    this.#efSearch = 0;
    if (!/^0\.[567]\./.test(this.#programs.extensionVersion)) {
      await this.#client!.query("load 'vector'");
      await this.#client!.query("set hnsw.iterative_scan = strict_order");
    }
  }

  async #setEfSearch(efSearch: number): Promise<void> {
    if (this.#efSearch === efSearch) return;
    await this.#client!.query(`set hnsw.ef_search = ${efSearch}`);
    this.#efSearch = efSearch;
  }

  #asBytes(query: Float32Array): Buffer {
    let bytes = this.#queries.get(query);
    if (bytes === undefined) this.#queries.set(query, (bytes = vectorBytes(query)));
    return bytes;
  }
}
