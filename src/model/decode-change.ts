// Decoding of changes: of metadata, and the conditions of an upsert.

import type { FilterNode, MetadataPath } from "./filter-tree.js";
import type { Metadata } from "./point.js";
import type { UpsertOptions } from "./requests.js";
import { decodeFilter } from "./decode-filter.js";
import { decodeMetadata, parseMetadata } from "./decode-metadata.js";
import { decodeBoolean, decodeFields, decodeStrings } from "./decode-object.js";
import { invalidInput } from "./invalid-input.js";
import { decodeMetadataPath, decodePathField } from "./metadata-path.js";

/** How metadata changes, checked: what is merged is plain JSON. */
export type ResolvedChange = { readonly kind: "set"; readonly metadata: string } | ResolvedMerge;

/** A change of parts. Paths to unset begin in the object at `at`. */
export interface ResolvedMerge {
  readonly kind: "merge";
  readonly at: MetadataPath;
  readonly merge: Metadata | undefined;
  readonly unset: readonly MetadataPath[];
}

/** Decodes a change of metadata. */
export function decodeChange(value: unknown): ResolvedChange {
  const { set, at, merge, unset } = decodeFields(value, "change", ["set", "at", "merge", "unset"]);
  if (set === undefined && merge === undefined && unset === undefined) {
    throw invalidInput("missing_field", "change", value, `"set", "merge" or "unset" is needed.`);
  }
  if (set === undefined) {
    return {
      kind: "merge",
      at: at === undefined ? [] : decodePathField(at, "change.at"),
      // Reading the text back gives a copy that the caller cannot change while the call waits for its turn.
      merge: merge === undefined ? undefined : parseMetadata(decodeMetadata(merge, "change.merge")),
      unset: unset === undefined ? [] : decodePaths(unset, "change.unset"),
    };
  }
  if (merge !== undefined || unset !== undefined || at !== undefined) {
    throw invalidInput(
      "conflicting_fields",
      "change",
      value,
      `"set" replaces everything; leave "at", "merge" and "unset" out.`,
    );
  }
  return { kind: "set", metadata: decodeMetadata(set, "change.set") };
}

function decodePaths(value: unknown, field: string): MetadataPath[] {
  return decodeStrings(value, field).map((path, i) => decodeMetadataPath(path, `${field}[${i}]`));
}

/** On which condition points are written: `absent` and `present` say what becomes of a point that is so. */
export interface UpsertCondition {
  readonly absent: "insert" | "skip";
  /** A filter lets a point be replaced that passes it. */
  readonly present: "replace" | "skip" | FilterNode;
}

const optionNames: readonly (keyof UpsertOptions)[] = ["ifAbsent", "ifPresent", "where"];

/** Decodes the options of `upsert`; `undefined` where there are none. */
export function decodeUpsertOptions(value: unknown): UpsertCondition | undefined {
  if (value === undefined) return undefined;
  const given = decodeFields(value, "options", optionNames);
  const ifAbsent = decodeBoolean(given.ifAbsent, "options.ifAbsent");
  const ifPresent = decodeBoolean(given.ifPresent, "options.ifPresent");
  const where = decodeFilter(given.where, "options.where");
  if (ifAbsent && (ifPresent || where !== undefined)) {
    const message = `"ifAbsent" leaves points alone that are there; leave "ifPresent" and "where" out.`;
    throw invalidInput("conflicting_fields", "options", value, message);
  }
  return { absent: ifPresent ? "skip" : "insert", present: ifAbsent ? "skip" : (where ?? "replace") };
}
