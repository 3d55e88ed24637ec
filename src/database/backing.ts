// Where the collections of a database are kept: a folder or memory. Only names, configurations and stores are known
// here; collections are built on top.

import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import type { DurabilityMode } from "../model/durability.js";
import type { CheckProblem } from "../model/check-problem.js";
import type { CheckStoreOptions, StoreFindings } from "../store/check-store.js";
import type { InspectionLimits } from "../store/inspection-process.js";
import type { PointStore } from "../store/point-store.js";

/** The store of one collection, opened, and the folder beside it for derived files; `undefined` in memory. */
export interface OpenedStore {
  readonly store: PointStore;
  readonly folder: string | undefined;
}

/** The catalogue of a database and the stores it names. Calls that change it are made one at a time. */
export interface Backing {
  readonly path: string;
  readonly durability: DurabilityMode | "none";

  /** Names of the collections, in code unit order. */
  names(): string[];

  /** The configuration of a collection, or `undefined` if there is none of this name. */
  configOf(name: string): ResolvedCollectionConfig | undefined;

  /** Gives a collection another configuration, durably. */
  setConfig(name: string, config: ResolvedCollectionConfig): Promise<void>;

  /** Makes a collection and opens its store. The name is free. After a crash it exists wholly or not at all. */
  create(name: string, config: ResolvedCollectionConfig): Promise<OpenedStore>;

  /** Opens the store of a collection, which is not open. */
  openStore(name: string): Promise<OpenedStore>;

  /**
   * Takes a collection out of the catalogue, durably. Returns what removes its files, to be called when its store is
   * closed; files that a crash leaves behind go at the next opening.
   */
  remove(name: string): Promise<() => Promise<void>>;

  /** Reads the files that belong to no collection. No change of the catalogue is under way; absent in memory. */
  checkCatalog?(limits: InspectionLimits): Promise<readonly CheckProblem[]>;

  /** Reads the store of a collection that cannot be opened; absent in memory. */
  checkStore?(name: string, options: CheckStoreOptions): Promise<StoreFindings>;

  close(): Promise<void>;
}
