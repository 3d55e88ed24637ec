// Databases for the tests of verification: one that is whole, copies of it in which something is damaged, and what their
// points read like. Records are found in the file by their content.

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, type Point, type PointId } from "omendb";

export const dimension = 24;
export const pointCount = 1_500;

/** What a point reads like, as text. */
export type Contents = ReadonlyMap<PointId, string>;

/** A vector that no other point has, and whose bytes are found in the file. */
export function vectorOf(i: number): Float32Array {
  return Float32Array.from({ length: dimension }, (_, j) =>
    Math.fround(Math.sin(i * 31 + j * 7) + (j === 0 ? i : 0)),
  );
}

/** A whole database in a folder, of which tests damage copies. */
export class WholeDatabase {
  readonly contents: Contents;
  readonly #root: string;
  #copies = 0;

  private constructor(root: string, contents: Contents) {
    this.#root = root;
    this.contents = contents;
  }

  /** Makes one with updates and deletes behind it, and a checkpoint. */
  static async make(): Promise<WholeDatabase> {
    const root = await mkdtemp(join(tmpdir(), "omendb-damaged-"));
    const db = await open(join(root, "whole"));
    const films = await db.createCollection("films", { dimension, metric: "euclidean" });
    for (const version of ["a first version", "a later one"]) {
      const points = Array.from({ length: pointCount }, (_, i) => {
        return { id: `film ${i}`, vector: vectorOf(i), metadata: { title: `title of ${i}`, version } };
      });
      await films.upsert(points);
    }
    await films.delete(Array.from({ length: 40 }, (_, i) => `film ${i * 3}`));
    await films.waitForIndex();
    await db.close();
    return new WholeDatabase(root, await readAll(join(root, "whole")));
  }

  /** A copy, to be damaged. */
  async copy(): Promise<DatabaseFiles> {
    const path = join(this.#root, `copy-${this.#copies++}`);
    await cp(join(this.#root, "whole"), path, { recursive: true });
    const [folder = ""] = await readdir(join(path, "collections"));
    return new DatabaseFiles(path, join(path, "collections", folder));
  }

  async remove(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }
}

/** The files of one database. */
export class DatabaseFiles {
  readonly path: string;
  readonly store: string;
  readonly checkpoint: string;
  readonly folder: string;
  readonly catalog: string;

  constructor(path: string, folder: string) {
    this.path = path;
    this.folder = folder;
    this.store = join(folder, "data.mdb");
    this.checkpoint = join(folder, "index-0.omen");
    this.catalog = join(path, "catalog", "data.mdb");
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Flips one bit of every occurrence of `wanted`, `offset` bytes behind its beginning; there must be one. */
export async function flipBehind(path: string, wanted: Uint8Array, offset: number): Promise<void> {
  const bytes = await readFile(path);
  let count = 0;
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) {
    bytes[at + offset]! ^= 4;
    count++;
  }
  if (count === 0) throw new Error(`${path} does not hold what was to be damaged`);
  await writeFile(path, bytes);
}

/** Flips one bit. */
export async function flipBit(path: string, at: number, bit: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at]! ^= 1 << bit;
  await writeFile(path, bytes);
}

/** Every point of the collection, through pages of a list and by its id, which must agree. */
export async function readAll(path: string): Promise<Contents> {
  const db = await open(path);
  try {
    const films = await db.collection("films");
    const contents = new Map<PointId, string>();
    for (let after: PointId | undefined; ;) {
      const page = await films.list({
        limit: 1_000,
        include: ["metadata", "vector"],
        ...(after === undefined ? {} : { after }),
      });
      const read = await films.get(page.points.map(({ id }) => id));
      for (const [i, point] of page.points.entries()) {
        if (textOf(point) !== textOf(read[i]))
          throw new Error(`${String(point.id)} reads differently by its id`);
        contents.set(point.id, textOf(point));
      }
      after = page.next;
      if (after === undefined) return contents;
    }
  } finally {
    await db.close();
  }
}

function textOf(point: Point | undefined): string {
  return point === undefined ? "" : JSON.stringify([point.metadata, [...(point.vector ?? [])]]);
}
