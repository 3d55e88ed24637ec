// Repairs the files of one collection, which nobody has open.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { checkpointFiles } from "../collection/checkpoint-checking.js";
import { OmenError } from "../base/omen-error.js";
import { checkedId, type CheckProblem } from "../model/check-problem.js";
import type { CollectionRepair, LostPoint } from "../model/database-check.js";
import type { ResolvedRepairOptions } from "../model/decode-verify.js";
import { checkStore } from "../store/check-store.js";
import { copyFolder, removeCopy } from "../store/compact-copy.js";
import { openLmdbPointStore } from "../store/lmdb-point-store.js";
import type { PointStore } from "../store/point-store.js";
import { type LostRow, type Salvage, salvageStore } from "../store/salvage-store.js";
import { swapStore } from "../store/swap-store.js";
import type { CollectionRecord } from "./collection-record.js";
import { collectionsFolder } from "./database-folder.js";
import { dimensionsOf } from "./folder-backing.js";

/** A collection to repair. */
export interface RepairPlace {
  /** The folder of the database. */
  readonly path: string;
  readonly name: string;
  readonly record: CollectionRecord;
  /** Where its damaged files are kept, within the folder of the database. */
  readonly setAside: string;
}

const nothingDone = {
  store: "none",
  savedPoints: 0,
  lostPoints: 0,
  lost: [],
  doubtfulPoints: 0,
  mayBeOutdated: false,
  setAside: null,
  checkpointsRemoved: 0,
} as const;

/** What is said of a collection of which there is nothing to save. */
export function unrepairable(name: string): CollectionRepair {
  return { name, ...nothingDone, store: "impossible", lostPoints: null };
}

/** Repairs what `problems` tell. */
export async function repairCollection(
  place: RepairPlace,
  problems: readonly CheckProblem[],
  options: ResolvedRepairOptions,
): Promise<CollectionRepair> {
  const folder = join(place.path, collectionsFolder, place.record.folder);
  const { config } = place.record;
  const bad = problems.filter(({ kind }) => kind.startsWith("checkpoint_"));
  const isStoreBad = bad.length < problems.length;
  if (!isStoreBad) {
    const files = [...new Set(bad.map((problem) => join(folder, problem.place)))];
    if (!options.isDryRun) await removeFiles(files);
    return { name: place.name, ...nothingDone, checkpointsRemoved: files.length };
  }
  const saved = await repairStore({ ...place, folder }, problems, options);
  if (saved === undefined) return unrepairable(place.name);
  // They are of the damaged store, whose operations are not those of the new one.
  const files = await checkpointFiles(folder, config);
  if (!options.isDryRun) await removeFiles(files);
  return {
    name: place.name,
    store: "saved",
    savedPoints: saved.savedPoints,
    lostPoints: saved.pointCount === undefined ? null : Math.max(0, saved.pointCount - saved.savedPoints),
    lost: saved.lost.map(lostPoint),
    doubtfulPoints: saved.doubtfulPoints,
    // A page that leads to an older one has records whose checksums are right.
    mayBeOutdated: problems.some(({ kind }) => kind === "page_damaged"),
    setAside: options.isDryRun ? null : place.setAside,
    checkpointsRemoved: files.length,
  };
}

async function removeFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
}

function lostPoint({ row, id, place }: LostRow): LostPoint {
  return { row, id: id === undefined ? null : checkedId(id), place };
}

interface StorePlace extends RepairPlace {
  readonly folder: string;
}

/** Saves what is whole; `undefined` if that is nothing, and then nothing is changed. */
async function repairStore(
  { path, name, record, setAside, folder }: StorePlace,
  problems: readonly CheckProblem[],
  { limits, onProgress, isDryRun }: ResolvedRepairOptions,
): Promise<Salvage | undefined> {
  const dimensions = dimensionsOf(record.config);
  // Left by a crash, it is removed at the next opening.
  const repaired = copyFolder(folder);
  if (!isDryRun) await removeCopy(folder);
  let target: PointStore | undefined;
  try {
    const saved = await salvageStore({
      folder,
      mended: join(folder, "mended"),
      dimensions,
      suspectFields: suspectFields(problems),
      mayLackVectors: record.config.fields[0]?.name !== "",
      limits,
      onProgress: (done) => onProgress({ collection: name, part: "salvage", done }),
      target: isDryRun
        ? undefined
        : async () => (target = await openLmdbPointStore(repaired, { dimensions, mode: "create" })),
    });
    await target?.close();
    if (saved === undefined || (saved.savedPoints === 0 && saved.pointCount !== 0)) return undefined;
    if (isDryRun) return saved;
    await assertRepaired({ folder: repaired, dimensions }, saved, limits);
    await swapStore({ folder, repaired, setAside: join(path, setAside) });
    return saved;
  } finally {
    await target?.close();
    if (!isDryRun) await removeCopy(folder);
  }
}

/** Fields of whose vectors some may be lost without a trace. */
function suspectFields(problems: readonly CheckProblem[]): Set<number> {
  const fields = problems
    .filter(({ kind }) => kind !== "record_damaged" && kind !== "record_stray")
    .flatMap(({ place }) => /^vectors\/(\d+)$/.exec(place)?.[1] ?? []);
  return new Set(fields.map(Number));
}

/** A new store is looked at like any other before it takes the place of the damaged one. */
async function assertRepaired(
  place: { readonly folder: string; readonly dimensions: readonly number[] },
  { savedPoints }: Salvage,
  limits: ResolvedRepairOptions["limits"],
): Promise<void> {
  const { check, problems } = await checkStore(place, { limits });
  if (check.isChecked && problems.length === 0 && check.points === savedPoints) return;
  const told = problems[0]?.detail ?? `${check.points} points instead of ${savedPoints}`;
  const message = `A repaired store is not sound (${told}). Nothing was changed; check the disk and the memory of the machine.`;
  throw new OmenError("corrupt", "repair_failed", message);
}
