// A database of this process: opens collections when they are first asked for, and shares them.

import { availableParallelism } from "node:os";
import { compareText } from "../base/compare-text.js";
import { OmenError } from "../base/omen-error.js";
import type { EmbeddedCollection } from "../collection/collection.js";
import { indexThreads, type IndexThreads } from "../collection/index-threads.js";
import { openCollection } from "../collection/open-collection.js";
import { collectionDropped, databaseClosed, UseGate } from "../collection/use-gate.js";
import type { CollectionConfig, ResolvedCollectionConfig } from "../model/collection-config.js";
import type { Collection, CollectionInfo, Database } from "../model/database.js";
import type { DatabaseEventName, DatabaseListener } from "../model/database-events.js";
import type { DatabaseMetrics } from "../model/metrics.js";
import type { DatabaseCheck, VerifyOptions } from "../model/database-check.js";
import type { BackupOptions, BackupResult } from "../model/backup.js";
import type { DatabaseStats } from "../model/stats.js";
import { decodeBackup, type BackupRequest } from "../model/decode-backup.js";
import { decodeCollectionConfig, type ResolvedOpenOptions } from "../model/decode-config.js";
import { checkListener } from "../model/decode-listener.js";
import { decodeCollectionName } from "../model/decode-name.js";
import { decodeVerifyOptions } from "../model/decode-verify.js";
import type { Backing, OpenedStore } from "./backing.js";
import { DatabaseMonitor } from "./database-monitor.js";
import { orFolderUnusable } from "./database-folder.js";
import { checkDatabase } from "./database-checking.js";
import { backupDatabase } from "./backup-database.js";
import { takeMoment, type Moment, type MomentPart } from "./backup-moment.js";
import { memoryPath } from "./memory-backing.js";

const linkingThreadsDefaultMax = 4;
/** The host searches too; with more threads its own part of each search, rescoring and hits, is the bound. */
const searchThreadsDefaultMax = 3;

