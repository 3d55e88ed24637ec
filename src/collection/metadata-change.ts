// What a metadata change makes of one point's metadata.

import type { ResolvedChange } from "../model/decode-requests.js";
import type { JsonValue } from "../model/point.js";
import { isTextSmallEnough, metadataTooLarge, parseMetadata } from "../model/decode-metadata.js";

/** The changed metadata as JSON text. Throws OmenError invalid/metadata_too_large if merging makes too much of it. */
export function changedMetadata(text: string, change: ResolvedChange): string {
  if (change.kind === "set") return change.metadata;
  // A map keeps the order of keys and knows no prototype; `fromEntries` makes every key the object's own.
  const merged = new Map<string, JsonValue>(Object.entries(parseMetadata(text)));
  for (const [key, value] of Object.entries(change.merge)) merged.set(key, value);
  for (const key of change.unset) merged.delete(key);
  const result = JSON.stringify(Object.fromEntries(merged));
  if (!isTextSmallEnough(result)) throw metadataTooLarge(Buffer.byteLength(result), "change.merge");
  return result;
}
