// Compares the index over metadata with the store, point by point as both are in that moment, while writes go on.

import type { MetadataCheck } from "../model/collection-check.js";
import type { CheckedPoint } from "../metadata/metadata-check.js";
import type { PointStore } from "../store/point-store.js";
import type { IndexedSources } from "./indexed-sources.js";
import { parseMetadata } from "../model/decode-metadata.js";
import { formatMetadataPath } from "../model/metadata-path.js";
import { runInSlices } from "./time-slices.js";

/** Checks the index in use. `assertOpen` throws once the collection is closed or dropped. */
export async function checkMetadata(
  { store, metadata, writer }: IndexedSources,
  assertOpen: () => void,
): Promise<MetadataCheck> {
  const { current } = metadata;
  const isCheckable = (): boolean => current.isFilled && writer.failure === undefined;
  if (!isCheckable()) return unchecked;
  const { problems, ...rest } = await runInSlices(current.check(pointsOf(store)), assertOpen);
  // One that was replaced meanwhile, or missed a write, has gone its own way.
  if (!isCheckable() || metadata.current !== current) return unchecked;
  return {
    isChecked: true,
    ...rest,
    problems: problems.map(({ path, ...counts }) => ({ path: formatMetadataPath(path), ...counts })),
  };
}

const unchecked: MetadataCheck = Object.freeze({
  isChecked: false,
  checkedPoints: 0,
  missingPoints: 0,
  strayPoints: 0,
  problems: [],
});

/** Every row that was ever used, each read in the moment in which it is asked for. */
function* pointsOf(store: PointStore): Generator<CheckedPoint, void> {
  for (let row = 0; row < store.state.rowEnd; row++) {
    const point = store.readPoint(row);
    yield { row, metadata: point === undefined ? undefined : parseMetadata(point.metadata) };
  }
}
