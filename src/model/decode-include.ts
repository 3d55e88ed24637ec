// Decoding of `include`: which parts of a point come back.

import { decodeFields, decodeStrings } from "./decode-object.js";
import { invalidInput } from "./invalid-input.js";
import { decodeMetadataPath } from "./metadata-path.js";

/** Paths of metadata to keep or to drop, each split into its keys. */
export interface MetadataPaths {
  readonly kind: "keep" | "drop";
  readonly paths: readonly (readonly string[])[];
}

/** Which parts come back, complete. */
export interface ResolvedInclude {
  readonly metadata: "all" | "none" | MetadataPaths;
  readonly vector: boolean;
}

const allParts: ResolvedInclude = Object.freeze({ metadata: "all", vector: true });
const metadataOnly: ResolvedInclude = Object.freeze({ metadata: "all", vector: false });
const nothing: ResolvedInclude = Object.freeze({ metadata: "none", vector: false });

/** What `get` gives back where nothing is said. */
export const includeOfGet = allParts;
/** What `search` and `list` give back where nothing is said. */
export const includeOfSearch = metadataOnly;

/** Decodes `include`; absent means `fallback`. */
export function decodeInclude(value: unknown, field: string, fallback: ResolvedInclude): ResolvedInclude {
  if (value === undefined) return fallback;
  return Array.isArray(value) ? decodeParts(value, field) : decodeSelection(value, field);
}

function decodeParts(value: unknown, field: string): ResolvedInclude {
  const parts = decodeStrings(value, field);
  if (parts.length === 0) return nothing;
  parts.forEach((part, i) => {
    if (part === "metadata" || part === "vector") return;
    throw invalidInput("unknown_value", `${field}[${i}]`, part, `"metadata" or "vector" is needed.`);
  });
  return { metadata: parts.includes("metadata") ? "all" : "none", vector: parts.includes("vector") };
}

function decodeSelection(value: unknown, field: string): ResolvedInclude {
  const { metadata, vector } = decodeFields(value, field, ["metadata", "vector"]);
  if (vector !== undefined && typeof vector !== "boolean") {
    throw invalidInput("wrong_type", `${field}.vector`, vector, "true or false is needed.");
  }
  return { metadata: decodeMetadataSelector(metadata, `${field}.metadata`), vector: vector === true };
}

function decodeMetadataSelector(value: unknown, field: string): ResolvedInclude["metadata"] {
  if (value === undefined || value === false) return "none";
  if (value === true) return "all";
  const { keep, drop } = decodeFields(value, field, ["keep", "drop"]);
  if ((keep === undefined) === (drop === undefined)) {
    throw invalidInput("conflicting_fields", field, value, `Either "keep" or "drop" is needed.`);
  }
  const kind = keep === undefined ? "drop" : "keep";
  const at = `${field}.${kind}`;
  const paths = decodeStrings(keep ?? drop, at).map((path, i) => decodeMetadataPath(path, `${at}[${i}]`));
  return { kind, paths };
}
