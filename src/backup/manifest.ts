// The manifest of a backup, `manifest.json`: what is in it, with sizes and sums. It is written last, so that a backup
// without one was interrupted. Its own sum finds damage, not malice: who can write the file can write the sum.

import { hash } from "node:crypto";
import { OmenError } from "../base/omen-error.js";
import { decodeFields } from "../model/decode-object.js";
import { isPlainObject } from "../model/invalid-input.js";
import type { JsonObject } from "../model/point.js";
import { backupDamaged } from "./backup-error.js";
import { pieceBytes, pieceCount, placeBytes } from "./piece-index.js";

export const manifestName = "manifest.json";
export const indexName = "pieces.index";
export const packName = "pieces.pack";

const format = "omendb-backup";
const version = 1;
/** Of a file; a store is at most 64 GiB. */
const fileBytesMax = 2 ** 40;

export interface Manifest {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly createdAt: string;
  /** The backup whose pieces this one uses: its id, and the SHA-256 of its manifest. */
  readonly base: { readonly id: string; readonly sha256: string } | null;
  readonly packBytes: number;
  readonly index: { readonly bytes: number; readonly sha256: string };
  readonly collections: readonly ManifestCollection[];
}

export interface ManifestCollection {
  readonly name: string;
  /** What the catalogue says of it, but for its folder, which is another one wherever it is restored. */
  readonly config: JsonObject;
  readonly sequence: number;
  readonly points: number;
  readonly rowEnd: number;
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  /** `data.mdb`, or a checkpoint: nothing else is restored, wherever the name would lead. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The text of a manifest. */
export function writeManifest(manifest: Manifest): string {
  const body = { format, version, pieceBytes, ...manifest };
  return `${JSON.stringify({ manifest: body, sha256: hash("sha256", JSON.stringify(body)) }, undefined, 2)}\n`;
}

/** Reads one back; throws `backup_damaged`, or `unsupported` (`backup_version`) for one that a later version wrote. */
export function readManifest(text: string, path: string): Manifest {
  try {
    const { manifest: body, sha256 } = asObject(JSON.parse(text));
    const given = asObject(body);
    must(given["format"] === format, "it is not in the format of backups");
    checkVersion(given["version"], path);
    must(sha256 === hash("sha256", JSON.stringify(body)), "its manifest does not match its checksum");
    return decode(given);
  } catch (error) {
    if (error instanceof OmenError && error.kind === "unsupported") throw error;
    const told = error instanceof SyntaxError ? "its manifest is no JSON text" : messageOf(error);
    throw backupDamaged(path, told, error);
  }
}

function checkVersion(found: unknown, path: string): void {
  if (found === version) return;
  const message = `The backup ${path} has format version ${String(found)}; this build of OmenDB reads version ${version}. Restore it with the version of OmenDB that wrote it.`;
  throw new OmenError("unsupported", "backup_version", message, { received: String(found) });
}

const sums = /^[0-9a-f]{64}$/;
const ids = /^[0-9a-f]{32}$/;
const fileNames = /^(data\.mdb|index-(0|[1-9][0-9]{0,2})\.omen)$/;

function decode(given: unknown): Manifest {
  const names = [
    "format",
    "version",
    "pieceBytes",
    "id",
    "createdAt",
    "base",
    "packBytes",
    "index",
    "collections",
  ] as const;
  const {
    pieceBytes: pieces,
    id,
    createdAt,
    base,
    packBytes,
    index,
    collections,
  } = decodeFields(given, "manifest", names);
  must(pieces === pieceBytes, "its pieces are of another size");
  const decoded = {
    id: asText(id, ids),
    createdAt: asText(createdAt, /^\d{4}-\d\d-\d\dT[\d:.]{8,16}Z$/),
    base: base === null ? null : decodeBase(base),
    packBytes: asCount(packBytes),
    index: decodeIndex(index),
    collections: asArray(collections).map(decodeCollection),
  };
  const found = decoded.collections.map(({ name }) => name);
  must(new Set(found).size === found.length, "its manifest names a collection twice");
  const files = decoded.collections.flatMap((collection) => collection.files);
  const placeCount = files.reduce((sum, file) => sum + pieceCount(file.bytes), 0);
  must(decoded.index.bytes === placeCount * placeBytes, "its index is not as long as its files call for");
  return decoded;
}

function decodeBase(given: unknown): NonNullable<Manifest["base"]> {
  const { id, sha256 } = decodeFields(given, "base", ["id", "sha256"]);
  return { id: asText(id, ids), sha256: asText(sha256, sums) };
}

function decodeIndex(given: unknown): Manifest["index"] {
  const { bytes, sha256 } = decodeFields(given, "index", ["bytes", "sha256"]);
  return { bytes: asCount(bytes), sha256: asText(sha256, sums) };
}

function decodeCollection(given: unknown): ManifestCollection {
  const names = ["name", "config", "sequence", "points", "rowEnd", "files"] as const;
  const { name, config, sequence, points, rowEnd, files } = decodeFields(given, "collection", names);
  const decoded = asArray(files).map(decodeFile);
  const found = decoded.map((file) => file.name);
  must(found[0] === "data.mdb" && new Set(found).size === found.length, "a collection has the wrong files");
  return {
    name: asText(name, /^/),
    // It came out of JSON; the decoder of the catalogue reads what is in it.
    config: asObject(config) as JsonObject,
    sequence: asCount(sequence),
    points: asCount(points),
    rowEnd: asCount(rowEnd),
    files: decoded,
  };
}

function decodeFile(given: unknown): ManifestFile {
  const { name, bytes, sha256 } = decodeFields(given, "file", ["name", "bytes", "sha256"]);
  const decoded = { name: asText(name, fileNames), bytes: asCount(bytes), sha256: asText(sha256, sums) };
  must(decoded.bytes > 0 && decoded.bytes <= fileBytesMax, "a file in it has an impossible size");
  return decoded;
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new RangeError(otherwise);
}

function asObject(value: unknown): { readonly [name: string]: unknown } {
  if (isPlainObject(value)) return value;
  throw new RangeError("its manifest lacks an object");
}

function asArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RangeError("its manifest lacks a list");
}

function asText(value: unknown, pattern: RegExp): string {
  if (typeof value === "string" && pattern.test(value)) return value;
  throw new RangeError(
    `its manifest has ${JSON.stringify(value)?.slice(0, 80)} where something else belongs`,
  );
}

function asCount(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`its manifest has ${JSON.stringify(value)?.slice(0, 80)} where a count belongs`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
}
