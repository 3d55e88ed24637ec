// A collection in the catalogue: which folder holds it, and its configuration, as JSON.

import { OmenError } from "../base/omen-error.js";
import { decodeCollectionConfig } from "../model/decode-config.js";
import type { IndexedMetadata, ResolvedCollectionConfig } from "../model/collection-config.js";
import { isPlainObject } from "../model/invalid-input.js";
import type { JsonObject, JsonValue } from "../model/point.js";

/** What the catalogue says about a collection. `folder` is a name within the folder of collections. */
export interface CollectionRecord {
  readonly folder: string;
  readonly config: ResolvedCollectionConfig;
}

/** Names of collections' folders: random, so that none is ever used twice. */
const folderName = /^[0-9a-f]{16}$/;

/** True for names that `collections/` gives to folders; others in it are not ours. */
export function isFolderName(name: string): boolean {
  return folderName.test(name);
}

/** The record as JSON. */
export function encodeCollectionRecord({ folder, config }: CollectionRecord): JsonObject {
  return { folder, ...encodeCollectionConfig(config) };
}

/** The record but for its folder. */
export function encodeCollectionConfig({
  fields,
  indexedMetadata,
  ...rest
}: ResolvedCollectionConfig): JsonObject {
  return {
    ...rest,
    indexedMetadata: encodeIndexed(indexedMetadata),
    fields: fields.map(({ name, dimension, metric }) => ({ name, dimension, metric })),
  };
}

function encodeIndexed(indexed: IndexedMetadata): JsonValue {
  if (typeof indexed === "string" || !("fields" in indexed)) return indexed;
  return { fields: indexed.fields, all: indexed.all === true };
}

/** Reads a record back. Throws OmenError corrupt/record_corrupt if it is none. */
export function decodeCollectionRecord(name: string, value: JsonValue): CollectionRecord {
  const folder = isPlainObject(value) ? value["folder"] : undefined;
  if (!isPlainObject(value) || typeof folder !== "string" || !isFolderName(folder)) throw recordCorrupt(name);
  try {
    return { folder, config: decodeCollectionConfig(asGiven(value)) };
  } catch (cause) {
    throw recordCorrupt(name, cause);
  }
}

/** The configuration in the form in which callers give it, so that one decoder checks both. */
function asGiven({
  fields,
  quantization,
  originals,
  maxDegree,
  efConstruction,
  indexedMetadata,
}: Record<string, unknown>): unknown {
  const rest = {
    quantization,
    originals,
    index: { maxDegree, efConstruction },
    metadata: { indexed: indexedMetadata },
  };
  const named: [unknown, object][] = (Array.isArray(fields) ? fields : [])
    .filter(isPlainObject)
    .map(({ name, dimension, metric }) => [name, { dimension, metric }]);
  const [first] = named;
  if (first !== undefined && first[0] === "") return { ...rest, ...first[1] };
  return { ...rest, vectors: Object.fromEntries(named.map(([name, field]) => [String(name), field])) };
}

function recordCorrupt(name: string, cause?: unknown): OmenError {
  const message = `The catalogue's record of the collection ${JSON.stringify(name)} is damaged; restore a backup.`;
  return new OmenError("corrupt", "record_corrupt", message, { field: name, cause });
}
