// Repairs the files of a database that nobody has open: what is derived is removed, so that it is made anew; of damaged
// stores all points that are whole are saved into new ones. What was damaged is kept in `damaged/`, and never removed here.

import { mkdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { CheckProblem } from "../model/check-problem.js";
import type { CollectionRepair, RepairOptions, RepairReport } from "../model/database-check.js";
import { decodeRepairOptions, type ResolvedRepairOptions } from "../model/decode-verify.js";
import { openCatalogStore } from "../store/catalog-store.js";
import { swapStore } from "../store/swap-store.js";
import { syncFolder } from "../store/sync-path.js";
import { withLockedFolder } from "./checked-folder.js";
import { encodeCollectionRecord } from "./collection-record.js";
import { catalogFolder, collectionsFolder } from "./database-folder.js";
import { repairCollection, unrepairable } from "./repair-collection.js";
import { checkFolder, type CheckedFolder } from "./verify-folder.js";

/** Where damaged files are kept, in the folder of a database. */
const damagedFolder = "damaged";

/**
 * Repairs the database in a folder that is not open. Damaged checkpoints are removed; they are made anew. Of a damaged store all
 * points are saved whose records are whole, into a new file, which takes the place of the damaged one only when it is complete,
 * verified and flushed. The report names every point that could not be saved, as far as any record tells. Damaged files are
 * kept in `damaged/` within the folder. A sound database is left as it is. With `dryRun` nothing is changed.
 *
 * Throws OmenError as `verifyFolder` does, and `unavailable` where the disk is full: then nothing was changed in that collection.
 *
 * @example
 * const { isWhole, collections } = await repair("./data");
 */
export async function repair(path: string, options?: RepairOptions): Promise<RepairReport> {
  const decoded = decodeRepairOptions(options);
  return withLockedFolder(path, (folder) => repairLocked(folder, decoded));
}

async function repairLocked(path: string, options: ResolvedRepairOptions): Promise<RepairReport> {
  const found = await checkFolder(path, options);
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const setAsideIn = join(damagedFolder, stamp);
  const collections: CollectionRepair[] = [];
  for (const [name, record] of found.catalog.records) {
    const problems = found.check.problems.filter(({ collection }) => collection === name);
    if (problems.length === 0) continue;
    const isGone = problems.some(({ kind }) => kind === "folder_missing");
    const place = { path, name, record, setAside: join(setAsideIn, record.folder) };
    collections.push(isGone ? unrepairable(name) : await repairCollection(place, problems, options));
  }
  const catalog = await repairCatalog({ path, setAsideIn, found, options });
  const wasSound = found.check.isSound;
  const after = options.isDryRun || wasSound ? null : (await checkFolder(path, options)).check;
  const isWhole = catalog.isWhole && collections.every(isWholeRepair);
  const { isDryRun } = options;
  return {
    path,
    isDryRun,
    wasSound,
    isWhole,
    collections,
    catalog: catalog.done,
    before: found.check,
    after,
  };
}

function isWholeRepair(repaired: CollectionRepair): boolean {
  const { store, lostPoints, lost, doubtfulPoints, mayBeOutdated } = repaired;
  if (store === "impossible" || mayBeOutdated) return false;
  return lostPoints === 0 && lost.length === 0 && doubtfulPoints === 0;
}

interface CatalogRepair {
  readonly path: string;
  readonly setAsideIn: string;
  readonly found: CheckedFolder;
  readonly options: ResolvedRepairOptions;
}

/** Writes the records that are whole into a new catalogue, and keeps folders that it does not name any more. */
async function repairCatalog(
  repairing: CatalogRepair,
): Promise<{ readonly done: string[]; readonly isWhole: boolean }> {
  const { path, setAsideIn, found, options } = repairing;
  const { catalog, unnamed } = found;
  if (catalog.problems.length === 0) return { done: [], isWhole: true };
  const would = options.isDryRun ? "would be" : "was";
  const done = [`The catalogue ${would} written anew with ${catalog.records.size} collections.`];
  // First, because opening removes folders that the catalogue does not name.
  for (const folder of unnamed) {
    const to = join(setAsideIn, folder);
    done.push(`${collectionsFolder}/${folder}, which nothing names any more, ${would} moved to ${to}.`);
    if (!options.isDryRun) await moveAside(path, folder, to);
  }
  if (!options.isDryRun) await rewriteCatalog(repairing);
  return { done, isWhole: unnamed.length === 0 && !catalog.problems.some(isLostRecord) };
}

/** Whether a collection may have been named there. */
function isLostRecord({ kind }: CheckProblem): boolean {
  return kind === "record_damaged";
}

async function moveAside(path: string, folder: string, to: string): Promise<void> {
  const target = join(path, to);
  await mkdir(join(target, ".."), { recursive: true });
  await rename(join(path, collectionsFolder, folder), target);
  await syncFolder(join(target, ".."));
  await syncFolder(join(path, damagedFolder));
  await syncFolder(join(path, collectionsFolder));
}

async function rewriteCatalog({ path, setAsideIn, found }: CatalogRepair): Promise<void> {
  const folder = join(path, catalogFolder);
  await mkdir(folder, { recursive: true });
  const repaired = join(folder, "repaired");
  await rm(repaired, { recursive: true, force: true });
  const store = await openCatalogStore(repaired, { mode: "create" });
  try {
    const changes = Array.from(found.catalog.records, ([key, record]) => {
      return { kind: "put", key, value: encodeCollectionRecord(record) } as const;
    });
    await store.commit(changes);
  } finally {
    await store.close();
  }
  await swapStore({ folder, repaired, setAside: join(path, setAsideIn, basename(folder)) });
  await syncFolder(path);
}
