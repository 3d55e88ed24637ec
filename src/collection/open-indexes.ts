// Opening the index of each vector field: the checkpoint, if there is a good one, and the rows that came after it;
// else all rows of the store. The store is the truth, so a checkpoint in doubt is thrown away.

import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import type { RebuildEvent } from "../model/database-events.js";
import type { PointStore } from "../store/point-store.js";
import type { IndexThreads } from "../vector/index-threads.js";
import type { OriginalReader } from "../vector/searcher.js";
import { VectorIndex, type VectorIndexOptions } from "../vector/vector-index.js";
import type { CollectionMonitor } from "./collection-monitor.js";
import { runInSlices } from "./time-slices.js";

/** What indexes are opened from. Without a folder there are no checkpoints. */
export interface IndexSources {
  readonly config: ResolvedCollectionConfig;
  readonly folder: string | undefined;
  readonly store: PointStore;
  readonly threads: IndexThreads;
  readonly monitor: CollectionMonitor;
}

/** The checkpoint file of a field. Files are numbered, because names of fields are the caller's. */
export function checkpointPath(folder: string, field: number): string {
  return join(folder, `index-${field}.omen`);
}

/** Opens one index a field, in the order of the configuration; each finds every point of the store. */
export async function openIndexes(sources: IndexSources): Promise<VectorIndex[]> {
  const indexes: VectorIndex[] = [];
  try {
    for (let field = 0; field < sources.config.fields.length; field++)
      indexes.push(await openIndex(sources, field));
    return indexes;
  } catch (error) {
    await Promise.all(indexes.map((index) => index.close()));
    throw error;
  }
}

async function openIndex(sources: IndexSources, field: number): Promise<VectorIndex> {
  const options = indexOptions(sources, field);
  const kept = await openFromCheckpoint(sources, field, options);
  if (typeof kept !== "string") return kept;
  const begin = performance.now();
  const index = await VectorIndex.create(options);
  const target = { index, store: sources.store, field, dimension: options.dimension };
  await closedOnFailure(index, async () => {
    index.reserve(sources.store.state.rowEnd);
    await runInSlices(addRows(target, sources.store.rowsOf(field)));
  });
  const points = sources.store.state.pointCount;
  // A new collection, or one in memory, has nothing that could have been loaded.
  if (sources.folder !== undefined && points > 0) {
    const durationMs = performance.now() - begin;
    const { name } = sources.config.fields[field]!;
    sources.monitor.rebuilt({ field: name, reason: kept, points, durationMs });
  }
  return index;
}

function indexOptions(sources: IndexSources, field: number): VectorIndexOptions {
  const { config, folder, store, threads, monitor } = sources;
  const { name, dimension, metric } = config.fields[field]!;
  const { quantization, originals, maxDegree, efConstruction } = config;
  return {
    dimension,
    metric,
    quantization,
    originals,
    maxDegree,
    efConstruction,
    threads,
    durable: folder !== undefined,
    originalReader: originalReader(store, field),
    meters: monitor.meters.indexes,
    onLinkingFailed: (error) => {
      const at = name === "" ? "" : ` of the field ${JSON.stringify(name)}`;
      monitor.failed("linking", error, `${error.message} This is the index${at}.`);
    },
  };
}

function originalReader(store: PointStore, field: number): OriginalReader {
  return {
    read: (row, target, offset) => store.readVector(field, row, target, offset),
    readUnchecked: store.readVectorUnchecked?.bind(store, field),
  };
}

/** The index, or why there is none to be loaded. */
async function openFromCheckpoint(
  { folder, store }: IndexSources,
  field: number,
  options: VectorIndexOptions,
): Promise<VectorIndex | RebuildEvent["reason"]> {
  if (folder === undefined) return "missing";
  const path = checkpointPath(folder, field);
  const loaded = await VectorIndex.load(path, options);
  if (loaded === undefined) return (await exists(path)) ? "unusable" : "missing";
  const { index, sequence } = loaded;
  const target = { index, store, field, dimension: options.dimension };
  let isCaughtUp = false;
  await closedOnFailure(index, async () => {
    isCaughtUp = sequence <= store.state.sequence && (await runInSlices(catchUp(target, sequence)));
  });
  if (isCaughtUp) return index;
  await index.close();
  // After the restoration of a backup, say: once the store has caught up with its number it would pass for good.
  await rm(path, { force: true });
  return "contradicted";
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Brings the index up to the store while linking gives way; closes it if that fails. */
async function closedOnFailure(index: VectorIndex, work: () => Promise<void>): Promise<VectorIndex> {
  index.beginWrite();
  try {
    await work();
    index.endWrite();
    return index;
  } catch (error) {
    index.endWrite();
    await index.close();
    throw error;
  }
}

/** An index that is brought up to the store. */
interface IndexTarget {
  readonly index: VectorIndex;
  readonly store: PointStore;
  readonly field: number;
  readonly dimension: number;
}

/**
 * Applies what came after the checkpoint, some of which it may hold already, because writes go on while a file is
 * written. False if that is no longer known or contradicts the checkpoint.
 */
function* catchUp(target: IndexTarget, sequence: number): Generator<void, boolean> {
  const { index, store } = target;
  const changes = store.changesSince(sequence);
  if (changes === undefined) return false;
  const added = new Set<number>();
  const removed: number[] = [];
  for (const change of changes) {
    for (const row of change.removed) {
      added.delete(row);
      removed.push(row);
    }
    for (const row of change.added) added.add(row);
    yield;
  }
  // A row that was reused is removed first: the checkpoint may hold either vector.
  index.remove(removed);
  // One that is live now was added once and is in the checkpoint already.
  const missing = Uint32Array.from(added)
    .sort()
    .filter((row) => !index.isLive(row));
  // A row that the graph still passes through cannot take a vector.
  if (missing.some((row) => index.isOccupied(row))) return false;
  index.reserve(store.state.rowEnd);
  yield* addRows(target, missing);
  return true;
}

const rowsAPublication = 256;

/** Writes those rows of the store into the index that hold a vector of its field. */
function* addRows(target: IndexTarget, rows: Iterable<number>): Generator<void, void> {
  const { index, store, field, dimension } = target;
  const vector = new Float32Array(dimension);
  let written: number[] = [];
  for (const row of rows) {
    if (!store.readVector(field, row, vector, 0)) continue;
    index.write(row, vector);
    written.push(row);
    if (written.length < rowsAPublication) continue;
    index.publish(written);
    written = [];
    yield;
  }
  index.publish(written);
}
