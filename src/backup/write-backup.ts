// Writes a backup into an empty folder: pack and index first, then they are read back, and the manifest comes last,
// written beside, flushed and renamed. Until that a folder is no backup, whatever is in it.

import { hash, randomBytes } from "node:crypto";
import { open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JsonObject } from "../model/point.js";
import { syncFolder } from "../store/sync-path.js";
import type { BackupChain, OpenedBackup } from "./backup-chain.js";
import { indexName, manifestName, packName, writeManifest, type Manifest } from "./manifest.js";
import { PackWriter, type SourceFile } from "./pack-writer.js";

/** A collection to be backed up, as of its moment. */
export interface BackupSource {
  readonly name: string;
  readonly config: JsonObject;
  readonly sequence: number;
  readonly points: number;
  readonly rowEnd: number;
  /** `data.mdb` first, then checkpoints. */
  readonly files: readonly SourceFile[];
}

export interface BackupWork {
  /** An empty folder. */
  readonly path: string;
  readonly base: BackupChain | undefined;
  readonly sources: readonly BackupSource[];
  /** Told the bytes of each slice that was copied. */
  readonly copied: (bytes: number) => void;
  /** Called when nothing is copied any more, so that nothing need be held for it. */
  readonly onCopied: () => Promise<void>;
  /** Reads the backup before it counts as one; what it throws ends it. */
  readonly check: (chain: BackupChain) => Promise<void>;
}

/** Writes a backup; what is left where it throws is no backup. */
export async function writeBackup(work: BackupWork): Promise<Manifest> {
  const manifest = await writePieces(work);
  const text = writeManifest(manifest);
  const written = await openWritten(work, manifest, text);
  try {
    await work.check({
      backups: [written, ...(work.base?.backups ?? [])],
      newest: written,
      close: () => written.close(),
    });
  } finally {
    await written.close();
  }
  await writeDurably(work.path, text);
  return manifest;
}

async function writePieces({ path, base, sources, copied, onCopied }: BackupWork): Promise<Manifest> {
  const writer = await PackWriter.create(path, base);
  try {
    const collections = [];
    for (const { files, ...collection } of sources) {
      const written = [];
      for (const file of files) written.push(await writer.add(file, copied));
      collections.push({ ...collection, files: written });
    }
    await onCopied();
    const needed = base === undefined ? null : referenceTo(base.newest);
    return {
      id: randomBytes(16).toString("hex"),
      createdAt: new Date().toISOString(),
      base: needed,
      ...(await writer.finish()),
      collections,
    };
  } finally {
    await writer.close();
  }
}

function referenceTo({ manifest, manifestSum }: OpenedBackup): NonNullable<Manifest["base"]> {
  return { id: manifest.id, sha256: manifestSum };
}

async function openWritten({ path }: BackupWork, manifest: Manifest, text: string): Promise<OpenedBackup> {
  const index = await open(join(path, indexName), "r");
  try {
    const pack = await open(join(path, packName), "r");
    const close = async (): Promise<void> => {
      await index.close();
      await pack.close();
    };
    return { path, manifest, manifestSum: hash("sha256", text), index, pack, close };
  } catch (error) {
    await index.close();
    throw error;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  // The names of pack and index come first.
  await syncFolder(path);
  const beside = join(path, `${manifestName}.tmp`);
  const file = await open(beside, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, join(path, manifestName));
  await syncFolder(path);
  await syncFolder(dirname(path));
}
