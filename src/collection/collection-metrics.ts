// What one collection tells of its work, and of its state as far as that costs nothing to see.

import type { CollectionMetrics, VectorFieldMetrics } from "../model/metrics.js";
import type { CollectionParts } from "./collection.js";

/** Gathers the metrics of a collection, in one turn. */
export function readMetrics(parts: CollectionParts): CollectionMetrics {
  const { name, store, writer, metadata, monitor } = parts;
  const { pointCount, sequence } = store.state;
  const indexes = [metadata.current, metadata.next];
  return {
    name,
    ...monitor.meters.read(),
    points: pointCount,
    sequence,
    queuedCalls: writer.queuedCalls,
    fields: fieldMetrics(parts),
    metadataIndex: {
      isFilled: metadata.current.isFilled,
      rows: metadata.current.rowCount,
      memoryBytes: indexes.reduce((sum, index) => sum + (index?.byteCount ?? 0), 0),
    },
    fileBytes: store.fileBytes(),
  };
}

function fieldMetrics({ config, indexes }: CollectionParts): VectorFieldMetrics[] {
  return config.fields.map(({ name }, field) => ({ field: name, ...indexes[field]!.gauges() }));
}
