// What of zvec's package is used. The package is the one that is pinned.

import type { Metric } from "../data-set.js";

export interface Zvec {
  readonly ZVecCollectionSchema: new (schema: object) => object;
  readonly ZVecDataType: Readonly<Record<"STRING" | "INT32" | "VECTOR_FP32", number>>;
  readonly ZVecIndexType: Readonly<Record<"HNSW" | "INVERT", number>>;
  readonly ZVecMetricType: Readonly<Record<"COSINE" | "L2" | "IP", number>>;
  readonly ZVecQuantizeType: Readonly<Record<"UNDEFINED" | "INT8", number>>;
  ZVecCreateAndOpen(path: string, schema: object): ZvecCollection;
  ZVecOpen(path: string): ZvecCollection;
}

export interface ZvecCollection {
  insertSync(documents: ZvecDocument[]): { readonly ok: boolean; readonly message: string }[];
  optimize(): Promise<void>;
  querySync(query: ZvecQuery): ZvecHit[];
  closeSync(): void;
}

export interface ZvecDocument {
  readonly id: string;
  readonly vectors: { readonly embedding: Float32Array };
  readonly fields: object;
}

export interface ZvecQuery {
  readonly fieldName: string;
  readonly vector: Float32Array;
  readonly topk: number;
  readonly outputFields: string[];
  readonly filter?: string;
  readonly params: { readonly indexType: number; readonly ef: number; readonly isUsingRefiner: boolean };
}

export interface ZvecHit {
  readonly id: string;
}

export const zvecMetrics = { cosine: "COSINE", euclidean: "L2", dot: "IP" } as const satisfies Readonly<
  Record<Metric, string>
>;