/** A folder of collections, or collections in memory, opened in this process. */
export class EmbeddedDatabase implements Database {
  readonly #backing: Backing;
  readonly #threads: IndexThreads;
  readonly #monitor: DatabaseMonitor;
  readonly #gate = new UseGate();
  /** Collections that are open. */
  readonly #ready = new Set<EmbeddedCollection>();
  /** Collections opened or being opened, by name. */
  readonly #opened = new Map<string, Promise<EmbeddedCollection>>();
  /** Stores opened for a backup, by name, until their collection takes them over or is dropped. */
  readonly #lent = new Map<string, Promise<OpenedStore>>();
  /** Settles when the last change of the catalogue that was asked for is over; never rejects. */
  #lastChange: Promise<unknown> = Promise.resolve();
  /** Settles when the last moment of a backup is over; never rejects. */
  #lastMoment: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(backing: Backing, { linkingThreads, searchThreads, slowQueryMs }: ResolvedOpenOptions) {
    this.#backing = backing;
    this.#monitor = new DatabaseMonitor(slowQueryMs);
    const cores = availableParallelism();
    this.#threads = indexThreads({
      linkingThreads: linkingThreads ?? Math.min(cores, linkingThreadsDefaultMax),
      searchThreads: searchThreads ?? Math.min(cores - 1, searchThreadsDefaultMax),
      onDeath: (death) => this.#monitor.threadDied(death),
    });
  }

  async createCollection(name: string, config: CollectionConfig): Promise<Collection> {
    return this.#gate.use(() => {
      const decodedName = decodeCollectionName(name);
      const decodedConfig = decodeCollectionConfig(config);
      return this.#change(() => this.#create(decodedName, decodedConfig));
    });
  }

  async collection(name: string): Promise<Collection> {
    return this.#gate.use(() => this.#open(decodeCollectionName(name)));
  }

  async listCollections(): Promise<CollectionInfo[]> {
    return this.#gate.use(() =>
      this.#backing.names().map((name) => ({ name, config: this.#configOf(name) })),
    );
  }

  async dropCollection(name: string): Promise<boolean> {
    return this.#gate.use(() => {
      const decodedName = decodeCollectionName(name);
      return this.#change(() => this.#drop(decodedName));
    });
  }

  async backup(path: string, options?: BackupOptions): Promise<BackupResult> {
    return this.#gate.use(() => {
      const request = decodeBackup(path, options);
      const { path: database } = this.#backing;
      if (database === memoryPath) throw inMemory();
      // Between changes of the catalogue, so that no collection is created or dropped half-way.
      const moment = (): Promise<Moment> => this.#change(() => this.#takeMoment(request));
      return backupDatabase({ request, database, takeMoment: moment });
    });
  }

  async stats(): Promise<DatabaseStats> {
    return this.#gate.use(async () => {
      const collections = [];
      for (const name of this.#backing.names()) collections.push(await (await this.#open(name)).stats());
      const { path, durability } = this.#backing;
      return { path, durability, collections, ...this.#threads.running };
    });
  }

  async metrics(): Promise<DatabaseMetrics> {
    return this.#gate.use(() => ({
      uptimeMs: performance.now() - this.#monitor.openedAtMs,
      ...this.#threads.running,
      total: this.#monitor.total(),
      collections: Array.from(this.#ready, (collection) => collection.metrics()).sort((a, b) =>
        compareText(a.name, b.name),
      ),
    }));
  }

  on<Name extends DatabaseEventName>(event: Name, listener: DatabaseListener<Name>): this {
    checkListener(event, listener);
    this.#gate.assertOpen();
    this.#monitor.on(event, listener);
    return this;
  }

  off<Name extends DatabaseEventName>(event: Name, listener: DatabaseListener<Name>): this {
    checkListener(event, listener);
    this.#monitor.off(event, listener);
    return this;
  }

  async verify(options?: VerifyOptions): Promise<DatabaseCheck> {
    return this.#gate.use(() =>
      checkDatabase(
        {
          backing: this.#backing,
          open: (name) => this.#open(name),
          change: (task) => this.#change(task),
          assertOpen: () => this.#gate.assertOpen(),
        },
        decodeVerifyOptions(options),
      ),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Everything is let go of even if a part fails to close; the first failure is told. */
  async #close(): Promise<void> {
    await this.#gate.end(databaseClosed);
    const collections = await Promise.allSettled(this.#opened.values());
    const opened = collections.flatMap((found) => (found.status === "fulfilled" ? [found.value] : []));
    const ends = await Promise.allSettled(opened.map((collection) => collection.close()));
    const lent = await Promise.allSettled(this.#lent.values());
    const stores = lent.flatMap((found) => (found.status === "fulfilled" ? [found.value.store] : []));
    ends.push(...(await Promise.allSettled(stores.map((store) => store.close()))));
    ends.push(...(await Promise.allSettled([this.#threads.close()])));
    ends.push(...(await Promise.allSettled([this.#told(this.#backing.close())])));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /** Runs one change of the catalogue behind those asked for before. */
  #change<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }

  async #create(name: string, config: ResolvedCollectionConfig): Promise<Collection> {
    if (this.#backing.configOf(name) !== undefined) {
      const message = `name: The collection ${JSON.stringify(name)} exists; open it with collection(), or drop it first.`;
      throw new OmenError("conflict", "collection_exists", message, {
        field: "name",
        received: JSON.stringify(name),
      });
    }
    const opened = await this.#told(this.#backing.create(name, config));
    try {
      return await this.#share(name, this.#build(name, config, opened));
    } catch (error) {
      await this.#takeBack(name);
      throw error;
    }
  }

  /** A collection for which there was no memory, say, must not be there afterwards: creating it failed. */
  async #takeBack(name: string): Promise<void> {
    try {
      const removeFiles = await this.#backing.remove(name);
      await removeFiles();
    } catch {
      // The first failure is told. What is left is an empty collection.
    }
  }

  #open(name: string): Promise<EmbeddedCollection> {
    const config = this.#configOf(name);
    const opened = this.#opened.get(name);
    if (opened !== undefined) return opened;
    return this.#share(
      name,
      this.#told(this.#storeOf(name)).then((opened) => this.#build(name, config, opened)),
    );
  }

  /** A store is opened once: one that was opened for a backup goes over to its collection. */
  async #storeOf(name: string): Promise<OpenedStore> {
    // Its writer could not be held any more for a moment that is being taken.
    await this.#lastMoment;
    const lent = this.#lent.get(name);
    this.#lent.delete(name);
    return lent ?? this.#backing.openStore(name);
  }

  #takeMoment({ checkpoints }: BackupRequest): Promise<Moment> {
    const opened = new Map(this.#opened);
    const parts = Promise.all(this.#backing.names().map((name) => this.#momentPart(name, opened.get(name))));
    const moment = parts.then((all) =>
      takeMoment(all, checkpoints ? "with checkpoints" : "without checkpoints"),
    );
    this.#lastMoment = moment.catch(() => undefined);
    return moment;
  }

  /** Of a collection that nobody has used, the store alone is opened, because its indexes take time and memory. */
  async #momentPart(name: string, opened: Promise<EmbeddedCollection> | undefined): Promise<MomentPart> {
    const config = this.#configOf(name);
    const collection = await opened;
    if (collection !== undefined) return { name, config, collection, ...collection.opened };
    const lent = this.#lent.get(name) ?? this.#backing.openStore(name);
    this.#lent.set(name, lent);
    lent.catch(() => this.#lent.delete(name));
    return { name, config, collection: undefined, ...(await lent) };
  }

  #build(
    name: string,
    config: ResolvedCollectionConfig,
    { store, folder }: OpenedStore,
  ): Promise<EmbeddedCollection> {
    // The configuration as this collection knows it: tells it from a later one of the same name.
    let saved = config;
    const saveConfig = (changed: ResolvedCollectionConfig): Promise<void> =>
      this.#change(async () => {
        if (this.#backing.configOf(name) !== saved) throw collectionDropped(name);
        await this.#backing.setConfig(name, changed);
        saved = changed;
      });
    const monitor = this.#monitor.begin(name);
    const sources = { name, config, store, folder, threads: this.#threads, saveConfig, monitor };
    return openCollection(sources).then(
      (collection) => {
        this.#ready.add(collection);
        return collection;
      },
      (error: unknown) => {
        this.#monitor.end(monitor);
        throw error;
      },
    );
  }

  #told<T>(work: Promise<T>): Promise<T> {
    return orFolderUnusable(this.#backing.path, work);
  }

  /** One that cannot be opened is forgotten, so that the next call tries again. */
  #share(name: string, opening: Promise<EmbeddedCollection>): Promise<EmbeddedCollection> {
    this.#opened.set(name, opening);
    opening.catch(() => {
      if (this.#opened.get(name) === opening) this.#opened.delete(name);
    });
    return opening;
  }

  /** Out of the catalogue first: a crash in between leaves files without a name, which the next opening removes. */
  async #drop(name: string): Promise<boolean> {
    if (this.#backing.configOf(name) === undefined) return false;
    const removeFiles = await this.#backing.remove(name);
    const opened = this.#opened.get(name);
    this.#opened.delete(name);
    // One that could not be opened has nothing to close.
    const collection = await opened?.catch(() => undefined);
    if (collection !== undefined) {
      this.#ready.delete(collection);
      await collection.closeDropped();
      this.#monitor.end(collection.monitor);
    }
    const lent = await this.#lent.get(name)?.catch(() => undefined);
    this.#lent.delete(name);
    await lent?.store.close();
    await removeFiles();
    return true;
  }

  #configOf(name: string): ResolvedCollectionConfig {
    const config = this.#backing.configOf(name);
    if (config !== undefined) return config;
    const message = `name: There is no collection ${JSON.stringify(name)}; create it, or see listCollections().`;
    throw new OmenError("not_found", "collection_not_found", message, {
      field: "name",
      received: JSON.stringify(name),
    });
  }
}

function inMemory(): OmenError {
  const message =
    "A database in memory cannot be backed up; open one in a folder, or copy the points with list().";
  return new OmenError("unsupported", "backup_in_memory", message);
}
