// The folder of a database as the file system sees it: whether it is one, and making folders that a power cut does
// not take back.

import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { OmenError } from "../base/omen-error.js";
import { isLockFileName } from "../store/folder-lock.js";
import { syncFolder } from "../store/sync-path.js";
import { invalidInput } from "../model/invalid-input.js";

/** The catalogue, in the folder of a database; it is what makes a folder one. */
export const catalogFolder = "catalog";
/** The folder of the collections, in the folder of a database. */
export const collectionsFolder = "collections";
/** Where a backup is being restored to, in the folder of a database; what a crash left there goes at the next opening. */
export const stagingFolder = "restoring";

/** Makes the folder if there is none, and refuses one that holds something else than a database. */
export async function prepareFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
  } catch (error) {
    throw (await isFolder(path)) === false ? notFolder(path) : folderUnusable(path, error);
  }
  const names = await readdir(path).catch((error: unknown) => {
    throw folderUnusable(path, error);
  });
  if (names.includes(catalogFolder)) return;
  const strange = names.find((name) => !isOwnName(name));
  if (strange !== undefined) throw notDatabase(path, strange);
}

/** Names that a database leaves before its catalogue is there, and hidden files, which are nobody's content. */
function isOwnName(name: string): boolean {
  const isOurs = name === collectionsFolder || name === stagingFolder || isLockFileName(name);
  return isOurs || name === "lost+found" || name.startsWith(".");
}

/** Makes a folder and those above it, durably. */
export async function makeFolder(path: string): Promise<void> {
  const full = resolve(path);
  const first = await mkdir(full, { recursive: true });
  if (first === undefined) return;
  // A folder is durable once the one above it is flushed.
  for (let made = full; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function isFolder(path: string): Promise<boolean | undefined> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
}

function notFolder(path: string): OmenError {
  return invalidInput("path_not_folder", "path", path, "This is a file; the path of a folder is needed.");
}

function notDatabase(path: string, strange: string): OmenError {
  const message = `The folder holds ${join(path, strange)} and no database; use an empty or a new folder.`;
  return invalidInput("not_a_database", "path", path, message);
}

/** Settles as `work` does, but what the operating system refused is told as `folder_unusable`. */
export async function orFolderUnusable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isRefusal = error instanceof Error && !(error instanceof OmenError) && "syscall" in error;
    throw isRefusal ? folderUnusable(path, error) : error;
  }
}

/** Removes a folder that nothing names any more. One that cannot be removed goes at the next opening. */
export async function removeUnnamed(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    process.emitWarning(
      `${path} could not be removed and is tried again later: ${String(error)}`,
      "OmenDBWarning",
    );
  }
}

/** The error for a folder that the operating system keeps from us. */
export function folderUnusable(path: string, cause: unknown): OmenError {
  const told = cause instanceof Error ? cause.message : String(cause);
  const message = `path: The folder ${path} cannot be used; check its permissions and the disk: ${told}`;
  return new OmenError("unavailable", "folder_unusable", message, { field: "path", received: path, cause });
}
