// Support for tests of this folder: a store in memory that outlives its collection, and can be made to fail.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CollectionConfig, ResolvedCollectionConfig } from "../model/collection-config.js";
import { decodeCollectionConfig } from "../model/decode-config.js";
import { MemoryPointStore } from "../store/memory-point-store.js";
import type { StoreBatch } from "../store/point-store.js";
import type { EmbeddedCollection } from "./collection.js";
import { CollectionMonitor } from "./collection-monitor.js";
import { indexThreads } from "./index-threads.js";
import { openCollection } from "./open-collection.js";

/** A store whose content stays when it is closed, as that of a file does. */
export class KeptStore extends MemoryPointStore {
  /** Thrown by the next commit, which does nothing then. */
  nextFailure: Error | undefined;
  /** Batches committed so far. */
  commitCount = 0;

  override async commit(batch: StoreBatch, applied?: () => void): Promise<void> {
    const failure = this.nextFailure;
    this.nextFailure = undefined;
    if (failure !== undefined) throw failure;
    this.commitCount++;
    await super.commit(batch, applied);
  }

  override async close(): Promise<void> {
    // The next opening of the collection goes on with it.
  }
}

/** Opens collections over one store, one after the other. */
export interface Reopener {
  readonly store: KeptStore;
  readonly folder: string;
  open(monitor?: CollectionMonitor): Promise<EmbeddedCollection>;
}

/** Runs `use` with a store and a folder for checkpoints, and cleans up. */
export async function withKeptStore(
  config: CollectionConfig,
  use: (reopener: Reopener) => Promise<void>,
): Promise<void> {
  let resolved = decodeCollectionConfig(config);
  const store = new KeptStore({ dimensions: resolved.fields.map((field) => field.dimension) });
  const folder = await mkdtemp(join(tmpdir(), "omendb-collection-"));
  const threads = indexThreads({ linkingThreads: 1, searchThreads: 1 });
  try {
    const saveConfig = async (changed: ResolvedCollectionConfig): Promise<void> => {
      resolved = changed;
    };
    const open = (monitor = new CollectionMonitor("points")): Promise<EmbeddedCollection> =>
      openCollection({ name: "points", config: resolved, store, folder, threads, saveConfig, monitor });
    await use({ store, folder, open });
  } finally {
    await threads.close();
    await rm(folder, { recursive: true, force: true });
  }
}
