// Verifies the files of a database that nobody has open. Other processes read the stores, so that no damage of a file can
// end this one.

import { join } from "node:path";
import { checkCheckpoints } from "../collection/checkpoint-checking.js";
import { corruptionOf } from "../collection/corruption.js";
import { Findings, type CheckProblem } from "../model/check-problem.js";
import type { CollectionFilesCheck, FolderCheck, VerifyOptions } from "../model/database-check.js";
import { decodeVerifyOptions, type ResolvedVerifyOptions } from "../model/decode-verify.js";
import { checkStore } from "../store/check-store.js";
import { recoverFile } from "../store/prepare-file.js";
import { checkFolders, readCatalogFile, type CheckedCatalog } from "./catalog-checking.js";
import { withLockedFolder } from "./checked-folder.js";
import type { CollectionRecord } from "./collection-record.js";
import { collectionsFolder } from "./database-folder.js";
import { dimensionsOf } from "./folder-backing.js";

/**
 * Reads every record of every file of the database in a folder that is not open, and tells what is wrong. Nothing is changed, but that a store
 * which was not closed in mode `interval` goes back to its last flush, as opening it would make it.
 * Another process does the reading: one that crashes, stops or takes too much memory over damage is reported.
 *
 * Throws OmenError: `conflict`/`folder_locked` if the folder is open; `not_found`/`folder_not_found` if there is none;
 * `invalid`/`path_not_folder` or `not_a_database` if it is no database; `unavailable`/`process_failed` if no process starts.
 *
 * @example
 * const { isSound, problems } = await verifyFolder("./data");
 */
export async function verifyFolder(path: string, options?: VerifyOptions): Promise<FolderCheck> {
  const decoded = decodeVerifyOptions(options);
  return withLockedFolder(path, async (folder) => (await checkFolder(folder, decoded)).check);
}

/** A folder that was checked, and the catalogue that was found in it. */
export interface CheckedFolder {
  readonly check: FolderCheck;
  readonly catalog: CheckedCatalog;
  /** Folders of collections that the catalogue does not name. */
  readonly unnamed: readonly string[];
}

/** Checks a folder that this process has locked. */
export async function checkFolder(path: string, options: ResolvedVerifyOptions): Promise<CheckedFolder> {
  options.onProgress({ collection: null, part: "catalog", done: 0 });
  const catalog = await readCatalogFile(path, options.limits);
  const { problems: missing, unnamed } = await checkFolders(path, catalog.records);
  const problems: CheckProblem[] = [...catalog.problems, ...missing];
  // Without a whole catalogue they may be all there is of a collection.
  if (catalog.problems.length > 0) problems.push(...unnamed.map(unnamedProblem));
  const unchecked = catalog.isRead ? [] : ["catalog: it could not be read to its end"];
  const collections: CollectionFilesCheck[] = [];
  for (const [name, record] of catalog.records) {
    if (missing.some(({ collection }) => collection === name)) {
      unchecked.push(`${name}: its folder is gone`);
      continue;
    }
    const found = await checkFiles({ path, name, record }, options);
    collections.push(found.check);
    problems.push(...found.problems);
    if (!found.check.store.isChecked)
      unchecked.push(`${name}: a table of its store could not be read to its end`);
  }
  const isSound = problems.length === 0 && unchecked.length === 0;
  return { check: { path, isSound, problems, unchecked, collections }, catalog, unnamed };
}

interface NamedRecord {
  readonly path: string;
  readonly name: string;
  readonly record: CollectionRecord;
}

async function checkFiles(
  { path, name, record }: NamedRecord,
  { limits, onProgress }: ResolvedVerifyOptions,
): Promise<{ readonly check: CollectionFilesCheck; readonly problems: readonly CheckProblem[] }> {
  const folder = join(path, collectionsFolder, record.folder);
  const findings = new Findings();
  await recover(folder, findings);
  const store = await checkStore(
    { folder, dimensions: dimensionsOf(record.config) },
    { limits, onProgress: (done) => onProgress({ collection: name, part: "store", done }) },
  );
  // A store whose number is not known says nothing of a checkpoint's.
  const isKnown =
    store.check.records["meta"] !== undefined && !store.problems.some(({ place }) => place === "meta");
  const sequence = (): number | undefined => (isKnown ? store.check.sequence : undefined);
  onProgress({ collection: name, part: "checkpoints", done: 0 });
  const checkpoints = await checkCheckpoints({ folder, config: record.config, sequence }, findings);
  const problems = store.problems.map((problem) => ({ ...problem, collection: name }));
  return {
    check: { name, folder: `${collectionsFolder}/${record.folder}`, store: store.check, checkpoints },
    problems: [...problems, ...findings.problems(name)],
  };
}

/** What came behind the last flush of a store that was not closed need not be whole: opening would go back to that, too. */
async function recover(folder: string, findings: Findings): Promise<void> {
  try {
    await recoverFile(folder);
  } catch (error) {
    const detail = corruptionOf(error);
    if (detail === undefined) throw error;
    findings.add({ kind: "store_damaged", remedy: "lost", place: "flushed.omen", detail });
  }
}

function unnamedProblem(folder: string): CheckProblem {
  const detail =
    "No record of the catalogue names this folder, and some records of the catalogue are damaged.";
  const place = `${collectionsFolder}/${folder}`;
  return { kind: "folder_unnamed", remedy: "lost", collection: null, place, count: 1, detail };
}
