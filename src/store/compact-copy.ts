// A compacting copy of a point store that takes the place of its file. At every moment one of the two, which hold the
// same, is whole under the name data.mdb:
//
//   data.mdb ──copy──> compacting/data.mdb ──open, check, flush──> rename over data.mdb ──flush the folder──> done
//
// The copy is opened before the rename, so that reads go over to it in one turn, and iterations under way end in the
// old file, whose space comes back when the last of them has. Windows lets nobody rename over a file that is open.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { OmenError } from "../base/omen-error.js";
import type { PointTables } from "./lmdb-batch.js";
import { LmdbEnvironment, type LmdbEnvironmentOptions, type LmdbTable } from "./lmdb-environment.js";
import { openPointTables } from "./open-point-tables.js";
import { type StoreMeta, writeStoreMeta } from "./store-meta.js";

/** Disk space left over beside the copy, because other files are written meanwhile. */
const sparedBytes = 2 ** 26;

/** A store that is open. */
export interface OpenedTables {
  readonly environment: LmdbEnvironment;
  readonly tables: PointTables;
}

export interface CopySources extends OpenedTables {
  /** What the store knows about itself, and the copy must say too. */
  readonly meta: StoreMeta;
  readonly options: LmdbEnvironmentOptions;
  /** Called with the folder of the copy when it is written and before it is looked at. For tests. */
  readonly onCopied?: ((folder: string) => Promise<void>) | undefined;
}

/** Whether the file of an open store can be replaced here. */
export const canCompact = process.platform !== "win32";

/** Where the copy is written, in the folder of the store. */
export function copyFolder(folder: string): string {
  return join(folder, "compacting");
}

/** Removes what a crash or a failure left of a copy. Before the store is opened, or when no copy is being made. */
export async function removeCopy(folder: string): Promise<void> {
  await rm(copyFolder(folder), { recursive: true, force: true });
}

/** All tables of a store. */
export function tablesOf({
  meta,
  points,
  ids,
  changes,
  vectors,
}: PointTables): (LmdbTable<number> | LmdbTable<Uint8Array>)[] {
  return [meta, points, ids, changes, ...vectors];
}

/**
 * Writes and opens a flushed copy with the same content, while no commit is in flight. If it rejects nothing has
 * changed. Throws `unavailable` (`disk_full`, `poisoned`), `corrupt` as opening does, or what the file system says.
 */
export async function openCompactCopy(sources: CopySources): Promise<OpenedTables> {
  const { folder } = sources.environment;
  sources.environment.assertSound();
  await checkRoom(sources);
  await removeCopy(folder);
  try {
    await mkdir(copyFolder(folder));
    await sources.environment.copyTo(copyFolder(folder));
    await sources.onCopied?.(copyFolder(folder));
    return await openCopy(sources);
  } catch (error) {
    await removeCopy(folder);
    throw error;
  }
}

async function checkRoom({ environment, tables }: CopySources): Promise<void> {
  const needed = environment.usedBytes(tablesOf(tables)) + sparedBytes;
  const free = await environment.freeDiskBytes();
  if (free >= needed) return;
  const message = `Compacting the store in ${environment.folder} needs ${needed} bytes on the disk, and ${free} are free. Free some space.`;
  throw new OmenError("unavailable", "disk_full", message, { received: `${free} bytes` });
}

async function openCopy({ environment, meta, options }: CopySources): Promise<OpenedTables> {
  // Its pages are compared with its size here.
  const copy = await LmdbEnvironment.open(copyFolder(environment.folder), { ...options, mode: "open" });
  try {
    const dimensions = meta.fields.map((field) => field.dimension);
    const opened = await openPointTables(copy, { dimensions, mode: "open" });
    if (Buffer.compare(writeStoreMeta(opened.meta), writeStoreMeta(meta)) !== 0)
      throw copyDiffers(environment.folder);
    await copy.sync();
    return { environment: copy, tables: opened.tables };
  } catch (error) {
    await copy.close();
    throw error;
  }
}

function copyDiffers(folder: string): OmenError {
  const message = `A compacting copy of the store in ${folder} is not of the state that was copied. Check the disk.`;
  return new OmenError("corrupt", "meta_corrupt", message);
}
