// A small durable table of names: string keys and JSON values, all of it held in memory and read from there. The
// database keeps names and configurations of its collections in one.

/// <reference lib="es2024.string" />
import { assert } from "../base/assert.js";
import type { JsonValue } from "../model/point.js";
import { readCatalog, type StoredCatalog, writeCatalogMeta, writeCatalogRecord } from "./catalog-record.js";
import { LmdbEnvironment, type LmdbEnvironmentOptions, type LmdbTable } from "./lmdb-environment.js";
import { SerialQueue } from "./serial-queue.js";
import { metaCorrupt } from "./store-meta.js";

/** A key with its value. */
export interface CatalogRecord {
  /** 1 to 1,024 UTF-8 bytes. */
  readonly key: string;
  readonly value: JsonValue;
}

/** Puts a record, in place of one with the same key, or removes one, whether or not there is one. */
export type CatalogChange =
  ({ readonly kind: "put" } & CatalogRecord) | { readonly kind: "remove"; readonly key: string };

/** An open catalogue. After `close` everything but `close` fails with OmenError `closed`. */
export interface CatalogStore {
  /** The value of a key, as a copy of the caller's own; `undefined` if there is none. */
  get(key: string): JsonValue | undefined;

  /** All records in the order of the UTF-8 bytes of their keys. */
  entries(): CatalogRecord[];

  /** Applies changes in their order, all or nothing; resolves when they are durable. Rejects as `PointStore.commit`. */
  commit(changes: readonly CatalogChange[]): Promise<void>;

  /** Waits for commits in flight and lets go of the files. Calling it again does nothing. */
  close(): Promise<void>;
}

/**
 * Opens the catalogue in `folder`, creating it if there is none and `mode` is not `"open"`. Every record is read and
 * checked. Throws OmenError `corrupt` (`store_missing`, `file_damaged`, `file_truncated`, `record_corrupt`,
 * `meta_corrupt`, `keys_missing`), `unsupported` (`format_version`), `conflict` (`store_exists`) or `unavailable`
 * (`open_failed`). The caller has locked the folder.
 */
export async function openCatalogStore(
  folder: string,
  options: Pick<LmdbEnvironmentOptions, "mode" | "freeBytes"> = {},
): Promise<CatalogStore> {
  const environment = await LmdbEnvironment.open(folder, { ...options, tableCountMax: 2 });
  try {
    const tables = {
      meta: environment.table<Uint8Array>("meta", "binary"),
      records: recordsTable(environment),
    };
    environment.refresh();
    const stored = readCatalog(environment, tables);
    // A damaged root page makes LMDB see no tables at all.
    if (stored === undefined && options.mode === "open") throw metaCorrupt(folder);
    const store = new LmdbCatalogStore(environment, tables, stored ?? new Map());
    if (stored === undefined) await store.commit([]);
    return store;
  } catch (error) {
    await environment.close();
    throw error;
  }
}

function recordsTable(environment: LmdbEnvironment): LmdbTable<Uint8Array> {
  return environment.table<Uint8Array>("records", "binary");
}

/** The sub-databases of a catalogue. */
export interface CatalogTables {
  readonly meta: LmdbTable<Uint8Array>;
  readonly records: LmdbTable<Uint8Array>;
}

const keyBytesMax = 1024;

class LmdbCatalogStore implements CatalogStore {
  readonly #environment: LmdbEnvironment;
  readonly #tables: CatalogTables;
  readonly #queue = new SerialQueue();
  /** JSON texts by key. */
  #records: StoredCatalog;

  constructor(environment: LmdbEnvironment, tables: CatalogTables, records: StoredCatalog) {
    this.#environment = environment;
    this.#tables = tables;
    this.#records = records;
  }

  get(key: string): JsonValue | undefined {
    this.#checkOpen();
    const text = this.#records.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
  }

  entries(): CatalogRecord[] {
    this.#checkOpen();
    return [...this.#records]
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map(([key, text]) => ({ key, value: JSON.parse(text) as JsonValue }));
  }

  async commit(changes: readonly CatalogChange[]): Promise<void> {
    // Encoded at once: what the caller does to the values later does not matter.
    const encoded = changes.map(encodeChange);
    return this.#queue.run(async () => {
      const records = new Map(this.#records);
      for (const { key, text } of encoded) {
        if (text === undefined) records.delete(key);
        else records.set(key, text);
      }
      await this.#write(encoded, records);
    });
  }

  async #write(changes: readonly EncodedChange[], records: StoredCatalog): Promise<void> {
    const writes = changes.map(({ key, text }) => ({
      key: Buffer.from(key),
      record: text === undefined ? undefined : writeCatalogRecord(key, text),
    }));
    const meta = writeCatalogMeta(records.keys());
    const puts = (): [] => {
      for (const { key, record } of writes) {
        if (record === undefined) this.#tables.records.remove(key);
        else void this.#tables.records.put(key, record);
      }
      void this.#tables.meta.put(meta.key, meta.record);
      return [];
    };
    await this.#environment.commit({
      puts,
      applied: () => void (this.#records = records),
      purpose: changes.every(({ text }) => text === undefined) ? "free" : "write",
    });
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    await this.#environment.close();
  }

  #checkOpen(): void {
    if (this.#environment.isClosed) throw this.#environment.closedError();
  }
}

interface EncodedChange {
  readonly key: string;
  /** JSON text; `undefined` removes. */
  readonly text: string | undefined;
}

function encodeChange(change: CatalogChange): EncodedChange {
  const { key } = change;
  const keyBytes = Buffer.byteLength(key);
  assert(
    keyBytes > 0 && keyBytes <= keyBytesMax && key.isWellFormed(),
    "a key must have 1 to 1,024 UTF-8 bytes",
  );
  if (change.kind === "remove") return { key, text: undefined };
  return { key, text: JSON.stringify(change.value) };
}
