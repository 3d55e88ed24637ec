// Opens the files of a backup that somebody may have tampered with: only the names that a backup has, only regular
// files with one name, and never through a link.

import { constants } from "node:fs";
import { lstat, open, readdir, realpath, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { invalidInput } from "../model/invalid-input.js";
import { backupDamaged, backupUnfinished } from "./backup-error.js";
import { indexName, manifestName, packName } from "./manifest.js";

/** What is written before the manifest takes its name, and where stores are opened to be verified. */
export const unfinishedNames = [`${manifestName}.tmp`, "verifying"] as const;
const wholeNames: readonly string[] = [manifestName, indexName, packName];
const manifestBytesMax = 2 ** 26;

export interface BackupFiles {
  /** The folder without links in its path. */
  readonly path: string;
  readonly manifestText: string;
  readonly index: FileHandle;
  readonly pack: FileHandle;
  close(): Promise<void>;
}

/**
 * Opens the files of a backup. Throws `invalid` (`not_a_backup`), or `corrupt`: `backup_unfinished`, `backup_damaged`
 * where there is anything that does not belong.
 */
export async function openBackupFiles(given: string): Promise<BackupFiles> {
  const path = await folderOf(given);
  const names = await readdir(path);
  if (!names.includes(manifestName)) throw withoutManifest(given, names);
  const strange = names.find((name) => !wholeNames.includes(name));
  if (strange !== undefined) throw backupDamaged(given, `it holds ${strange}, which is no part of it`);
  const missing = wholeNames.find((name) => !names.includes(name));
  if (missing !== undefined) throw backupDamaged(given, `it lacks ${missing}`);
  const opened: FileHandle[] = [];
  const close = async (): Promise<void> => {
    for (const file of opened) await file.close();
  };
  try {
    for (const name of [indexName, packName]) opened.push(await openRegular(join(path, name), given));
    const [index, pack] = opened;
    return { path, manifestText: await readText(path, given), index: index!, pack: pack!, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The text of the manifest in a folder; throws whatever keeps it from being read. */
export async function readManifestText(path: string): Promise<string> {
  return readText(path, path);
}

async function folderOf(given: string): Promise<string> {
  const found = await stat(given).catch(() => undefined);
  if (found?.isDirectory() !== true) throw notBackup(given, "There is no folder");
  return realpath(given);
}

function withoutManifest(given: string, names: readonly string[]): Error {
  const written = new Set<string>([indexName, packName, ...unfinishedNames]);
  if (names.some((name) => written.has(name))) return backupUnfinished(given);
  return notBackup(given, "There is no backup in this folder");
}

function notBackup(given: string, what: string): Error {
  return invalidInput("not_a_backup", "backup", given, `${what}; the path of a backup is needed.`);
}

async function readText(path: string, given: string): Promise<string> {
  const file = await openRegular(join(path, manifestName), given);
  try {
    const { size } = await file.stat();
    if (size > manifestBytesMax) throw backupDamaged(given, `its manifest has ${size} bytes`);
    const text = Buffer.alloc(size);
    const { bytesRead } = await file.read(text, 0, size, 0);
    if (bytesRead !== size) throw backupDamaged(given, "its manifest was cut short");
    return text.toString("utf8");
  } finally {
    await file.close();
  }
}

/** Looked at before it is opened, because opening a pipe waits for its other end; and after, because it may have been exchanged. */
async function openRegular(path: string, given: string): Promise<FileHandle> {
  const refuse = (what: string): Error => backupDamaged(given, `${path} is ${what}`);
  const before = await lstat(path);
  if (!before.isFile()) throw refuse(before.isSymbolicLink() ? "a symbolic link" : "no regular file");
  // Windows has no such flags.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags);
  const { ino, nlink, isFile } = await file.stat().then((found) => ({
    ino: found.ino,
    nlink: found.nlink,
    isFile: found.isFile(),
  }));
  if (isFile && nlink === 1 && ino === before.ino) return file;
  await file.close();
  throw refuse(nlink > 1 ? "a file with a second name" : "another file than a moment ago");
}
