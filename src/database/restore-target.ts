// The folder that a backup is restored into, from the first look at it to what must be undone if restoring fails.

import { readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { targetNotEmpty } from "../backup/backup-error.js";
import { openCatalogStore } from "../store/catalog-store.js";
import { isFolderName } from "./collection-record.js";
import {
  catalogFolder,
  collectionsFolder,
  folderUnusable,
  prepareFolder,
  stagingFolder,
} from "./database-folder.js";
import type { StagedFolders } from "./restore-staging.js";

export interface RestoreTarget {
  readonly path: string;
  /** With the lock held: checks that it may be used, and makes an empty database where there is none. */
  begin(): Promise<void>;
  /** With the lock held: removes what restoring has left, such as the folders it made. */
  undo(staged: StagedFolders): Promise<void>;
}

/** Makes the folder if need be. Throws as opening a database does. */
export async function claimRestoreTarget(
  given: string,
  mode: "replace" | "only if empty",
): Promise<RestoreTarget> {
  const path = resolve(given);
  await prepareFolder(path);
  let madeCatalog = false;
  return {
    path,
    begin: async () => {
      if (mode === "only if empty") await checkEmpty(path, given);
      madeCatalog = await makeEmptyCatalog(path);
    },
    undo: async (staged) => {
      const moved = staged.map((folder) => join(path, collectionsFolder, folder));
      for (const left of [join(path, stagingFolder), ...moved])
        await rm(left, { recursive: true, force: true });
      if (madeCatalog) await rm(join(path, catalogFolder), { recursive: true, force: true });
    },
  };
}

/** A database without collections is as good as no database: there is nothing to lose. */
async function checkEmpty(path: string, given: string): Promise<void> {
  const taken = targetNotEmpty(given, 'holds a database; with "replace" the backup takes its place.');
  const names = await namesIn(path);
  if (!names.includes(catalogFolder)) {
    if ((await namesIn(join(path, collectionsFolder))).some(isFolderName)) throw taken;
    return;
  }
  // One that cannot be opened may hold what somebody can still save.
  const catalog = await openCatalogStore(join(path, catalogFolder), { mode: "open" }).catch(() => {
    throw taken;
  });
  const { length } = catalog.entries();
  await catalog.close();
  if (length > 0) throw taken;
}

/**
 * So that a crash leaves a database that can be opened, not collections without a catalogue. Where these are there
 * already, they stay as they are until the switch.
 */
async function makeEmptyCatalog(path: string): Promise<boolean> {
  if ((await namesIn(path)).includes(catalogFolder)) return false;
  if ((await namesIn(join(path, collectionsFolder))).some(isFolderName)) return false;
  await (await openCatalogStore(join(path, catalogFolder))).close();
  return true;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw folderUnusable(folder, error);
  });
}
