// Tells what a failure of LMDB means to the caller.

import { constants } from "node:os";
import { statfs } from "node:fs/promises";
import { AssertionError } from "node:assert";
import { OmenError } from "../base/omen-error.js";

const panic = -30795;
/** LMDB's own error numbers lie here; the others are errno of the operating system. */
const lmdbErrorMin = -30800;
const lmdbErrorMax = -30700;

/** Free bytes below which a failed write counts as a full disk: what LMDB wrote last has taken the rest. */
const fullDiskBytes = 2 ** 20;

/** The OmenError of an error thrown by lmdb while the store in `folder` was opened or read. */
export function lmdbError(error: unknown, folder: string, action: "opened" | "read"): unknown {
  if (error instanceof OmenError || error instanceof AssertionError) return error;
  const code = numericCode(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code === panic) return commitError("poisoned", { folder, cause: error });
  if (code === undefined || (code > lmdbErrorMin && code < lmdbErrorMax)) {
    const message = `The store in ${folder} could not be ${action}: its file is damaged (${text}). Restore it from a backup.`;
    return new OmenError("corrupt", "file_damaged", message, { cause: error });
  }
  const message = `The store in ${folder} could not be ${action}: ${text}. Check that the folder and its files can be read and written.`;
  return new OmenError("unavailable", action === "opened" ? "open_failed" : "read_failed", message, {
    cause: error,
  });
}

/** What made a commit fail. lmdb rejects with an error that says only where to look: a promise that rejects in turn. */
export async function commitCause(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && "commitError" in error)) return error;
  return Promise.resolve(error.commitError).then(
    () => error,
    (cause: unknown) => cause,
  );
}

/**
 * What keeps a commit from being written, where that is harmless; `undefined` for any other failure. LMDB reports a write
 * cut short by a full disk as EIO, as if the disk were broken.
 */
export function refusalOf(cause: unknown, freeBytesLeft: number): "disk_full" | "read_only" | undefined {
  const code = errorNumber(cause);
  const { ENOSPC, EDQUOT, EIO, EROFS } = constants.errno;
  if (code === ENOSPC || code === EDQUOT || (code === EIO && freeBytesLeft < fullDiskBytes))
    return "disk_full";
  return code === EROFS ? "read_only" : undefined;
}

/** Bytes that this process may still write on the disk of `folder`. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

type CommitErrorCode = "disk_full" | "read_only" | "flush_failed" | "poisoned" | "acknowledged_unflushed";

/** The error of a commit that did not happen, or of one that did and cannot be flushed. */
export function commitError(
  code: CommitErrorCode,
  { folder, cause }: { readonly folder: string; readonly cause: unknown },
): OmenError {
  const messages = {
    disk_full: `The disk of ${folder} is full: nothing of the write was stored. Free some space and write again.`,
    read_only: `The file system of ${folder} is read-only: nothing of the write was stored. Make it writable and write again.`,
    acknowledged_unflushed: `Writes to ${folder} that were acknowledged could not be flushed: after a power cut they may be gone. Check the disk, then close the database and open it again.`,
    flush_failed: `A write to ${folder} could not be flushed and nothing of it was stored. Check the disk, then close the database and open it again.`,
    poisoned: `The store in ${folder} takes no writes since one could not be flushed. Check the disk, then close the database and open it again.`,
  };
  return new OmenError("unavailable", code, messages[code], { cause });
}

function numericCode(error: unknown): number | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : undefined;
}

/** The number of an error of lmdb, or of one of the file functions of Node, which give names. */
function errorNumber(error: unknown): number | undefined {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string"))
    return numericCode(error);
  const numbers: Readonly<Record<string, number | undefined>> = constants.errno;
  return numbers[error.code];
}
