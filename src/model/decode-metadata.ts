// Decoding of metadata into JSON text, the form in which it is stored and which cannot hold anything but plain data.

import type { OmenError } from "../base/omen-error.js";
import type { Metadata } from "./point.js";
import { invalidInput, isPlainObject } from "./invalid-input.js";
import { limits } from "./limits.js";

/** Metadata as JSON text, or `undefined` if it is not metadata: `metadataError` says why. Absent means `{}`. */
export function readMetadata(value: unknown): string | undefined {
  if (value === undefined) return "{}";
  if (!isPlainObject(value) || !isJsonObject(value, 1)) return undefined;
  const text = JSON.stringify(value);
  return isTextSmallEnough(text) ? text : undefined;
}

/** Why `value` is not metadata: `metadata_type`, `metadata_value`, `metadata_depth` or `metadata_too_large`. */
export function metadataError(value: unknown, field: string): OmenError {
  if (!isPlainObject(value)) return invalidInput("metadata_type", field, value, "A plain object is needed.");
  return findFault(value, field, 1) ?? metadataTooLarge(Buffer.byteLength(JSON.stringify(value)), field);
}

/** Decodes metadata that must be there, or throws what `metadataError` says. */
export function decodeMetadata(value: unknown, field: string): string {
  const text = value === undefined ? undefined : readMetadata(value);
  if (text === undefined) throw metadataError(value, field);
  return text;
}

/** Reads stored metadata. `JSON.parse` makes `__proto__` a key like any other. */
export function parseMetadata(text: string): Metadata {
  // The text was made by `readMetadata`, which lets only objects through.
  return JSON.parse(text) as Metadata;
}

/** True if the text keeps the limit of 1 MiB, counted in UTF-8 bytes. */
export function isTextSmallEnough(text: string): boolean {
  if (text.length * 3 <= limits.metadataBytesMax) return true;
  return text.length <= limits.metadataBytesMax && Buffer.byteLength(text) <= limits.metadataBytesMax;
}

/** The error for metadata over 1 MiB. */
export function metadataTooLarge(byteCount: number, field: string): OmenError {
  const message = `At most ${limits.metadataBytesMax} bytes of JSON text are allowed; keep large values elsewhere.`;
  return invalidInput("metadata_too_large", field, byteCount, message);
}

/** True if all within is JSON, at most 64 levels deep; a value that contains itself is deeper than any limit. */
function isJsonObject(object: { readonly [key: string]: unknown }, depth: number): boolean {
  if (depth > limits.metadataDepthMax || Object.getOwnPropertySymbols(object).length > 0) return false;
  // Object.keys leaves out what is inherited, and holds `__proto__` only where it is a key of the object's own.
  for (const key of Object.keys(object)) if (!isJsonValue(object[key], depth)) return false;
  return true;
}

function isJsonValue(value: unknown, depth: number): boolean {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return isJsonArray(value, depth + 1);
  return isPlainObject(value) && isJsonObject(value, depth + 1);
}

function isJsonArray(array: readonly unknown[], depth: number): boolean {
  if (depth > limits.metadataDepthMax) return false;
  // A hole reads as undefined, which is no JSON value.
  for (let i = 0; i < array.length; i++) if (!isJsonValue(array[i], depth)) return false;
  return true;
}

/** The slow twin of `isJsonValue`: the first fault with its path. */
function findFault(value: unknown, field: string, depth: number): OmenError | undefined {
  if (isLeaf(value)) return undefined;
  const isArray = Array.isArray(value);
  if (!isArray && !isPlainObject(value)) {
    const message = "A JSON value is needed: null, boolean, finite number, string, array or plain object.";
    return invalidInput("metadata_value", field, value, message);
  }
  if (depth > limits.metadataDepthMax) {
    const message = `At most ${limits.metadataDepthMax} levels are allowed, and no value may contain itself.`;
    return invalidInput("metadata_depth", field, value, message);
  }
  if (!isArray && Object.getOwnPropertySymbols(value).length > 0) {
    return invalidInput("metadata_value", field, value, "Keys must be strings; symbols have no JSON form.");
  }
  const parts: [string, unknown][] = isArray
    ? Array.from(value, (part: unknown, i) => [`${field}[${i}]`, part])
    : Object.entries(value).map(([key, part]) => [`${field}.${key}`, part]);
  for (const [path, part] of parts) {
    const fault = findFault(part, path, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isLeaf(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "string" || typeof value === "boolean" || value === null;
}
