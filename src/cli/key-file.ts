// A file of API keys: `{ "keys": [{ "sha256", "name"?, "access"?, "collections"? }] }`. It holds hashes, so that who reads it, or a backup of it, has no key.
// docs/reference/server.md shows how one is made.

import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { OmenError } from "../base/omen-error.js";
import { decodeFields } from "../model/decode-object.js";
import { isPlainObject } from "../model/invalid-input.js";
import type { ApiKey } from "../server.js";

/** Watching by events misses files that are replaced by another of their name, as editors and Kubernetes do; looking does not. */
const lookEveryMs = 1_000;

/** The keys in a file. Throws OmenError `invalid`/`key_file`. */
export function readKeyFile(path: string): ApiKey[] {
  try {
    const { keys } = decodeFields(JSON.parse(readFileSync(path, "utf8")), "", ["keys"]);
    if (!Array.isArray(keys) || keys.length === 0)
      throw new Error("keys must be a list with at least one key.");
    for (const key of keys as readonly unknown[]) {
      if (!isPlainObject(key) || "key" in key || !("sha256" in key))
        throw new Error("each key has its hash as sha256, and not the key itself.");
    }
    // The server looks at every field of every key.
    return keys as ApiKey[];
  } catch (cause) {
    // A parser's message may show what stands in the file.
    const told =
      cause instanceof SyntaxError ? "it is not JSON." : cause instanceof Error ? cause.message : "";
    throw new OmenError("invalid", "key_file", `The key file ${path} cannot be used: ${told}`, {
      field: "key-file",
      received: path,
      cause,
    });
  }
}

/** Calls `changed` when the file was written or replaced; what is returned ends that. */
export function watchKeyFile(path: string, changed: () => void): () => void {
  const look = (): void => changed();
  watchFile(path, { interval: lookEveryMs, persistent: false }, look);
  return () => unwatchFile(path, look);
}
