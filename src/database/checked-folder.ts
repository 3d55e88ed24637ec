// Holds the folder of a database for work on files that nobody has open, and refuses what is no database.

import { readdir, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { OmenError } from "../base/omen-error.js";
import { invalidInput } from "../model/invalid-input.js";
import { acquireFolderLock } from "../store/folder-lock.js";
import { catalogFolder, collectionsFolder, folderUnusable } from "./database-folder.js";
import { memoryPath } from "./memory-backing.js";

/**
 * Runs `work` while this process holds the folder. Throws OmenError invalid (`path`, `path_not_folder`, `not_a_database`),
 * conflict (`folder_locked`), unavailable (`folder_unusable`) or not_found (`folder_not_found`).
 */
export async function withLockedFolder<Result>(
  given: unknown,
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  if (typeof given !== "string" || given === "" || given.includes("\0") || given === memoryPath)
    throw invalidInput("path", "path", given, "The path of the folder of a database is needed.");
  const path = resolve(given);
  await assertDatabase(path);
  const lock = await acquireFolderLock(path);
  try {
    return await work(path);
  } finally {
    await lock.release();
  }
}

async function assertDatabase(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw folderUnusable(path, error);
    const message = `path: There is no folder ${path}.`;
    throw new OmenError("not_found", "folder_not_found", message, { field: "path", received: path });
  });
  if (!found.isDirectory())
    throw invalidInput("path_not_folder", "path", path, "This is a file; the path of a folder is needed.");
  const names = await readdir(path);
  // A catalogue that is gone is damage, as long as there is something that it would name.
  if (names.includes(catalogFolder) || names.includes(collectionsFolder)) return;
  throw invalidInput("not_a_database", "path", path, "The folder holds no database.");
}
