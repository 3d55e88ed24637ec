// From the setting which metadata is indexed to an index, and from indexes to what is told of them.

import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import type { MetadataIndexStats } from "../model/stats.js";
import type { PointStore } from "../store/point-store.js";
import { decodeMetadataPath, formatMetadataPath } from "../model/metadata-path.js";
import { MetadataIndex } from "../metadata/metadata-index.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";

/** An index of these paths, still to be filled unless there is nothing to fill it with. */
export function metadataIndex(
  indexed: ResolvedCollectionConfig["indexedMetadata"],
  store: PointStore,
): MetadataIndex {
  // The paths have been checked when the configuration was.
  const wanted = indexed === "all" ? "all" : indexed.map((path) => decodeMetadataPath(path, "indexed"));
  return new MetadataIndex(wanted, store.state.pointCount === 0 ? "filled" : "filling");
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
