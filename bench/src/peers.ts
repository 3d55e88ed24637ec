// Other indexes that benchmarks compare with. They live in bench/peers, with a lock file of their own, and are
// installed when a benchmark first asks for them; one that does not install is reported, not fatal.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../peers/", import.meta.url));

/** What of hnswlib-node is used. */
export interface Hnswlib {
  readonly HierarchicalNSW: new (space: "cosine" | "l2" | "ip", dimension: number) => HnswIndex;
}

export interface HnswIndex {
  initIndex(options: { maxElements: number; m: number; efConstruction: number; randomSeed: number }): void;
  addPoint(vector: number[], label: number): void;
  setEf(ef: number): void;
  searchKnn(query: number[], k: number): { distances: number[]; neighbors: number[] };
}

/** Loads hnswlib-node, installing the peers if need be; undefined, with the reason printed, if that fails. */
export function loadHnswlib(): Hnswlib | undefined {
  try {
    if (!existsSync(`${folder}node_modules/hnswlib-node`)) {
      console.log("installing bench/peers …");
      execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], {
        cwd: folder,
        stdio: "inherit",
      });
    }
    // The package has no types; the part used is declared above.
    return createRequire(`${folder}package.json`)("hnswlib-node") as Hnswlib;
  } catch (error) {
    console.log(`hnswlib-node is not available: ${String(error)}`);
    return undefined;
  }
}
