// Restores a backup into the folder of a database. Everything about the backup is checked before the target is touched;
// then its collections are written beside those that are there, under folders of new names, and the switch is one
// renaming: of a new catalogue over the old one.
//
//   restoring/<folder>/, restoring/catalog/  ──written, flushed, opened──> collections/<folder>/
//   restoring/catalog/data.mdb  ──renamed over──> catalog/data.mdb      from here on the backup is the database
//
// A crash before the switch leaves folders that no catalogue names, a crash after it leaves the old ones: both go at the
// next opening.

import { resolve } from "node:path";
import { openBackupChain, type BackupChain } from "../backup/backup-chain.js";
import { fileFailure } from "../backup/backup-error.js";
import type { RestoreOptions, RestoreProgress, RestoreResult } from "../model/backup.js";
import { decodeRestore, type RestoreRequest } from "../model/decode-backup.js";
import { invalidInput } from "../model/invalid-input.js";
import { acquireFolderLock } from "../store/folder-lock.js";
import { checkSums } from "./backup-database.js";
import { isWithin, realPathOf } from "./backup-target.js";
import { configInBackup } from "./check-backed-up.js";
import { claimRestoreTarget, type RestoreTarget } from "./restore-target.js";
import { finishSwitch, stageCollections, switchTo, type StagedFolders } from "./restore-staging.js";

/**
 * Restores a backup into a folder, which is made if it does not exist. With `replace` a database that is there is
 * replaced; it is kept until the restored one is in its place. Nobody may have the folder open.
 *
 * Throws OmenError: `corrupt` (`backup_damaged`, `backup_unfinished`), `not_found` (`backup_base_missing`),
 * `unsupported` (`backup_version`) and `invalid` (`not_a_backup`) before anything is touched; `conflict`
 * (`target_not_empty`, `folder_locked`); `invalid` (`not_a_database`, `backup_place`); `unavailable` (`disk_full`, …).
 * Wherever it rejects, the database in the target is as it was; a folder that was made for it may be left, empty.
 *
 * @example
 * await restore("./backups/monday", "./data", { replace: true });
 */
export async function restore(
  backup: string,
  path: string,
  options?: RestoreOptions,
): Promise<RestoreResult> {
  const request = decodeRestore(backup, path, options);
  try {
    const chain = await openBackupChain(request.backup);
    try {
      return await restoreChain(chain, request);
    } finally {
      await chain.close();
    }
  } catch (error) {
    throw fileFailure(request.path, error);
  }
}

async function restoreChain(chain: BackupChain, request: RestoreRequest): Promise<RestoreResult> {
  const { manifest } = chain.newest;
  const totalBytes = manifest.collections
    .flatMap(({ files }) => files)
    .reduce((sum, { bytes }) => sum + bytes, 0);
  const counter = (stage: RestoreProgress["stage"]): ((bytes: number) => void) => {
    let doneBytes = 0;
    return (bytes) => request.onProgress({ stage, doneBytes: (doneBytes += bytes), totalBytes });
  };
  for (const collection of manifest.collections) configInBackup(request.backup, collection);
  await checkPlace(chain, request.path);
  await checkSums(chain, counter("checking"));

  const target = await claimRestoreTarget(request.path, request.replace ? "replace" : "only if empty");
  const lock = await acquireFolderLock(target.path);
  try {
    const staged = await stage(chain, target, counter("writing"));
    await finishSwitch(staged, target.path);
  } finally {
    await lock.release();
  }
  const { id, createdAt } = manifest;
  const collections = manifest.collections.map(({ name, sequence, points }) => ({ name, sequence, points }));
  return { path: request.path, id, createdAt, totalBytes, collections };
}

/** Up to the switch, and with it. Where this throws it has not happened, and everything is undone. */
async function stage(
  chain: BackupChain,
  target: RestoreTarget,
  written: (bytes: number) => void,
): Promise<StagedFolders> {
  let staged: StagedFolders = [];
  try {
    await target.begin();
    staged = await stageCollections(chain, target.path, written);
    await switchTo(staged, target.path);
    return staged;
  } catch (error) {
    await target.undo(staged);
    throw error;
  }
}

async function checkPlace(chain: BackupChain, path: string): Promise<void> {
  const real = await realPathOf(resolve(path));
  if (!chain.backups.some((backup) => isWithin(real, backup.path))) return;
  throw invalidInput(
    "backup_place",
    "path",
    path,
    "This is in the backup itself; choose a folder elsewhere.",
  );
}
