// Databases that are searched under filters: OmenDB, zvec and LanceDB, all in one process, each with an index over every
// column, and its vectors in its graph.

import { join } from "node:path";
import { open, type Collection, type Database } from "omendb";
import { idOf, rowOf, type DataSet } from "../data-set.js";
import { insertBatches } from "../insert-batches.js";
import type { Arrow } from "../peers/arrow-rows.js";
import { lanceDistanceTypes, type Lancedb } from "../peers/lancedb-package.js";
import { loadPeerPackage } from "../peers/peer-package.js";
import { zvecMetrics, type Zvec } from "../peers/zvec-package.js";
import { metadataOf, type RowFilter, type StoredColumn, valueOf, valuesOf } from "./row-filters.js";

/** A database that holds the rows and the columns. */
export interface FilteredContender {
  readonly name: string;
  readonly settings: string;
  /** Rows that are near, best first: all rows are eligible without a filter, else those that pass it. */
  search(query: Float32Array, limit: number, filter: RowFilter | undefined): Promise<readonly number[]>;
  /** The same by comparing every eligible row, where that can be asked for. */
  scan?(query: Float32Array, limit: number, filter: RowFilter | undefined): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** Makes and fills one. */
export type MakeContender = (
  data: DataSet,
  columns: readonly StoredColumn[],
  folder: string,
) => Promise<FilteredContender>;

export const makeOmendb: MakeContender = async (data, columns, folder) => {
  const db: Database = await open(join(folder, "omendb"));
  const { dimension, metric } = data;
  const points: Collection = await db.createCollection("points", { dimension, metric });
  await insertBatches(data, 1000, async ({ from, ids, vectors }) => {
    const metadata = ids.map((_, i) => metadataOf(columns, from + i));
    await points.upsert({ ids, vectors, metadata });
  });
  await points.waitForIndex();
  while ((await points.stats()).indexes[0]!.plan.calibratedRows < data.n / 1.25)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const ask = async (vector: Float32Array, limit: number, asked: RowFilter | undefined, exact: boolean) => {
    const filter = asked === undefined ? {} : { filter: asked.filter };
    const hits = await points.search({ vector, limit, include: [], ...filter, ...(exact ? { exact } : {}) });
    return hits.map(({ id }) => rowOf(String(id)));
  };
  return {
    name: "OmenDB",
    settings: "defaults: recall 0.99, all fields indexed, originals on disk",
    search: (query, limit, filter) => ask(query, limit, filter, false),
    scan: (query, limit, filter) => ask(query, limit, filter, true),
    close: () => db.close(),
  };
};

export const makeZvec =
  (ef: number): MakeContender =>
  async (data, columns, folder) => {
    const { exports, version } = loadPeerPackage("zvec", "@zvec/zvec");
    // The package is the one that is pinned; what is used of it is declared in ../peers/.
    const zvec = exports as Zvec;
    const { dimension, metric } = data;
    const indexType = zvec.ZVecIndexType.HNSW;
    const invert = { indexType: zvec.ZVecIndexType.INVERT, enableRangeOptimization: true };
    const typeOf = { number: zvec.ZVecDataType.INT32, text: zvec.ZVecDataType.STRING };
    const schema = new zvec.ZVecCollectionSchema({
      name: "points",
      vectors: {
        name: "embedding",
        dataType: zvec.ZVecDataType.VECTOR_FP32,
        dimension,
        indexParams: { indexType, metricType: zvec.ZVecMetricType[zvecMetrics[metric]] },
      },
      fields: columns.map(({ name, kind }) => ({ name, dataType: typeOf[kind], indexParams: invert })),
    });
    const collection = zvec.ZVecCreateAndOpen(join(folder, "zvec"), schema);
    await insertBatches(data, 1000, ({ from, ids, vectors }) => {
      const documents = ids.map((id, i) => ({
        id,
        vectors: { embedding: vectors.subarray(i * dimension, (i + 1) * dimension) },
        fields: valuesOf(columns, from + i),
      }));
      const failed = collection.insertSync(documents).find(({ ok }) => !ok);
      if (failed !== undefined) throw new Error(failed.message);
    });
    await collection.optimize();
    return {
      name: `zvec ${version}`,
      settings: `HNSW m 50, efConstruction 500 (its defaults), ef ${ef}, every column with an inverted index made for ranges`,
      search: (vector, topk, filter) => {
        const params = { indexType, ef, isUsingRefiner: false };
        const query = { fieldName: "embedding", vector, topk, outputFields: [], params };
        const hits = collection.querySync(filter === undefined ? query : { ...query, filter: filter.sql });
        return Promise.resolve(hits.map(({ id }) => rowOf(id)));
      },
      close: () => {
        collection.closeSync();
        return Promise.resolve();
      },
    };
  };

export const makeLancedb =
  (ef: number): MakeContender =>
  async (data, columns, folder) => {
    const { exports, version } = loadPeerPackage("lancedb", "@lancedb/lancedb");
    // The packages are those that are pinned; what is used of them is declared in ../peers/.
    const lancedb = exports as Lancedb;
    const arrow = loadPeerPackage("lancedb", "apache-arrow").exports as Arrow;
    const db = await lancedb.connect(join(folder, "lancedb"));
    const table = await db.createTable("points", arrowTable(arrow, data, columns));
    const distanceType = lanceDistanceTypes[data.metric];
    await table.createIndex("vector", { config: lancedb.Index.hnswSq({ distanceType, numPartitions: 1 }) });
    // Numbers of several values are asked for by ranges.
    const configOf = (column: StoredColumn): object =>
      isRanged(column) ? lancedb.Index.btree() : lancedb.Index.bitmap();
    for (const column of columns) await table.createIndex(column.name, { config: configOf(column) });
    await table.optimize();
    return {
      name: `LanceDB ${version}`,
      settings: `IVF_HNSW_SQ in one partition, ef ${ef}, refineFactor 2, every column with a bitmap index, numbers with a B-tree`,
      search: async (vector, limit, filter) => {
        const query = table.vectorSearch(vector).distanceType(distanceType).select(["id", "_distance"]);
        const whole = query.limit(limit).ef(ef).refineFactor(2);
        const hits = await (filter === undefined ? whole : whole.where(filter.sql)).toArray();
        return hits.map(({ id }) => rowOf(id));
      },
      close: () => {
        table.close();
        db.close();
        return Promise.resolve();
      },
    };
  };

/** Whether a column has more than 0 and 1. */
function isRanged({ kind, values }: StoredColumn): boolean {
  return kind === "number" && Array.from(values).some((value) => Number(value) > 1);
}

function arrowTable(arrow: Arrow, data: DataSet, columns: readonly StoredColumn[]): object {
  const { n, dimension } = data;
  const { Field, FixedSizeList, Float32, Int32, RecordBatch, Schema, Struct, Table, Utf8 } = arrow;
  const vectorType = new FixedSizeList(dimension, new Field("item", new Float32(), true));
  const schema = new Schema([
    new Field("id", new Utf8(), false),
    new Field("vector", vectorType, false),
    ...columns.map(({ name, kind }) => new Field(name, kind === "text" ? new Utf8() : new Int32(), false)),
  ]);
  const vectors = data.readRows(0, n);
  const values = { type: new Float32(), length: vectors.length, nullCount: 0, data: vectors };
  const ids = Array.from({ length: n }, (_, row) => idOf(row));
  const children = [
    arrow.vectorFromArray(ids, new Utf8()).data[0]!,
    arrow.makeData({ type: vectorType, length: n, nullCount: 0, child: arrow.makeData(values) }),
    ...columns.map((column) => {
      const values = Array.from({ length: n }, (_, row) => valueOf(column, row));
      return arrow.vectorFromArray(values, column.kind === "text" ? new Utf8() : new Int32()).data[0]!;
    }),
  ];
  const type = new Struct(schema.fields);
  return new Table(new RecordBatch(schema, arrow.makeData({ type, length: n, nullCount: 0, children })));
}
