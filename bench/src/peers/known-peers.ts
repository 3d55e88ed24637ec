// The peers that OmenDB is measured beside, by the names that `--peers` takes.

import type { ContenderOptions } from "../contender.js";

/** One peer, in one of the ways it can be used. */
export interface KnownPeer {
  /** As the command line calls it. */
  readonly name: string;
  /** Name of its module in contenders/. */
  readonly module: string;
  readonly options: ContenderOptions;
  /** Its folder in bench/peers/. */
  readonly folder: string;
  /** Packages that must be in that folder. */
  readonly packages: readonly string[];
}

const usearch = { module: "usearch", folder: "usearch", packages: ["usearch"] };
const zvec = { module: "zvec", folder: "zvec", packages: ["@zvec/zvec"] };
const lancedb = { module: "lancedb", folder: "lancedb", packages: ["@lancedb/lancedb", "apache-arrow"] };
const earlier = {
  module: "omendb-0.0.37",
  folder: "omendb-0.0.37",
  packages: ["@omendb/omendb-linux-x64-gnu"],
};

/** All of them, those whose builds take longest last. */
export const knownPeers: readonly KnownPeer[] = [
  { name: "hnswlib", module: "hnswlib", options: {}, folder: "hnswlib", packages: ["hnswlib-node"] },
  { name: "usearch-f32", options: { quantization: "f32" }, ...usearch },
  { name: "usearch-bf16", options: { quantization: "bf16" }, ...usearch },
  { name: "usearch-i8", options: { quantization: "i8" }, ...usearch },
  { name: "zvec", options: { quantization: "none" }, ...zvec },
  { name: "zvec-int8", options: { quantization: "INT8" }, ...zvec },
  { name: "lancedb", options: { refine: "none" }, ...lancedb },
  { name: "lancedb-refined", options: { refine: "2" }, ...lancedb },
  {
    name: "sqlite-vec",
    module: "sqlite-vec",
    options: {},
    folder: "sqlite-vec",
    packages: ["better-sqlite3", "sqlite-vec"],
  },
  {
    name: "pgvector",
    module: "pgvector",
    options: {},
    folder: "pgvector",
    packages: ["pg", "pg-copy-streams"],
  },
  { name: "omendb-0.0.37-sq8", options: { quantization: "sq8" }, ...earlier },
  { name: "omendb-0.0.37", options: { quantization: "none" }, ...earlier },
];
