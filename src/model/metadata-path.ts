// Paths into metadata as callers write them: keys joined by dots. A backslash takes the dot, the backslash or the dollar
// sign behind it as it is, so that every key can be named: `a\.b` is the one key `a.b`.

import type { MetadataPath } from "./filter-tree.js";
import { invalidInput } from "./invalid-input.js";
import { limits } from "./limits.js";

/** Decodes a path. Throws `metadata_path`. */
export function decodeMetadataPath(path: string, field: string): MetadataPath {
  const keys = path.includes("\\") ? splitEscaped(path, field) : path.split(".");
  if (keys.length <= limits.metadataDepthMax) return keys;
  const message = `Metadata has at most ${limits.metadataDepthMax} levels; the path has ${keys.length} keys.`;
  throw invalidInput("metadata_path", field, path, message);
}

/** A path in the form in which callers write it. */
export function formatMetadataPath(path: MetadataPath): string {
  const text = path.map((key) => key.replace(/[\\.]/g, "\\$&")).join(".");
  return text.startsWith("$") ? `\\${text}` : text;
}

function splitEscaped(path: string, field: string): string[] {
  const keys: string[] = [];
  let key = "";
  for (let i = 0; i < path.length; i++) {
    if (path[i] === ".") {
      keys.push(key);
      key = "";
      continue;
    }
    if (path[i] === "\\") {
      const next = path[++i];
      if (next !== "." && next !== "\\" && next !== "$") throw loneBackslash(path, field);
    }
    key += path[i];
  }
  keys.push(key);
  return keys;
}

function loneBackslash(path: string, field: string): Error {
  const message = `A backslash in a path must stand before ".", "\\" or "$"; write "\\\\" for the key's own.`;
  return invalidInput("metadata_path", field, path, message);
}

/** Decodes a path that must be there. Throws `missing_field`, `wrong_type` or `metadata_path`. */
export function decodePathField(value: unknown, field: string): MetadataPath {
  if (value === undefined)
    throw invalidInput("missing_field", field, value, "A path of the metadata is needed.");
  if (typeof value !== "string") throw invalidInput("wrong_type", field, value, "A string is needed.");
  return decodeMetadataPath(value, field);
}
