// Looks at what a backup holds of a collection: its configuration, and its store once that is unpacked.

import { OmenError } from "../base/omen-error.js";
import { backupDamaged } from "../backup/backup-error.js";
import type { ManifestCollection } from "../backup/manifest.js";
import { runInSlices } from "../collection/time-slices.js";
import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import { decodeCollectionName } from "../model/decode-name.js";
import { openLmdbPointStore } from "../store/lmdb-point-store.js";
import type { PointStore } from "../store/point-store.js";
import { decodeCollectionRecord, encodeCollectionConfig } from "./collection-record.js";

/** A folder of a collection, which stands for the one that a record in a backup lacks. */
const noFolder = "0".repeat(16);

/** The configuration of a collection in a backup. Throws `backup_damaged`. */
export function configInBackup(path: string, { name, config }: ManifestCollection): ResolvedCollectionConfig {
  try {
    const decoded = decodeCollectionRecord(decodeCollectionName(name), {
      ...config,
      folder: noFolder,
    }).config;
    // The decoder passes over fields that it does not know.
    const known = Object.keys(encodeCollectionConfig(decoded));
    const strange = Object.keys(config).find((field) => !known.includes(field));
    if (strange !== undefined) throw new RangeError(`unknown field ${strange}`);
    return decoded;
  } catch (cause) {
    throw backupDamaged(path, "the configuration of a collection in it cannot be read", cause);
  }
}

export interface UnpackedStore {
  /** The backup it came from. */
  readonly backup: string;
  /** Where it was unpacked. */
  readonly folder: string;
  readonly collection: ManifestCollection;
}

/**
 * Opens an unpacked store, compares what it says of itself with the manifest, and looks at its keys, or with `records`
 * reads each point, vector and id. Throws what opening and reading a store throw, and `backup_damaged`.
 */
export async function checkUnpacked(
  { backup, folder, collection }: UnpackedStore,
  how: "state" | "records",
): Promise<void> {
  const { fields } = configInBackup(backup, collection);
  const dimensions = fields.map(({ dimension }) => dimension);
  const store = await openLmdbPointStore(folder, { mode: "open", dimensions });
  try {
    const { sequence, pointCount, rowEnd } = store.state;
    const isSame =
      sequence === collection.sequence && pointCount === collection.points && rowEnd === collection.rowEnd;
    if (!isSame) throw backupDamaged(backup, `${JSON.stringify(collection.name)} in it is of another moment`);
    if (how === "state") return;
    await store.verifyKeys();
    await runInSlices(readRecords(store, dimensions));
  } finally {
    await store.close();
  }
}

function* readRecords(store: PointStore, dimensions: readonly number[]): Generator<void, void> {
  const targets = dimensions.map((dimension) => new Float32Array(dimension));
  for (const { row } of store.points()) {
    for (const [field, target] of targets.entries()) store.readVector(field, row, target, 0);
    yield;
  }
}

/** The error for a source that turned out to be damaged when its copy was looked at. */
export function sourceDamaged(name: string, cause: unknown): unknown {
  if (!(cause instanceof OmenError) || cause.kind !== "corrupt") return cause;
  const message = `The collection ${JSON.stringify(name)} could not be backed up, because its copy is damaged as its store may be. Restore an earlier backup, or delete what is damaged: ${cause.message}`;
  return new OmenError("corrupt", "backup_source_damaged", message, { field: name, cause });
}
