// Checks the points of a store that has no file: it can be asked here, because nothing in it can end the process.

import { checkedId, Findings } from "../model/check-problem.js";
import { isPlainObject } from "../model/invalid-input.js";
import { parseMetadata } from "../model/decode-metadata.js";
import type { StoreFindings } from "../store/check-store.js";
import type { PointStore, StoredPoint } from "../store/point-store.js";

/** Reads every point with its vectors, as they are in the moment in which the check begins. Yields how many it has read. */
export function* checkPoints(
  store: PointStore,
  dimensions: readonly number[],
): Generator<number, StoreFindings> {
  const findings = new Findings();
  const { sequence, pointCount } = store.state;
  const vectors = dimensions.map((dimension) => new Float32Array(dimension));
  const counts = dimensions.map(() => 0);
  let points = 0;
  for (const { row, point } of store.points()) {
    const fault = pointFault(store, row, point);
    if (fault !== undefined)
      findings.add({
        kind: "record_damaged",
        remedy: "lost",
        place: "points",
        row,
        id: checkedId(point.id),
        detail: fault,
      });
    for (const [field, vector] of vectors.entries()) {
      if (!store.readVector(field, row, vector, 0)) continue;
      counts[field]!++;
      if (vector.every(Number.isFinite)) continue;
      const detail = `The vector of row ${row} has a component that is not finite.`;
      findings.add({ kind: "record_damaged", remedy: "lost", place: `vectors/${field}`, row, detail });
    }
    points++;
    yield points;
  }
  if (points !== pointCount) {
    const detail = `${points} points were found, and ${pointCount} are counted.`;
    findings.add({ kind: "keys_missing", remedy: "lost", place: "points", detail });
  }
  const records = Object.fromEntries(counts.map((count, field) => [`vectors/${field}`, count]));
  return {
    check: { isChecked: true, inOtherProcess: false, sequence, points, records: { points, ...records } },
    problems: findings.problems(null),
  };
}

/** What is wrong with a point; it may have been written again or removed since the walk began. */
function pointFault(store: PointStore, row: number, { id, metadata }: StoredPoint): string | undefined {
  try {
    if (!isPlainObject(parseMetadata(metadata))) return `The metadata of row ${row} is no object.`;
  } catch (error) {
    return `The metadata of row ${row} is no JSON: ${String(error)}`;
  }
  const isStill = store.readPoint(row)?.id === id;
  return isStill && store.rowOf(id) !== row
    ? `The point of row ${row} cannot be found by its id.`
    : undefined;
}
