// Opens the sub-databases of a point store and refuses a store that is not whole, of another format or of other
// dimensions.

import { OmenError } from "../base/omen-error.js";
import type { PointTables } from "./lmdb-batch.js";
import type { LmdbEnvironment, LmdbEnvironmentOptions, LmdbTable } from "./lmdb-environment.js";
import { emptyStoreMeta, metaCorrupt, readStoreMeta, type StoreMeta, writeStoreMeta } from "./store-meta.js";

export interface PointTablesOptions {
  readonly dimensions: readonly number[];
  readonly mode: LmdbEnvironmentOptions["mode"];
}

/** The one key of the table `meta`. */
export const stateKey = Buffer.from("state");

/**
 * Opens the tables, and makes an empty store of an empty environment. Throws OmenError `corrupt` (`meta_corrupt`,
 * `dimensions_mismatch`, `keys_missing`) or `unsupported` (`format_version`).
 */
export async function openPointTables(
  environment: LmdbEnvironment,
  { dimensions, mode }: PointTablesOptions,
): Promise<{ tables: PointTables; meta: StoreMeta }> {
  // The meta comes first: a store of another version may lack the other tables, or have them with other keys.
  const metaTable = environment.table<Uint8Array>("meta", "binary");
  const stored = readMeta(environment, metaTable);
  // A damaged root page makes LMDB see no tables at all.
  if (stored === undefined && mode === "open") throw metaCorrupt(environment.folder);
  if (stored !== undefined) checkDimensions(environment, stored, dimensions);
  const tables: PointTables = {
    meta: metaTable,
    points: environment.table<number>("points", "uint32"),
    ids: environment.table<Uint8Array>("ids", "binary"),
    changes: environment.table<Uint8Array>("changes", "binary"),
    vectors: dimensions.map((_, field) => environment.table<number>(`vectors/${field}`, "uint32")),
  };
  environment.refresh();
  const meta = stored ?? emptyStoreMeta(dimensions);
  checkCounts(environment, tables, meta);
  if (stored === undefined) await writeEmptyStore(environment, metaTable, meta);
  return { tables, meta };
}

function readMeta(environment: LmdbEnvironment, metaTable: LmdbTable<Uint8Array>): StoreMeta | undefined {
  environment.refresh();
  const record = environment.read(metaTable, stateKey);
  return record === undefined
    ? undefined
    : readStoreMeta(record.subarray(0, record.length), environment.folder);
}

function checkDimensions(
  { folder }: LmdbEnvironment,
  { fields }: StoreMeta,
  dimensions: readonly number[],
): void {
  const stored = fields.map((field) => field.dimension).join(", ");
  if (stored === dimensions.join(", ")) return;
  const message = `The store in ${folder} has vectors of ${stored} components, and its collection says ${dimensions.join(", ")}. Restore the folder of the database from a backup as a whole.`;
  throw new OmenError("corrupt", "dimensions_mismatch", message, { received: stored });
}

/** LMDB counts the records of a table itself; where a commit lost one, the counts differ from ours. */
function checkCounts(environment: LmdbEnvironment, tables: PointTables, meta: StoreMeta): void {
  const expected: [string, LmdbTable<number> | LmdbTable<Uint8Array>, number][] = [
    ["points", tables.points, meta.rows.count],
    ["ids", tables.ids, meta.ids.count],
    ["changes", tables.changes, meta.changes.count],
    ...tables.vectors.map((table, field): [string, LmdbTable<number>, number] => {
      return [`vectors/${field}`, table, meta.fields[field]!.rows.count];
    }),
  ];
  for (const [name, table, count] of expected) {
    const found = environment.recordCount(table);
    if (found !== count)
      throw keysMissing(environment.folder, name, `${found} records and should have ${count}`);
  }
  if (meta.ids.count !== meta.rows.count) throw metaCorrupt(environment.folder);
}

async function writeEmptyStore(
  environment: LmdbEnvironment,
  metaTable: LmdbTable<Uint8Array>,
  meta: StoreMeta,
): Promise<void> {
  const record = writeStoreMeta(meta);
  const puts = (): [] => {
    void metaTable.put(stateKey, record);
    return [];
  };
  await environment.commit({ puts, applied: () => {}, purpose: "write" });
}

/** The error for a table whose keys are not those that were written. */
export function keysMissing(folder: string, table: string, what: string): OmenError {
  const message = `The table ${table} of the store in ${folder} has ${what}: some of them are lost. Restore the store from a backup.`;
  return new OmenError("corrupt", "keys_missing", message, { field: table });
}
