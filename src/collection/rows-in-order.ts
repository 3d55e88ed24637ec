// The rows that may stand on a page of an ordered list: value after value by the index over metadata, or all of them.

import type { FieldIndex } from "../metadata/field-index.js";
import type { ResolvedOrderedList } from "../model/decode-list.js";
import type { ListParts } from "./lister.js";
import { doubtfulRows, rowsOfValue, valuesInOrder } from "../metadata/field-values.js";
import { intersect } from "../metadata/row-algebra.js";
import type { RowSet } from "../metadata/row-set.js";
import { pointsBetweenPauses } from "../model/limits.js";
import { candidatesOf, fieldAt } from "./indexed-sources.js";
import { readingOf } from "./matching-points.js";
import { lookAgain, type PageGathering } from "./point-order.js";

/** Of an index that leaves a greater share of its rows to be read, no use is made. */
const doubtfulShare = 0.25;

/** Gathers the first matching rows behind the cursor. What writes touch meanwhile must be looked at again. */
export function* rowsInOrder(
  parts: ListParts,
  request: ResolvedOrderedList,
  gathering: PageGathering,
): Generator<void, void> {
  const { filter, path, limit } = request;
  const field = fieldAt(parts, path);
  if (field === "empty") return;
  const candidates = filter === undefined ? undefined : candidatesOf(parts, filter)?.rows;
  // So few are read sooner than values are gone through of which most belong to other points.
  const isFew = candidates !== undefined && candidates.count <= 4 * limit;
  if (field === "unknown" || isFew || doubtfulRows(field).count > doubtfulShare * field.existing.count) {
    const sets = [candidates, field === "unknown" ? undefined : field.existing];
    const given = sets.filter((set) => set !== undefined);
    yield* readRows(parts, given.length === 0 ? undefined : intersect(given), gathering);
  } else yield* readByValue(parts, request, { field, candidates, gathering });
}

/** Looks at each of the rows, or at all. */
function* readRows(
  { store }: ListParts,
  rows: RowSet | undefined,
  { order, first }: PageGathering,
): Generator<void, void> {
  // A copy, because the index goes on.
  const { points, wanted } = readingOf(store, rows?.sorted().slice());
  let count = 0;
  for (const { row, point } of points) {
    if (++count % pointsBetweenPauses === 0) yield;
    const key = wanted?.has(row) === false ? undefined : order.keyOf(point);
    if (key !== undefined) first.offer(row, key);
  }
}

/** An index of the field, and the rows that may pass the filter. */
interface IndexedOrder {
  readonly field: FieldIndex;
  readonly candidates: RowSet | undefined;
  readonly gathering: PageGathering;
}

/** Goes through the values in their order, until there are enough rows. */
function* readByValue(
  parts: ListParts,
  { direction, after }: ResolvedOrderedList,
  { field, candidates, gathering }: IndexedOrder,
): Generator<void, void> {
  const { store } = parts;
  const { order, first } = gathering;
  const values = valuesInOrder(field, direction, after?.value);
  yield* readRows(parts, doubtfulRows(field), gathering);
  let count = 0;
  for (const value of values) {
    for (const row of rowsOfValue(field, value).sorted().slice()) {
      if (++count % pointsBetweenPauses === 0) yield;
      if (candidates?.has(row) === false) continue;
      // A row whose place is that of another value was looked at there, or stands before the page.
      const id = store.idOf(row);
      if (id === undefined || !order.isBehindStart({ value, id })) continue;
      if (first.bound !== undefined && order.compare({ value, id }, first.bound) > 0) continue;
      lookAgain(parts, row, gathering);
    }
    first.cut();
    // Rows that were read beforehand may stand behind values that are still to come.
    if (first.bound !== undefined && order.compareValues(first.bound.value, value) <= 0) return;
  }
}
