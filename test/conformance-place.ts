// Where the conformance suite keeps its databases: each place opens a database and can open the same one again.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, type Database, type OpenOptions } from "omendb";
import { connect } from "omendb/client";
import { serve } from "omendb/server";

/** A database under test. */
export interface Place {
  readonly db: Database;
  /** The same database, closed and opened again where it can be. */
  reopened(): Promise<Database>;
  end(): Promise<void>;
}

/** Makes an empty database. */
export type PlaceMaker = () => Promise<Place>;

/** A database in memory; reopening leaves it as it is. */
export const inMemory: PlaceMaker = async () => {
  const db = await open(":memory:");
  return { db, reopened: async () => db, end: () => db.close() };
};

/** A database in a folder that stays open. */
export const inFolder: PlaceMaker = async () => {
  const { folder, remove } = await makeFolder();
  const db = await open(folder);
  const end = async (): Promise<void> => {
    await db.close();
    await remove();
  };
  return { db, reopened: async () => db, end };
};

/** A database in a folder that is closed and opened again wherever the suite asks for it. */
export const inReopenedFolder: PlaceMaker = async () => {
  const { folder, remove } = await makeFolder();
  const first = await open(folder);
  let db = first;
  const reopened = async (): Promise<Database> => {
    await db.close();
    db = await open(folder);
    return db;
  };
  const end = async (): Promise<void> => {
    await db.close();
    await remove();
  };
  return { db: first, reopened, end };
};

/** A database in memory, behind a server. */
export const behindServer: PlaceMaker = async () => {
  const served = await open(":memory:");
  const server = await serve(served, { port: 0 });
  const db = await connect(server.url);
  const end = async (): Promise<void> => {
    await db.close();
    await server.close();
    await served.close();
  };
  return { db, reopened: async () => db, end };
};

/** A path in a fresh folder that does not exist yet, and what removes it. */
export async function makeFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), "omendb-test-"));
  return { folder: join(parent, "data"), remove: () => rm(parent, { recursive: true, force: true }) };
}

/** Runs `use` on an open database and closes it whatever happens. */
export async function withDatabase(
  path: string,
  use: (db: Database) => Promise<void>,
  options?: OpenOptions,
): Promise<void> {
  const db = await open(path, options);
  try {
    await use(db);
  } finally {
    await db.close();
  }
}
