// The records of a catalogue as bytes; docs/internals/formats.md. Numbers are little-endian; the key of a record
// is its name as UTF-8.
//
//   record        u32 XXH32 of what follows, with the XXH32 of the key as seed · value as JSON text
//   meta "state"  u32 XXH32 of what follows · u32 format version · digest of the keys: u32 count, low, high

import { xxHash32OfBytes } from "../base/checksum.js";
import { type KeyDigest, KeyDigestBuilder, sameKeyDigest } from "../base/key-digest.js";
import type { CatalogTables } from "./catalog-store.js";
import type { LmdbEnvironment } from "./lmdb-environment.js";
import { keysMissing } from "./open-point-tables.js";
import { recordCorrupt } from "./point-record.js";
import { checkVersion, formatVersion, metaCorrupt } from "./store-meta.js";

/** JSON texts by key. */
export type StoredCatalog = ReadonlyMap<string, string>;

const stateKey = Buffer.from("state");
const metaBytes = 20;

/** The record of a value. */
export function writeCatalogRecord(key: string, text: string): Uint8Array {
  const record = Buffer.from(`\0\0\0\0${text}`);
  record.writeUInt32LE(xxHash32OfBytes(record.subarray(4), keyHash(Buffer.from(key))));
  return record;
}

/** What goes with the records of these keys; tests give another version. */
export function writeCatalogMeta(
  keys: Iterable<string>,
  version = formatVersion,
): { readonly key: Uint8Array; readonly record: Uint8Array } {
  const digest = new KeyDigestBuilder();
  for (const key of keys) digest.add(keyHash(Buffer.from(key)));
  const { count, low, high } = digest.digest();
  const record = Buffer.from(Uint32Array.of(0, version, count, low, high).buffer);
  record.writeUInt32LE(xxHash32OfBytes(record.subarray(4), 0));
  return { key: stateKey, record };
}

/** Reads and checks all of it; `undefined` if there is nothing yet. */
export function readCatalog(environment: LmdbEnvironment, tables: CatalogTables): StoredCatalog | undefined {
  const expected = readMeta(environment, tables);
  const records = new Map<string, string>();
  const digest = new KeyDigestBuilder();
  for (const { key, value } of environment.scan((options) => tables.records.getRange(options))) {
    digest.add(keyHash(key));
    records.set(Buffer.from(key).toString(), readText(key, value, environment.folder));
  }
  if (expected === undefined && records.size === 0) return undefined;
  if (expected === undefined) throw metaCorrupt(environment.folder);
  if (!sameKeyDigest(digest.digest(), expected)) {
    throw keysMissing(
      environment.folder,
      "records",
      `${records.size} records, ${expected.count} were written`,
    );
  }
  return records;
}

function readText(key: Uint8Array, value: Uint8Array, folder: string): string {
  const record = Buffer.from(value);
  const isIntact =
    record.length > 4 && xxHash32OfBytes(record.subarray(4), keyHash(key)) === record.readUInt32LE(0);
  if (!isIntact) throw recordCorrupt(`catalogue record ${Buffer.from(key).toString()}`, folder);
  return record.toString("utf8", 4);
}

function readMeta(environment: LmdbEnvironment, tables: CatalogTables): KeyDigest | undefined {
  const read = environment.read(tables.meta, stateKey);
  if (read === undefined) return undefined;
  const record = read.subarray(0, read.length);
  if (record.length < 8 || xxHash32OfBytes(record.subarray(4), 0) !== record.readUInt32LE(0)) {
    throw metaCorrupt(environment.folder);
  }
  checkVersion(record.readUInt32LE(4), environment.folder);
  if (record.length !== metaBytes) throw metaCorrupt(environment.folder);
  return { count: record.readUInt32LE(8), low: record.readUInt32LE(12), high: record.readUInt32LE(16) };
}

function keyHash(key: Uint8Array): number {
  return xxHash32OfBytes(key, 0);
}
