// The store and the index over metadata of a collection, and what that index tells: nothing once it could not take a write,
// because only the store is right then.

import type { FilterNode, MetadataPath } from "../model/filter-tree.js";
import type { CandidateRows } from "../metadata/field-rows.js";
import type { FieldIndex } from "../metadata/field-index.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";
import type { PointStore } from "../store/point-store.js";
import type { Writer } from "./writer.js";
import { findCandidates } from "./matching-points.js";

/** What points are found in, and by what. */
export interface IndexedSources {
  readonly store: PointStore;
  readonly metadata: MetadataIndexes;
  readonly writer: Writer;
}

/** Candidates of a filter in this moment; `undefined` where the index does not tell. */
export function candidatesOf(
  { store, metadata, writer }: IndexedSources,
  node: FilterNode,
): CandidateRows | undefined {
  return writer.failure === undefined ? findCandidates(store, metadata, node) : undefined;
}

/** The index of a path in this moment; `"unknown"` also where the index does not tell. */
export function fieldAt(
  { metadata, writer }: IndexedSources,
  path: MetadataPath,
): FieldIndex | "empty" | "unknown" {
  return writer.failure === undefined ? metadata.fieldAt(path) : "unknown";
}
