// Writes the collections of a backup beside those of a database, and switches over to them.

import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BackupChain } from "../backup/backup-chain.js";
import { placedFiles } from "../backup/piece-reader.js";
import { unpackFile } from "../backup/unpack-file.js";
import { openCatalogStore } from "../store/catalog-store.js";
import { syncFile, syncFolder } from "../store/sync-path.js";
import { checkUnpacked, configInBackup } from "./check-backed-up.js";
import { encodeCollectionRecord, isFolderName } from "./collection-record.js";
import { catalogFolder, collectionsFolder, makeFolder, stagingFolder } from "./database-folder.js";

/** Collections that are whole and flushed, and not in use yet: their folders. */
export type StagedFolders = readonly string[];

/** Writes all collections of a backup and a catalogue of them into the staging folder of a database. */
export async function stageCollections(
  chain: BackupChain,
  path: string,
  written: (bytes: number) => void,
): Promise<StagedFolders> {
  const staging = join(path, stagingFolder);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  const placed = placedFiles(chain);
  const backup = chain.newest.path;
  const records = [];
  for (const [i, collection] of chain.newest.manifest.collections.entries()) {
    const record = { folder: randomBytes(8).toString("hex"), config: configInBackup(backup, collection) };
    const folder = join(staging, record.folder);
    await mkdir(folder);
    for (const file of placed[i]!) await unpackFile(chain, file, { folder, written });
    await checkUnpacked({ backup, folder, collection }, "state");
    await syncFolder(folder);
    records.push({ name: collection.name, record });
  }
  const catalog = await openCatalogStore(join(staging, catalogFolder), { mode: "create" });
  try {
    await catalog.commit(
      records.map(({ name, record }) => ({ kind: "put", key: name, value: encodeCollectionRecord(record) })),
    );
  } finally {
    await catalog.close();
  }
  await syncFile(join(staging, catalogFolder, "data.mdb"));
  await syncFolder(staging);
  return records.map(({ record }) => record.folder);
}

/** Makes the staged collections those of the database: the last thing it does is the one renaming that counts. */
export async function switchTo(staged: StagedFolders, path: string): Promise<void> {
  const staging = join(path, stagingFolder);
  const collections = join(path, collectionsFolder);
  await makeFolder(collections);
  for (const folder of staged) await rename(join(staging, folder), join(collections, folder));
  await syncFolder(collections);
  const catalog = join(path, catalogFolder);
  await makeFolder(catalog);
  // The table of readers belongs to the file that goes; LMDB makes another.
  await rm(join(catalog, "lock.mdb"), { force: true });
  await rename(join(staging, catalogFolder, "data.mdb"), join(catalog, "data.mdb"));
}

/** Makes the switch durable, then removes the collections that were there; those that stay go at the next opening. */
export async function finishSwitch(staged: StagedFolders, path: string): Promise<void> {
  await syncFolder(join(path, catalogFolder));
  const collections = join(path, collectionsFolder);
  const old = (await readdir(collections)).filter((name) => isFolderName(name) && !staged.includes(name));
  for (const left of [...old.map((folder) => join(collections, folder)), join(path, stagingFolder)])
    await rm(left, { recursive: true, force: true }).catch(() => undefined);
}
