// A database in a folder:
//
//   catalog/                  LMDB: name → folder and configuration of each collection
//   collections/<folder>/     LMDB: the points of one collection, and index-*.omen, what is kept of its indexes
//
// and a lock while it is open. A collection is made by writing its folder first and naming it in the catalogue then;
// it is dropped the other way around. So a crash leaves folders without a name at worst, which the next opening removes.

import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import type { DurabilityMode, ResolvedDurability } from "../model/durability.js";
import { openCatalogStore, type CatalogStore } from "../store/catalog-store.js";
import { acquireFolderLock } from "../store/folder-lock.js";
import { giveReserve } from "../store/reserve-file.js";
import { openLmdbPointStore } from "../store/lmdb-point-store.js";
import type { PointStore } from "../store/point-store.js";
import { assert } from "../base/assert.js";
import { OmenError } from "../base/omen-error.js";
import type { CheckProblem } from "../model/check-problem.js";
import { checkStore, type CheckStoreOptions, type StoreFindings } from "../store/check-store.js";
import type { InspectionLimits } from "../store/inspection-process.js";
import type { Backing, OpenedStore } from "./backing.js";
import { checkFolders, readCatalogFile } from "./catalog-checking.js";
import {
  decodeCollectionRecord,
  encodeCollectionRecord,
  isFolderName,
  type CollectionRecord,
} from "./collection-record.js";
import {
  catalogFolder,
  collectionsFolder,
  makeFolder,
  prepareFolder,
  removeUnnamed,
  stagingFolder,
} from "./database-folder.js";

type FolderLock = Awaited<ReturnType<typeof acquireFolderLock>>;

interface BackingParts {
  readonly path: string;
  readonly lock: FolderLock;
  readonly durability: ResolvedDurability;
}

/** Keeps collections in a folder that this process has locked. */
export class FolderBacking implements Backing {
  readonly path: string;
  /** Of the collections; the catalogue is always flushed. */
  readonly #durability: ResolvedDurability;
  readonly #lock: FolderLock;
  readonly #catalog: CatalogStore;
  /** What the catalogue holds, decoded. */
  readonly #records: Map<string, CollectionRecord>;

