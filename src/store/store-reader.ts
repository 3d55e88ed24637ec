// Reads the records of a store that may be damaged: each read tells whether a record is whole, damaged or not there, and
// none throws. Only in a process that may die of it, because LMDB crashes on some damaged pages. store-check.ts and
// salvage-rows.ts are what it is for.

import { closeSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { xxHash32OfBytes } from "../base/checksum.js";
import type { PointId } from "../model/point.js";
import { changeSequence, readChangeRecord } from "./change-record.js";
import { readIdKey } from "./id-key.js";
import { LmdbEnvironment, type LmdbTable, type ReadOptions } from "./lmdb-environment.js";
import { metaPagesFault } from "./meta-pages-check.js";
import { stateKey } from "./open-point-tables.js";
import { checkPages, type PageRoots, readPageRoots } from "./page-check.js";
import { decodePoint, decodeVector } from "./salvaged-record.js";
import type { RowChanges, StoredPoint } from "./point-store.js";
import { readStoreMeta, type StoreMeta } from "./store-meta.js";

/** A record as it was found. */
export type Found<Value> =
  | { readonly state: "whole"; readonly value: Value }
  | { readonly state: "damaged"; readonly detail: string }
  | { readonly state: "absent" };

type TableName = string;

const rowTables = /^(points|vectors\/\d+)$/;

/** A store of points, opened for reading alone. */
export class StoreReader {
  readonly #environment: LmdbEnvironment;
  readonly dimensions: readonly number[];
  readonly #rowTables = new Map<TableName, LmdbTable<number>>();
  readonly #counts = new Map<TableName, number>();
  #pagesFault: string | undefined;
  /** The file itself, and where the trees of the state that is read begin in it. */
  #file = -1;
  #roots: PageRoots | undefined;
  readonly #keyTables = new Map<TableName, LmdbTable<Uint8Array>>();

  private constructor(environment: LmdbEnvironment, dimensions: readonly number[]) {
    this.#environment = environment;
    this.dimensions = dimensions;
  }

  /** Opens what there is. Throws OmenError corrupt or unavailable if LMDB cannot open the file. */
  static async open(folder: string, dimensions: readonly number[]): Promise<StoreReader> {
    const options = { mode: "open", access: "read", tableCountMax: 4 + dimensions.length } as const;
    const reader = new StoreReader(await LmdbEnvironment.open(folder, options), dimensions);
    const path = join(folder, "data.mdb");
    reader.#pagesFault = await metaPagesFault(path);
    reader.#file = openSync(path, "r");
    reader.#roots = readPageRoots(reader.#file, statSync(path).size);
    for (const name of reader.tableNames) if (name !== "pages") reader.#openTable(name);
    reader.#environment.refresh();
    reader.#countRecords();
    return reader;
  }

  /** What is wrong with the two pages that say which state of the file counts; `undefined` if nothing is. */
  get pagesFault(): string | undefined {
    return this.#pagesFault;
  }

  /** Tables that a store of these dimensions has. */
  get tableNames(): readonly TableName[] {
    return [
      "pages",
      "meta",
      "points",
      "ids",
      ...this.dimensions.map((_, field) => `vectors/${field}`),
      "changes",
    ];
  }

  has(table: TableName): boolean {
    return table === "pages" || this.#rowTables.has(table) || this.#keyTables.has(table);
  }

  #openTable(name: TableName): void {
    if (rowTables.test(name)) {
      const table = this.#environment.findTable<number>(name, "uint32");
      if (table !== undefined) this.#rowTables.set(name, table);
      return;
    }
    const table = this.#environment.findTable<Uint8Array>(name, "binary");
    if (table !== undefined) this.#keyTables.set(name, table);
  }

  /** What LMDB itself counted when the store was opened; -1 where it could not. */
  recordCount(table: TableName): number {
    return this.#counts.get(table) ?? -1;
  }

  /** It is asked of the newest state, not of the snapshot that is read. */
  #countRecords(): void {
    for (const [name, table] of [...this.#rowTables, ...this.#keyTables]) {
      try {
        this.#counts.set(name, this.#environment.recordCount(table));
      } catch {
        this.#renew();
      }
    }
  }

  readMeta(): Found<StoreMeta> {
    return this.#read("meta", stateKey, (bytes) => readStoreMeta(bytes, this.#environment.folder));
  }

  /** The point of a row; its metadata is parsed, too. */
  readPoint(row: number): Found<StoredPoint> {
    return this.#readRow("points", row, (bytes) => decodePoint(bytes, row));
  }

  readVector(field: number, row: number): Found<Float32Array> {
    return this.#readRow(`vectors/${field}`, row, (bytes) =>
      decodeVector(bytes, row, this.dimensions[field]!),
    );
  }

  /** The row under which the store would find an id. */
  readIdRow(key: Uint8Array): Found<number> {
    return this.#read("ids", key, (bytes) => rowOf(key, bytes));
  }

  readChanges(key: Uint8Array): Found<RowChanges> {
    return this.#read("changes", key, (bytes) =>
      readChangeRecord(bytes, changeSequence(key), this.#environment.folder),
    );
  }

  /** Hands over the record of a row if a look-up finds one; what LMDB says otherwise counts as none. */
  lookUp(table: TableName, row: number, take: (bytes: Buffer) => void): void {
    const found = this.#readRow(table, row, (bytes) => Buffer.from(bytes));
    if (found.state === "whole") take(found.value);
  }

  #readRow<Value>(table: TableName, row: number, decode: (bytes: Buffer) => Value): Found<Value> {
    const found = this.#rowTables.get(table);
    if (found === undefined) return { state: "absent" };
    return this.#decoded(() => this.#environment.read(found, row), decode);
  }

  #read<Value>(table: TableName, key: Uint8Array, decode: (bytes: Buffer) => Value): Found<Value> {
    const found = this.#keyTables.get(table);
    if (found === undefined) return { state: "absent" };
    return this.#decoded(() => this.#environment.read(found, key), decode);
  }

  #decoded<Value>(read: () => Buffer | undefined, decode: (bytes: Buffer) => Value): Found<Value> {
    let bytes: Buffer | undefined;
    try {
      bytes = read();
    } catch (error) {
      this.#renew();
      return { state: "damaged", detail: messageOf(error) };
    }
    if (bytes === undefined) return { state: "absent" };
    try {
      return { state: "whole", value: decode(bytes.subarray(0, bytes.length)) };
    } catch (error) {
      return { state: "damaged", detail: messageOf(error) };
    }
  }

  /** After an error LMDB refuses every later read of the same transaction. */
  #renew(): void {
    this.#environment.refresh();
  }

  *#scan<T>(range: (options: ReadOptions) => Iterable<T>): Generator<T, void> {
    try {
      yield* this.#environment.scan(range);
    } catch (error) {
      this.#renew();
      throw error;
    }
  }

  /** Rows of a table as an iteration finds them, from `from` on. Throws what LMDB says. */
  rows(table: TableName, from = 0): Iterable<number> {
    const found = this.#rowTables.get(table);
    if (found === undefined) return [];
    return this.#scan((options) => found.getKeys({ ...options, start: from }));
  }

  /** The same with the records. */
  records(table: TableName, from: number): Iterable<{ readonly key: number; readonly value: Uint8Array }> {
    const found = this.#rowTables.get(table);
    if (found === undefined) return [];
    return this.#scan((options) => found.getRange({ ...options, start: from }));
  }

  /** Keys of a table with their records, behind `after`. Throws what LMDB says. */
  keys(
    table: TableName,
    after?: Uint8Array,
  ): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
    const found = this.#keyTables.get(table);
    if (found === undefined) return [];
    const start = after === undefined ? {} : { start: after, exclusiveStart: true };
    return this.#scan((options) => found.getRange({ ...options, ...start }));
  }

  /** Walks over the pages of the file without LMDB; returns how many there are. */
  checkPages(listener: Parameters<typeof checkPages>[2]): number {
    if (this.#roots === undefined) {
      listener.tell("The meta page leads behind the end of the file.");
      return 0;
    }
    return checkPages(this.#file, this.#roots, listener);
  }

  close(): Promise<void> {
    closeSync(this.#file);
    return this.#environment.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The row in the record of an id. */
export function rowOf(key: Uint8Array, record: Uint8Array): number {
  const bytes = Buffer.from(record);
  if (bytes.length !== 8) throw new Error(`it has ${bytes.length} bytes`);
  const row = bytes.readUInt32LE(0);
  if (idHash(key, row) !== bytes.readUInt32LE(4)) throw new Error("its checksum differs");
  return row;
}

/** Under which the id counts in the digest of ids, and its checksum. */
export function idHash(key: Uint8Array, row: number): number {
  return xxHash32OfBytes(Buffer.from(key), row);
}

/** The id of a key; `undefined` if it is none. */
export function idOfKey(key: Uint8Array): PointId | undefined {
  try {
    return readIdKey(Buffer.from(key), 0, key.length);
  } catch {
    return undefined;
  }
}
