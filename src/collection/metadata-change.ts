// What a metadata change makes of one point's metadata.

import type { ResolvedChange, ResolvedMerge } from "../model/decode-change.js";
import type { MetadataPath } from "../model/filter-tree.js";
import type { JsonObject, JsonValue } from "../model/point.js";
import {
  decodeMetadata,
  isTextSmallEnough,
  metadataTooLarge,
  parseMetadata,
} from "../model/decode-metadata.js";
import { isArray, isObject } from "../model/json-value.js";

/** The changed metadata as JSON text. Throws OmenError invalid if merging makes it too large or too deep. */
export function changedMetadata(text: string, change: ResolvedChange): string {
  if (change.kind === "set") return change.metadata;
  const changed = changedAt(parseMetadata(text), change.at, change);
  // Only below the top can merging make more levels than were allowed in either part.
  if (change.at.length > 0) return decodeMetadata(changed, "change.merge");
  const result = JSON.stringify(changed);
  if (!isTextSmallEnough(result)) throw metadataTooLarge(Buffer.byteLength(result), "change.merge");
  return result;
}

/** The object with what is at the path changed. */
function changedAt(object: JsonObject, at: MetadataPath, change: ResolvedMerge): JsonObject {
  const [key, ...rest] = at;
  if (key === undefined) return change.unset.reduce(without, merged(object, change.merge));
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  const changed = changedWithin(value, rest, change);
  return changed === undefined ? object : merged(object, Object.fromEntries([[key, changed]]));
}

/** A value with its objects changed. Merging puts an object in the place of what is none; `undefined` stays so otherwise. */
function changedWithin(
  value: JsonValue | undefined,
  at: MetadataPath,
  change: ResolvedMerge,
): JsonValue | undefined {
  if (value !== undefined && isArray(value)) {
    return value.map((element) => (isObject(element) ? changedAt(element, at, change) : element));
  }
  if (value !== undefined && isObject(value)) return changedAt(value, at, change);
  return change.merge === undefined ? value : changedAt({}, at, change);
}

function merged(object: JsonObject, merge: JsonObject | undefined): JsonObject {
  if (merge === undefined) return object;
  // A map keeps the order of keys and knows no prototype; `fromEntries` makes every key the object's own.
  const result = new Map<string, JsonValue>(Object.entries(object));
  for (const [key, value] of Object.entries(merge)) result.set(key, value);
  return Object.fromEntries(result);
}

/** The object without what the path leads to; in arrays on the way, each object loses it. */
function without(object: JsonObject, path: MetadataPath): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(object, key)) return object;
  const entries = Object.entries(object);
  if (rest.length === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === key ? withoutWithin(value, rest) : value]),
  );
}

function withoutWithin(value: JsonValue, path: MetadataPath): JsonValue {
  if (isArray(value)) return value.map((element) => (isObject(element) ? without(element, path) : element));
  return isObject(value) ? without(value, path) : value;
}
