// A backup that was opened, with those it is based on. A base is known by its id and the sum of its manifest, and is
// looked for beside the backup that names it, whatever its folder is called: a manifest holds no path.

import { createHash, hash } from "node:crypto";
import { readdir } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { backupDamaged, baseMissing } from "./backup-error.js";
import { openBackupFiles, readManifestText, type BackupFiles } from "./backup-files.js";
import { type Manifest, readManifest } from "./manifest.js";

/** Bytes read, summed and written in one go. */
export const sliceBytes = 2 ** 20;
/** More backups, one based on the other, are a chain that nobody meant to make. */
const generationCountMax = 1000;

/** One backup of a chain. */
export interface OpenedBackup {
  readonly path: string;
  readonly manifest: Manifest;
  readonly manifestSum: string;
  readonly index: FileHandle;
  readonly pack: FileHandle;
  close(): Promise<void>;
}

/** The backup itself first, then its base, and so on. */
export interface BackupChain {
  readonly backups: readonly OpenedBackup[];
  readonly newest: OpenedBackup;
  close(): Promise<void>;
}

/**
 * Opens a backup and all that it is based on, each with a manifest and an index that match their sums. Throws as
 * `openBackupFiles` and `readManifest` do, and `not_found` (`backup_base_missing`).
 */
export async function openBackupChain(path: string): Promise<BackupChain> {
  const backups: OpenedBackup[] = [];
  const close = async (): Promise<void> => {
    for (const backup of backups) await backup.close();
  };
  try {
    const newest = await openOne(path);
    backups.push(newest);
    for (let backup = newest; backup.manifest.base !== null;) {
      backup = await openBase(backup, backup.manifest.base);
      backups.push(backup);
      if (backups.length > generationCountMax) throw backupDamaged(path, "its chain of bases does not end");
    }
    return { backups, newest, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openOne(given: string): Promise<OpenedBackup> {
  const files = await openBackupFiles(given);
  try {
    const manifest = readManifest(files.manifestText, given);
    await checkSizes(files, manifest, given);
    const { path, index, pack } = files;
    const manifestSum = hash("sha256", files.manifestText);
    return { path, manifest, manifestSum, index, pack, close: () => files.close() };
  } catch (error) {
    await files.close();
    throw error;
  }
}

async function checkSizes({ index, pack }: BackupFiles, manifest: Manifest, given: string): Promise<void> {
  const { size: indexBytes } = await index.stat();
  const { size: packBytes } = await pack.stat();
  if (indexBytes !== manifest.index.bytes || packBytes !== manifest.packBytes)
    throw backupDamaged(given, "its files are not as long as its manifest says");
  const sum = createHash("sha256");
  const slice = Buffer.alloc(Math.min(sliceBytes, indexBytes));
  for (let position = 0; position < indexBytes;) {
    const { bytesRead } = await index.read(slice, 0, slice.length, position);
    if (bytesRead === 0) break;
    sum.update(slice.subarray(0, bytesRead));
    position += bytesRead;
  }
  if (sum.digest("hex") !== manifest.index.sha256)
    throw backupDamaged(given, "its index does not match its checksum");
}

async function openBase(
  backup: OpenedBackup,
  { id, sha256 }: NonNullable<Manifest["base"]>,
): Promise<OpenedBackup> {
  const parent = dirname(backup.path);
  const siblings = await readdir(parent, { withFileTypes: true });
  for (const sibling of siblings) {
    const path = join(parent, sibling.name);
    if (!sibling.isDirectory() || path === backup.path) continue;
    // What cannot be read is not the one; whatever else is beside a backup is none of its business.
    const text = await readManifestText(path).catch(() => undefined);
    if (text !== undefined && hash("sha256", text) === sha256) return openOne(path);
  }
  throw baseMissing(backup.path, id);
}
