// hnswlib-node, the index that OmenDB is compared with on WordNet. One that does not install is reported, not fatal.

import { createRequire } from "node:module";
import { installedFolder } from "./installed-folder.js";

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
    const folder = installedFolder("peers", "hnswlib-node");
    // The package has no types; the part used is declared above.
    return createRequire(`${folder}package.json`)("hnswlib-node") as Hnswlib;
  } catch (error) {
    console.log(`hnswlib-node is not available: ${String(error)}`);
    return undefined;
  }
}
