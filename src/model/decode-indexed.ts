// Decoding of which metadata is indexed: everything, paths, or paths with kinds.

import type { IndexedFields, IndexedMetadata, MetadataKind } from "./collection-config.js";
import { decodeBoolean, decodeChoice, decodeFields, decodeStrings, within } from "./decode-object.js";
import { invalidInput, isPlainObject } from "./invalid-input.js";
import { limits } from "./limits.js";
import { decodeMetadataPath } from "./metadata-path.js";

const kinds: readonly MetadataKind[] = ["keyword", "integer", "float", "boolean", "date", "text", "geo"];

/** Decodes which metadata is indexed: `"all"`, an array of paths, or an object of paths with kinds. Its result is also its input. */
export function decodeIndexedMetadata(indexed: unknown, field: string): IndexedMetadata {
  if (indexed === "all") return "all";
  if (isPlainObject(indexed)) return decodeIndexedFields(indexed, field);
  if (!Array.isArray(indexed)) {
    const message = `"all", an array of paths or an object with "fields" is needed.`;
    throw invalidInput("wrong_type", field, indexed, message);
  }
  checkCount(indexed.length, field, indexed);
  const paths = decodeStrings(indexed, field);
  paths.forEach((path, i) => decodeMetadataPath(path, `${field}[${i}]`));
  return Object.freeze(paths);
}

function decodeIndexedFields(indexed: unknown, field: string): IndexedFields {
  const { fields, all } = decodeFields(indexed, field, ["fields", "all"]);
  const fieldsField = within(field, "fields");
  if (!isPlainObject(fields)) {
    throw invalidInput("wrong_type", fieldsField, fields, "An object of paths with their kinds is needed.");
  }
  const paths = Object.keys(fields);
  checkCount(paths.length, fieldsField, fields);
  // `fromEntries` makes `__proto__` a key like any other.
  const decoded = Object.fromEntries(
    paths.map((path) => {
      const at = within(fieldsField, path);
      decodeMetadataPath(path, at);
      return [path, decodeKinds(fields[path], at)];
    }),
  );
  return Object.freeze({
    fields: Object.freeze(decoded),
    all: decodeBoolean(all, within(field, "all")),
  });
}

function decodeKinds(value: unknown, field: string): readonly MetadataKind[] {
  if (!Array.isArray(value)) return Object.freeze([decodeKind(value, field)]);
  if (value.length === 0) throw invalidInput("out_of_range", field, value, "At least one kind is needed.");
  const decoded = Array.from(value, (kind: unknown, i) => decodeKind(kind, `${field}[${i}]`));
  return Object.freeze([...new Set(decoded)]);
}

function decodeKind(value: unknown, field: string): MetadataKind {
  if (value === "id") {
    const message = `Ids need no index of their own: the store has them, and "$id" asks for them. Leave it out.`;
    throw invalidInput("unknown_value", field, value, message);
  }
  // An absent kind must not become the fallback.
  return decodeChoice(value ?? null, field, { choices: kinds, fallback: "keyword" });
}

function checkCount(count: number, field: string, received: unknown): void {
  if (count <= limits.indexedPathsMax) return;
  const message = `At most ${limits.indexedPathsMax} paths are indexed.`;
  throw invalidInput("out_of_range", field, received, message);
}
