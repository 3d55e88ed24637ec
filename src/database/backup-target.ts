// The folder that a backup is written into: new or empty, not in the database itself, and nobody else's from then on.

import { mkdir, readdir, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { targetNotEmpty } from "../backup/backup-error.js";
import { unfinishedNames } from "../backup/backup-files.js";
import type { BackupChain } from "../backup/backup-chain.js";
import { indexName, manifestName, packName } from "../backup/manifest.js";
import { invalidInput } from "../model/invalid-input.js";
import { makeFolder } from "./database-folder.js";

/** Where stores are unpacked to be looked at; made first, so that who makes it has the folder. */
const workFolder = "verifying";

export interface BackupTarget {
  /** Without links. */
  readonly path: string;
  /** For work, removed before the backup is finished. */
  readonly work: string;
  /** Removes all that a backup has left, and the folder if it was made for it. */
  discard(): Promise<void>;
}

/** Makes the folder of a backup. Throws `conflict` (`target_not_empty`) or `invalid` (`path_not_folder`, `backup_place`). */
export async function claimTarget(
  given: string,
  { database, base }: { readonly database: string; readonly base: BackupChain | undefined },
): Promise<BackupTarget> {
  const path = await realPathOf(resolve(given));
  if (isWithin(path, await realpath(database))) {
    const message = "A backup in the folder of its database is lost with it; choose a folder elsewhere.";
    throw invalidInput("backup_place", "path", given, message);
  }
  if (base !== undefined && dirname(base.newest.path) !== dirname(path)) {
    const message = `The base is in ${dirname(base.newest.path)}; a backup lies beside its base, which is looked for there.`;
    throw invalidInput("backup_place", "path", given, message);
  }
  const isThere = await checkEmpty(path, given);
  await makeFolder(path);
  const work = join(path, workFolder);
  await mkdir(work).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === "EEXIST"
      ? targetNotEmpty(given, "is being written by another backup.")
      : error;
  });
  return { path, work, discard: () => discard(path, isThere ? "keep the folder" : "remove the folder") };
}

/** Whether `path` is `folder` or in it; both without links. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** The path without links, of which the last parts need not exist. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    return join(await realPathOf(parent), basename(path));
  }
}

/** Whether there is a folder, which must be empty. */
async function checkEmpty(path: string, given: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isDirectory())
    throw invalidInput("path_not_folder", "path", given, "This is a file; the path of a folder is needed.");
  const names = await readdir(path);
  if (names.length === 0) return true;
  if (names.includes(manifestName)) throw targetNotEmpty(given, "holds a backup. Choose a new folder.");
  if ([indexName, packName, ...unfinishedNames].some((name) => names.includes(name)))
    throw targetNotEmpty(given, "holds a backup that was never finished. Remove it, or choose a new folder.");
  throw targetNotEmpty(
    given,
    `holds ${names.join(", ").slice(0, 80)}. Choose a new folder, or an empty one.`,
  );
}

async function discard(path: string, folder: "keep the folder" | "remove the folder"): Promise<void> {
  if (folder === "remove the folder") return rm(path, { recursive: true, force: true });
  for (const name of [manifestName, indexName, packName, ...unfinishedNames])
    await rm(join(path, name), { recursive: true, force: true });
}
