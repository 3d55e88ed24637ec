// The errors of backups: what is wrong with one, and what the file system did not let us do.

import { OmenError } from "../base/omen-error.js";

/** A backup that is not as it was written, or was never one of ours. */
export function backupDamaged(path: string, what: string, cause?: unknown): OmenError {
  const message = `The backup ${path} cannot be used: ${what}. Nothing was restored from it; use another one.`;
  return new OmenError("corrupt", "backup_damaged", message, { received: path, cause });
}

/** One that was interrupted. */
export function backupUnfinished(path: string): OmenError {
  const message = `The backup ${path} was never finished: it has no manifest. Remove it, and make another one.`;
  return new OmenError("corrupt", "backup_unfinished", message, { received: path });
}

/** The backup that another one needs is not where it is looked for. */
export function baseMissing(path: string, id: string): OmenError {
  const message = `The backup ${path} needs another one, of the id ${id}, which is not beside it in the same folder. Put it back there, under any name.`;
  return new OmenError("not_found", "backup_base_missing", message, { received: id });
}

/** Something is where a folder is meant to be made. */
export function targetNotEmpty(path: string, what: string): OmenError {
  return new OmenError("conflict", "target_not_empty", `The folder ${path} ${what}`, { received: path });
}

/** Gives what the file system says a kind and a code; other errors as they are. */
export function fileFailure(path: string, error: unknown): unknown {
  if (error instanceof OmenError || !(error instanceof Error)) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  if (code === "ENOSPC" || code === "EDQUOT") {
    const message = `The disk of ${path} is full. Free some space and begin again.`;
    return new OmenError("unavailable", "disk_full", message, { received: path, cause: error });
  }
  const message = `Files of ${path} cannot be used: ${error.message}. Check permissions and the disk.`;
  return new OmenError("unavailable", "backup_failed", message, { received: path, cause: error });
}
