// Answers `facets`: counts of one moment, from the index over metadata where it tells, otherwise from a walk over points.

import type { FilterScalar } from "../model/filter.js";
import type { FieldIndex } from "../metadata/field-index.js";
import type { Facet, FacetsResult } from "../model/requests.js";
import type { ResolvedFacets } from "../model/decode-counting.js";
import { FirstInOrder } from "../base/first-in-order.js";
import { doubtfulRows } from "../metadata/field-values.js";
import { compileScalarReader, type ScalarReader } from "../metadata/path-scalars.js";
import { intersect, subtract } from "../metadata/row-algebra.js";
import type { RowSet } from "../metadata/row-set.js";
import { compareScalars } from "../model/scalar-order.js";
import type { PointStore } from "../store/point-store.js";
import { withEligibleRows, type EligibleSources } from "./eligible-rows.js";
import { fieldAt } from "./indexed-sources.js";
import { pointsOfMoment, rowsInOneTurn } from "./points-of-moment.js";
import { runInSlices } from "./time-slices.js";

/** Counts points by the values at a path. */
export async function countFacets(sources: EligibleSources, request: ResolvedFacets): Promise<FacetsResult> {
  const { path, filter, limit } = request;
  const byIndex = (rows?: RowSet): FacetCounts | undefined => {
    const field = fieldAt(sources, path);
    if (!isTelling(field)) return undefined;
    const counts = new FacetCounts(compileScalarReader(path));
    if (rows !== undefined && rows.count <= rowsInOneTurn) counts.addRows(sources.store, rows.sorted());
    else counts.addIndex(sources.store, field, rows);
    return counts;
  };
  if (fieldAt(sources, path) === "empty") return { facets: [], isExact: true };
  const isTold = isTelling(fieldAt(sources, path));
  const told = isTold && filter !== undefined ? await withEligibleRows(sources, filter, byIndex) : byIndex();
  const counts = told ?? (await runInSlices(countByWalk(sources, request), sources.assertOpen));
  return { facets: counts.first(limit), isExact: true };
}

/** Whether an index tells of all rows but some that can be read at once. */
function isTelling(field: FieldIndex | "empty" | "unknown"): field is FieldIndex {
  return typeof field !== "string" && doubtfulRows(field).count <= rowsInOneTurn;
}

function* countByWalk(
  sources: EligibleSources,
  { path, filter }: ResolvedFacets,
): Generator<void, FacetCounts> {
  const counts = new FacetCounts(compileScalarReader(path));
  for (const point of pointsOfMoment(sources, filter)) {
    if (point === undefined) yield;
    else counts.addPoint(point.metadata);
  }
  return counts;
}

class FacetCounts {
  readonly #read: ScalarReader;
  readonly #counts = new Map<FilterScalar, number>();

  constructor(read: ScalarReader) {
    this.#read = read;
  }

  addPoint(metadata: string): void {
    for (const value of this.#read(metadata)) this.#add(value, 1);
  }

  addRows(store: PointStore, rows: Uint32Array): void {
    for (const row of rows) {
      const point = store.readPoint(row);
      if (point !== undefined) this.addPoint(point.metadata);
    }
  }

  /** Adds what an index tells of the rows, or of all, and reads those of which it does not. */
  addIndex(store: PointStore, field: FieldIndex, rows: RowSet | undefined): void {
    const doubtful = doubtfulRows(field);
    const told = rows ?? (doubtful.count === 0 ? undefined : field.existing);
    const counted = told === undefined ? undefined : subtract(told, doubtful);
    for (const [value, having] of field.rowsByValue()) this.#add(value, countIn(counted, having));
    this.addRows(store, (rows === undefined ? doubtful : intersect([rows, doubtful])).sorted());
  }

  #add(value: FilterScalar, count: number): void {
    if (count > 0) this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
  }

  /** The most frequent values. */
  first(limit: number): Facet[] {
    const first = new FirstInOrder<Facet>(limit, compareFacets);
    let number = 0;
    for (const [value, count] of this.#counts) first.offer(number++, { value, count });
    return first.sorted().slice(0, limit);
  }
}

/** How many of the rows, or of the only row, are in a set; no set is all. */
function countIn(set: RowSet | undefined, rows: RowSet | number): number {
  if (typeof rows !== "number") return set === undefined ? rows.count : intersect([set, rows]).count;
  return set === undefined || set.has(rows) ? 1 : 0;
}

function compareFacets(a: Facet, b: Facet): number {
  return b.count - a.count || compareScalars(a.value, b.value);
}
