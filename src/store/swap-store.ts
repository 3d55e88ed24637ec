// Puts a repaired file in the place of a damaged one, which is kept under another name. At every moment one of the two is
// there under the name data.mdb, so that a crash leaves nothing that another repair does not finish.

import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { linkOrCopy } from "./folder-lock.js";
import { syncFile, syncFolder } from "./sync-path.js";

/** Where the files are. */
export interface StoreSwap {
  /** The folder of the damaged store. */
  readonly folder: string;
  /** The folder of the repaired one, whose store is closed. It is removed. */
  readonly repaired: string;
  /** Where the damaged file is kept; made here. */
  readonly setAside: string;
}

/** Swaps the files, durably. Nobody has either store open. */
export async function swapStore({ folder, repaired, setAside }: StoreSwap): Promise<void> {
  await keepFile(join(folder, "data.mdb"), setAside);
  await syncFile(join(repaired, "data.mdb"));
  // The table of readers belongs to the damaged file, and whoever opens the store makes another.
  await rm(join(folder, "lock.mdb"), { force: true });
  await rename(join(repaired, "data.mdb"), join(folder, "data.mdb"));
  await syncFolder(folder);
  await rm(repaired, { recursive: true, force: true });
}

/** Gives a file one more name in `setAside`, or makes a copy where the file system has no links. */
export async function keepFile(path: string, setAside: string): Promise<void> {
  await mkdir(setAside, { recursive: true });
  await linkOrCopy(path, join(setAside, "data.mdb")).catch((error: unknown) => {
    // A file that is gone cannot be kept.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  });
  await syncFolder(setAside);
  await syncFolder(dirname(setAside));
  await syncFolder(dirname(dirname(setAside)));
}
