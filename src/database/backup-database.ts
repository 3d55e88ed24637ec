// Backs up a database: prepares the folder, takes the moment, has the files written, and reads the backup before it
// counts as one.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openBackupChain, type BackupChain } from "../backup/backup-chain.js";
import { fileFailure } from "../backup/backup-error.js";
import type { Manifest } from "../backup/manifest.js";
import { placedFiles, readFile } from "../backup/piece-reader.js";
import { unpackFile } from "../backup/unpack-file.js";
import { writeBackup } from "../backup/write-backup.js";
import type { BackupProgress, BackupResult } from "../model/backup.js";
import type { BackupRequest } from "../model/decode-backup.js";
import type { Moment } from "./backup-moment.js";
import { claimTarget, type BackupTarget } from "./backup-target.js";
import { checkUnpacked, sourceDamaged } from "./check-backed-up.js";

export interface BackupCall {
  readonly request: BackupRequest;
  /** The folder of the database. */
  readonly database: string;
  readonly takeMoment: () => Promise<Moment>;
}

/** Makes a backup. Where it rejects nothing is left of it; a process that ends leaves a folder without a manifest. */
export async function backupDatabase(call: BackupCall): Promise<BackupResult> {
  const { request, database } = call;
  let base: BackupChain | undefined;
  try {
    if (request.base !== undefined) base = await openBackupChain(request.base);
    const target = await claimTarget(request.path, { database, base });
    try {
      return await backUp(call, target, base);
    } catch (error) {
      await target.discard();
      throw error;
    }
  } catch (error) {
    throw fileFailure(request.path, error);
  } finally {
    await base?.close();
  }
}

async function backUp(
  { request, takeMoment }: BackupCall,
  target: BackupTarget,
  base: BackupChain | undefined,
): Promise<BackupResult> {
  const moment = await takeMoment();
  try {
    const { sources } = moment;
    const totalBytes = sources.reduce((sum, { files }) => sum + bytesOf(files), 0);
    const counter = (stage: BackupProgress["stage"]): ((bytes: number) => void) => {
      let doneBytes = 0;
      return (bytes) => request.onProgress({ stage, doneBytes: (doneBytes += bytes), totalBytes });
    };
    const verified = counter("verifying");
    const { path } = target;
    const manifest = await writeBackup({
      path,
      base,
      sources,
      copied: counter("copying"),
      onCopied: () => moment.release(),
      check: async (chain) => {
        if (request.verify === "records") await checkRecords(chain, target.work, verified);
        else await checkSums(chain, verified);
        await rm(target.work, { recursive: true });
      },
    });
    return { path: request.path, totalBytes, ...resultOf(manifest) };
  } finally {
    await moment.release();
  }
}

function resultOf(manifest: Manifest): Omit<BackupResult, "path" | "totalBytes"> {
  return {
    id: manifest.id,
    baseId: manifest.base?.id,
    writtenBytes: manifest.packBytes + manifest.index.bytes,
    collections: manifest.collections.map(({ name, sequence, points }) => ({ name, sequence, points })),
  };
}

/** Unpacks one collection after the other and reads all that is in it. */
async function checkRecords(
  chain: BackupChain,
  work: string,
  written: (bytes: number) => void,
): Promise<void> {
  const placed = placedFiles(chain);
  for (const [i, collection] of chain.newest.manifest.collections.entries()) {
    const folder = join(work, String(i));
    await mkdir(folder);
    for (const file of placed[i]!) await unpackFile(chain, file, { folder, written });
    const unpacked = { backup: chain.newest.path, folder, collection };
    await checkUnpacked(unpacked, "records").catch((error: unknown) => {
      throw sourceDamaged(collection.name, error);
    });
    await rm(folder, { recursive: true });
  }
}

/** Reads all pieces, and those of the base that are used. */
export async function checkSums(chain: BackupChain, read: (bytes: number) => void): Promise<void> {
  for (const file of placedFiles(chain).flat()) {
    for await (const slice of readFile(chain, file)) read(slice.length);
  }
}

function bytesOf(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