  private constructor(catalog: CatalogStore, { path, lock, durability }: BackingParts) {
    this.path = path;
    this.#lock = lock;
    this.#durability = durability;
    this.#catalog = catalog;
    this.#records = new Map(
      catalog.entries().map(({ key, value }) => [key, decodeCollectionRecord(key, value)]),
    );
  }

  /** Locks the folder, opens its catalogue and removes what a crash left behind. Errors are those of `open`. */
  static async open(given: string, durability: ResolvedDurability): Promise<FolderBacking> {
    const path = resolve(given);
    await prepareFolder(path);
    const lock = await lockFolder(path);
    try {
      return await openLocked(path, (catalog) => new FolderBacking(catalog, { path, lock, durability }));
    } catch (error) {
      // Why it was not opened says more than that the lock could not be let go of either.
      await lock.release().catch(() => undefined);
      throw error;
    }
  }

  get durability(): DurabilityMode {
    return this.#durability.kind;
  }

  names(): string[] {
    return [...this.#records.keys()].sort();
  }

  configOf(name: string): ResolvedCollectionConfig | undefined {
    return this.#records.get(name)?.config;
  }

  async create(name: string, config: ResolvedCollectionConfig): Promise<OpenedStore> {
    const record = { folder: randomBytes(8).toString("hex"), config };
    const folder = this.#folderOf(record);
    await makeFolder(folder);
    const store = await this.#openStore("create", record);
    try {
      await this.#catalog.commit([{ kind: "put", key: name, value: encodeCollectionRecord(record) }]);
    } catch (error) {
      await discard(store, folder);
      throw error;
    }
    this.#records.set(name, record);
    return { store, folder };
  }

  async setConfig(name: string, config: ResolvedCollectionConfig): Promise<void> {
    const record = { ...this.#recordOf(name), config };
    await this.#catalog.commit([{ kind: "put", key: name, value: encodeCollectionRecord(record) }]);
    this.#records.set(name, record);
  }

  async openStore(name: string): Promise<OpenedStore> {
    const record = this.#recordOf(name);
    return { store: await this.#openStore("open", record), folder: this.#folderOf(record) };
  }

  async remove(name: string): Promise<() => Promise<void>> {
    const folder = this.#folderOf(this.#recordOf(name));
    await this.#catalog.commit([{ kind: "remove", key: name }]);
    this.#records.delete(name);
    return () => removeUnnamed(folder);
  }

  async checkCatalog(limits: InspectionLimits): Promise<readonly CheckProblem[]> {
    const { records, problems } = await readCatalogFile(this.path, limits);
    const folders = await checkFolders(this.path, this.#records);
    const differs = [...this.#records].filter(
      ([name, record]) => !isDeepStrictEqual(records.get(name), record),
    );
    const lost = differs.map(([collection]): CheckProblem => {
      const detail = "The file of the catalogue does not say what was written of this collection.";
      return { kind: "catalog_damaged", remedy: "lost", collection, place: catalogFolder, count: 1, detail };
    });
    return [...problems, ...(problems.length === 0 ? lost : []), ...folders.problems];
  }

  async checkStore(name: string, options: CheckStoreOptions): Promise<StoreFindings> {
    const record = this.#recordOf(name);
    return checkStore({ folder: this.#folderOf(record), dimensions: dimensionsOf(record.config) }, options);
  }

  async close(): Promise<void> {
    try {
      await this.#catalog.close();
    } finally {
      await this.#lock.release();
    }
  }

  /** Folders of collections that the catalogue does not name, and what is left of a backup that was not restored. */
  async removeOrphans(): Promise<void> {
    const folder = join(this.path, collectionsFolder);
    const named = new Set(Array.from(this.#records.values(), (record) => record.folder));
    const found = await readdir(folder);
    const orphans = found.filter((name) => isFolderName(name) && !named.has(name));
    await Promise.all(orphans.map((name) => removeUnnamed(join(folder, name))));
    await removeUnnamed(join(this.path, stagingFolder));
  }

  #recordOf(name: string): CollectionRecord {
    const record = this.#records.get(name);
    assert(record !== undefined, `the catalogue has the collection ${name}`);
    return record;
  }

  #openStore(mode: "create" | "open", record: CollectionRecord): Promise<PointStore> {
    const dimensions = dimensionsOf(record.config);
    return openLmdbPointStore(this.#folderOf(record), { mode, dimensions, durability: this.#durability });
  }

  #folderOf({ folder }: CollectionRecord): string {
    return join(this.path, collectionsFolder, folder);
  }
}

/** On a full disk the reserve of the catalogue makes room for the lock, so that points can be read and deleted. */
async function lockFolder(path: string): Promise<FolderLock> {
  try {
    return await acquireFolderLock(path);
  } catch (error) {
    if (!isForWantOfSpace(error)) throw error;
    await giveReserve(join(path, catalogFolder));
    return acquireFolderLock(path);
  }
}

function isForWantOfSpace(error: unknown): boolean {
  const cause: unknown = error instanceof OmenError ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && (cause.code === "ENOSPC" || cause.code === "EDQUOT");
}

async function openLocked(
  path: string,
  build: (catalog: CatalogStore) => FolderBacking,
): Promise<FolderBacking> {
  const collections = join(path, collectionsFolder);
  await makeFolder(collections);
  // The catalogue is there before the first collection. Without it every collection would count as left behind.
  const isUsed = (await readdir(collections)).some(isFolderName);
  const catalog = await openCatalogStore(join(path, catalogFolder), isUsed ? { mode: "open" } : {});
  try {
    const backing = build(catalog);
    await backing.removeOrphans();
    return backing;
  } catch (error) {
    await catalog.close();
    throw error;
  }
}

/** Components of a vector of each field. */
export function dimensionsOf(config: ResolvedCollectionConfig): number[] {
  return config.fields.map((field) => field.dimension);
}

/** The folder of a collection that could not be named. */
async function discard(store: PointStore, folder: string): Promise<void> {
  await store.close();
  await removeUnnamed(folder);
}
