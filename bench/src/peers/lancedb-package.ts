// What of LanceDB's package is used. The package is the one that is pinned.

import type { Metric } from "../data-set.js";

export interface Lancedb {
  connect(path: string): Promise<LanceDatabase>;
  readonly Index: { hnswSq(options: object): object; bitmap(): object; btree(): object };
}

export interface LanceDatabase {
  createEmptyTable(name: string, schema: object): Promise<LanceTable>;
  createTable(name: string, rows: object): Promise<LanceTable>;
  openTable(name: string): Promise<LanceTable>;
  close(): void;
}

export interface LanceTable {
  add(rows: object): Promise<unknown>;
  createIndex(column: string, options: { config: object }): Promise<void>;
  optimize(): Promise<unknown>;
  vectorSearch(vector: Float32Array): LanceQuery;
  close(): void;
}

export interface LanceQuery {
  distanceType(type: string): LanceQuery;
  select(columns: string[]): LanceQuery;
  limit(limit: number): LanceQuery;
  ef(ef: number): LanceQuery;
  refineFactor(factor: number): LanceQuery;
  where(filter: string): LanceQuery;
  toArray(): Promise<LanceHit[]>;
}

export interface LanceHit {
  readonly id: string;
}

export const lanceDistanceTypes: Readonly<Record<Metric, string>> = {
  cosine: "cosine",
  euclidean: "l2",
  dot: "dot",
};
