// What verification looks at beside the collections: the catalogue's file, and which folders there are.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Findings, type CheckProblem } from "../model/check-problem.js";
import type { JsonValue } from "../model/point.js";
import {
  InspectionEnded,
  InspectionFailed,
  InspectionProcess,
  type InspectionLimits,
} from "../store/inspection-process.js";
import { type CollectionRecord, decodeCollectionRecord, isFolderName } from "./collection-record.js";
import { catalogFolder, collectionsFolder } from "./database-folder.js";

/** What a catalogue says, as far as it can be read. */
export interface CheckedCatalog {
  readonly records: ReadonlyMap<string, CollectionRecord>;
  readonly problems: readonly CheckProblem[];
  /** False if the file could not be read to its end. */
  readonly isRead: boolean;
}

/** Reads the catalogue of the database in `path` in a process of its own. */
export async function readCatalogFile(path: string, limits: InspectionLimits): Promise<CheckedCatalog> {
  const findings = new Findings();
  const running = await InspectionProcess.start(limits);
  try {
    const { records, problems } = await running.call("catalog", { folder: join(path, catalogFolder) });
    const decoded = new Map<string, CollectionRecord>();
    for (const { key, text } of records) {
      const record = decodeText(key, text, findings);
      if (record !== undefined) decoded.set(key, record);
    }
    return { records: decoded, problems: [...problems, ...findings.problems(null)], isRead: true };
  } catch (error) {
    findings.add({
      kind: catalogKind(error),
      remedy: "lost",
      place: "catalog",
      detail: (error as Error).message,
    });
    return { records: new Map(), problems: findings.problems(null), isRead: false };
  } finally {
    await running.close();
  }
}

/** What the failure of the process says of the catalogue; throws what does not come from it. */
function catalogKind(error: unknown): CheckProblem["kind"] {
  if (error instanceof InspectionEnded) return error.how;
  if (error instanceof InspectionFailed) return "catalog_damaged";
  throw error;
}

function decodeText(name: string, text: string, findings: Findings): CollectionRecord | undefined {
  try {
    // JSON gives nothing else.
    return decodeCollectionRecord(name, JSON.parse(text) as JsonValue);
  } catch (error) {
    const detail = `The record of the collection ${JSON.stringify(name)} cannot be decoded: ${String(error)}`;
    findings.add({ kind: "record_damaged", remedy: "lost", place: "catalog", detail });
    return undefined;
  }
}

/** Compares the folders of collections with those that the catalogue names. */
export async function checkFolders(
  path: string,
  records: ReadonlyMap<string, CollectionRecord>,
): Promise<{ readonly problems: readonly CheckProblem[]; readonly unnamed: readonly string[] }> {
  const found = await readdir(join(path, collectionsFolder)).catch(() => []);
  const names = new Set(found.filter(isFolderName));
  const problems: CheckProblem[] = [];
  for (const [collection, { folder }] of records) {
    if (names.delete(folder)) continue;
    const detail = `The folder of the collection ${JSON.stringify(collection)} is gone.`;
    problems.push({
      kind: "folder_missing",
      remedy: "lost",
      collection,
      place: `${collectionsFolder}/${folder}`,
      count: 1,
      detail,
    });
  }
  return { problems, unnamed: [...names].sort() };
}
