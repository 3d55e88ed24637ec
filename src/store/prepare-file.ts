// What is done to the file of an LMDB environment before LMDB opens it: it is there or may be made, it is in the state of
// its last flush or a later one that is whole, and it is as long as it says.

import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { OmenError } from "../base/omen-error.js";
import { readFlushRecord, removeFlushRecord } from "./flush-record.js";
import { lmdbError } from "./lmdb-error.js";
import { checkMetaPages, putMetaBack } from "./lmdb-meta-page.js";
import { syncFile } from "./sync-path.js";

/** Returns whether there was a file; makes the folder if not. Throws OmenErrors as `openLmdbPointStore` says. */
export async function prepareFile(folder: string, mode: "create" | "open" | undefined): Promise<boolean> {
  const path = join(folder, "data.mdb");
  if ((await fileBytesOf(path)) === 0) {
    if (mode === "open") throw missingError(folder, path);
    await mkdir(folder, { recursive: true });
    return false;
  }
  if (mode === "create") throw existsError(folder);
  try {
    await goBackToFlushed(folder, path);
    await checkMetaPages(path);
  } catch (error) {
    throw lmdbError(error, folder, "opened");
  }
  return true;
}

/** Looks at a file that is only read: it is there, and as long as it says. Nothing is changed. */
export async function checkFile(folder: string): Promise<true> {
  const path = join(folder, "data.mdb");
  if ((await fileBytesOf(path)) === 0) throw missingError(folder, path);
  try {
    await checkMetaPages(path);
  } catch (error) {
    throw lmdbError(error, folder, "opened");
  }
  return true;
}

/** Does to a file that nobody has open what opening would do first. Throws OmenError corrupt (`file_damaged`). */
export async function recoverFile(folder: string): Promise<void> {
  const path = join(folder, "data.mdb");
  if ((await fileBytesOf(path)) > 0) await goBackToFlushed(folder, path);
}

/**
 * Where a store was not closed, makes it whole and flushed: as it was last where the process ended, and as it was at its
 * last flush where the machine did. Done again from the start if it is interrupted.
 */
async function goBackToFlushed(folder: string, path: string): Promise<void> {
  const flushed = await readFlushRecord(folder);
  if (flushed === undefined) return;
  if (flushed.isPlaceSame) await syncFile(path);
  else await putMetaBack(path, flushed.meta);
  await removeFlushRecord(folder);
}

async function fileBytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

function existsError(folder: string): OmenError {
  return new OmenError(
    "conflict",
    "store_exists",
    `The folder ${folder} already holds a store. Remove it, or open it instead.`,
  );
}

function missingError(folder: string, path: string): OmenError {
  return new OmenError(
    "corrupt",
    "store_missing",
    `The store in ${folder} is gone: ${path} is missing or empty. Restore it from a backup.`,
  );
}
