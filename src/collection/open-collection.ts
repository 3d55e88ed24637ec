// Putting a collection together: its store is opened, its indexes are brought up to the store, and the rest is built
// on them.

import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import type { PointStore } from "../store/point-store.js";
import type { IndexThreads } from "../vector/index-threads.js";
import type { VectorIndex } from "../vector/vector-index.js";
import { MetadataIndexes } from "../metadata/metadata-indexes.js";
import { Checkpoints } from "./checkpoints.js";
import { type BackgroundWork, EmbeddedCollection } from "./collection.js";
import { CollectionMonitor } from "./collection-monitor.js";
import { Compaction } from "./compaction.js";
import { metadataPath } from "./metadata-file.js";
import { metadataIndex } from "./metadata-settings.js";
import { MetadataFilling } from "./metadata-filling.js";
import { openIndexes } from "./open-indexes.js";
import { openRows } from "./open-rows.js";
import { PointViews } from "./point-views.js";
import { Searcher } from "./searcher.js";
import { UseGate } from "./use-gate.js";
import { Writer } from "./writer.js";

/** What a collection is opened from. */
export interface CollectionSources {
  readonly name: string;
  readonly config: ResolvedCollectionConfig;
  /** Where checkpoints are kept; `undefined` in memory. */
  readonly folder: string | undefined;
  readonly store: PointStore;
  readonly threads: IndexThreads;
  /** Makes another configuration durable. */
  readonly saveConfig: (config: ResolvedCollectionConfig) => Promise<void>;
  /** Counts and tells what the collection does; without one nobody hears of it. */
  readonly monitor?: CollectionMonitor;
  /** Smallest file of a store that is compacted. For tests. */
  readonly compactionBytesMin?: number;
}

/** Opens a collection over its store, which it closes when it is closed itself, or cannot be opened. */
export async function openCollection(sources: CollectionSources): Promise<EmbeddedCollection> {
  const { name, config, folder, store, monitor = new CollectionMonitor(sources.name) } = sources;
  const indexes = await openIndexes({ ...sources, monitor }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const metadata = new MetadataIndexes(metadataIndex(config.indexedMetadata, store));
  let background: BackgroundWork | undefined;
  const forget = forgetter(store);
  const writer = new Writer({
    store,
    indexes,
    metadata,
    dimensions: config.fields.map((field) => field.dimension),
    monitor,
    openRows: () => openRows(store, indexes),
    onPublished: () => {
      if (background === undefined) return forget();
      // Compacting comes first: it may begin at once, and a checkpoint waits for linking anyway.
      background.compaction.published();
      background.checkpoints.consider();
    },
  });
  if (folder !== undefined)
    background = backgroundWork(sources, folder, { indexes, metadata, writer, monitor });
  const gate = new UseGate();
  const assertOpen = (): void => gate.assertOpen();
  const views = new PointViews(store, config.fields);
  const searcher = new Searcher({
    store,
    metadata,
    writer,
    indexes,
    views,
    assertOpen,
    fields: config.fields,
    monitor,
  });
  const filling = new MetadataFilling({ store, metadata, writer });
  filling.begin(folder === undefined ? undefined : metadataPath(folder));
  const parts = {
    name,
    saveConfig: sources.saveConfig,
    config,
    folder,
    store,
    indexes,
    metadata,
    filling,
    writer,
    views,
    searcher,
    background,
    gate,
    monitor,
  };
  return new EmbeddedCollection(parts);
}

/** Checkpoints, and a look after each at what it left free in the file. */
function backgroundWork(
  { store, config, compactionBytesMin }: CollectionSources,
  folder: string,
  {
    indexes,
    metadata,
    writer,
    monitor,
  }: {
    readonly indexes: readonly VectorIndex[];
    readonly metadata: MetadataIndexes;
    readonly writer: Writer;
    readonly monitor: CollectionMonitor;
  },
): BackgroundWork {
  const { fields } = config;
  const checkpoints = new Checkpoints({ folder, store, fields, indexes, metadata, writer, monitor });
  const fileBytesMin = compactionBytesMin;
  const compaction = new Compaction({ folder, store, writer, checkpoints, monitor, fileBytesMin });
  checkpoints.onSettled = () => compaction.consider();
  return { checkpoints, compaction };
}

/** Without checkpoints nobody asks for row changes: they are forgotten now and then, so that they do not pile up. */
function forgetter(store: PointStore): () => void {
  const operationsKept = 1_000;
  let forgottenTo = 0;
  return () => {
    const { sequence } = store.state;
    if (sequence - forgottenTo < operationsKept) return;
    forgottenTo = sequence;
    void store.trimChanges(sequence);
  };
}
