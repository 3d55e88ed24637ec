// Paths of payload keys: `a.b`, `a[].b`, and `"a.b"` for one key with a dot, in terms of the paths of metadata.

import { formatError } from "./request-errors.js";

const segment = /(?:"((?:[^"\\]|\\.)+)"|([^.[\]"]+))((?:\[\d*\])*)(\.|$)/uy;

/**
 * The path of the metadata. OmenDB's paths go on in each object of an array by themselves, so `[]` is dropped; a place in an array
 * (`a[0]`) is refused.
 */
export function decodePath(key: string, place: string): string {
  return decodeKeys(key, place).map(escapedKey).join(".");
}

/** Where a part of the payload is overwritten: the path of the object around it, empty for the payload itself, and its key. */
export function decodePlace(key: string, place: string): { readonly at: string; readonly last: string } {
  if (key.endsWith("]")) throw formatError(place, "elements of arrays cannot be overwritten yet");
  const keys = decodeKeys(key, place);
  return { at: keys.slice(0, -1).map(escapedKey).join("."), last: keys.at(-1)! };
}

function decodeKeys(key: string, place: string): string[] {
  const keys: string[] = [];
  segment.lastIndex = 0;
  while (segment.lastIndex < key.length) {
    const found = segment.exec(key);
    if (found === null) throw formatError(place, `invalid JSON path ${JSON.stringify(key)}`);
    const [, quoted, plain, brackets = "", dot] = found;
    if (/\d/u.test(brackets))
      throw formatError(place, "places in arrays are not supported yet; use `[]` for all");
    keys.push(quoted ?? plain!);
    if (dot === "" && segment.lastIndex < key.length)
      throw formatError(place, `invalid JSON path ${JSON.stringify(key)}`);
    if (dot === "." && segment.lastIndex === key.length)
      throw formatError(place, `invalid JSON path ${JSON.stringify(key)}`);
  }
  if (keys.length === 0) throw formatError(place, "a path is expected");
  return keys;
}

function escapedKey(key: string, i: number): string {
  const escaped = key.replace(/[\\.]/gu, "\\$&");
  return i === 0 && escaped.startsWith("$") ? `\\${escaped}` : escaped;
}

/** The other way around. */
export function encodePath(path: string): string {
  const keys = path.split(/(?<!\\)\./u).map((key) => key.replace(/\\(.)/gu, "$1"));
  return keys.map((key) => (/[.[\]"]/u.test(key) ? JSON.stringify(key) : key)).join(".");
}
