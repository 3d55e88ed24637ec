// From the setting which metadata is indexed to an index, and from indexes to what is told of them.

import type { IndexedMetadata } from "../model/collection-config.js";
import type { MetadataIndexStats } from "../model/stats.js";
import type { PointStore } from "../store/point-store.js";
import type { MetadataPath } from "../model/filter-tree.js";
import { decodeMetadataPath, formatMetadataPath } from "../model/metadata-path.js";
import type { WantedFields } from "../metadata/metadata-fields.js";
import { MetadataIndex } from "../metadata/metadata-index.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";

/** An index of these paths, still to be filled unless there is nothing to fill it with. */
export function metadataIndex(indexed: IndexedMetadata, store: PointStore): MetadataIndex {
  // The paths have been checked when the configuration was.
  return new MetadataIndex(wantedFields(indexed), store.state.pointCount === 0 ? "filled" : "filling");
}

/** Which fields have an index, and of which kinds. */
export function wantedFields(indexed: IndexedMetadata): WantedFields {
  if (indexed === "all") return "all";
  if (isPaths(indexed)) return indexed.map(decodedPath);
  const declared = Object.entries(indexed.fields).map(([path, kinds]) => ({
    path: decodedPath(path),
    kinds: typeof kinds === "string" ? [kinds] : kinds,
  }));
  return { others: indexed.all === true ? "all" : "none", declared };
}

function decodedPath(path: string): MetadataPath {
  return decodeMetadataPath(path, "indexed");
}

/** `Array.isArray` does not narrow to readonly arrays. */
function isPaths(indexed: IndexedMetadata): indexed is readonly string[] {
  return Array.isArray(indexed);
}

/** What is told of the index in use, and of the one that will take its place. */
export function metadataStats({ current, next }: MetadataIndexes): MetadataIndexStats {
  const fields = current
    .fieldStats()
    .map(({ path, ...rest }) => ({ path: formatMetadataPath(path), ...rest }));
  const filling = next ?? (current.isFilled ? undefined : current);
  return {
    isFilled: current.isFilled,
    rows: current.rowCount,
    hasAllFields: current.isComplete,
    fields,
    ...(filling === undefined ? {} : { filledRows: filling.rowCount }),
  };
}
