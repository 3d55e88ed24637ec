// The places of one field: their coordinates by row, and rows by cells of a grid of parallels and meridians, so that a test
// looks only at the places near what it asks for.

import type { GeoPoint } from "../model/filter.js";
import type { GeoTest } from "../model/filter-tree.js";
import type { CandidateRows } from "./field-rows.js";
import { boundsOf, type GeoBounds } from "./geo-bounds.js";
import { distanceMeters, passesGeoTest } from "./geo.js";
import { type ImageSection, nextSection, numbersSection, type SectionReading } from "./image-section.js";
import { KeyedRows } from "./keyed-rows.js";
import { unite } from "./row-algebra.js";
import { RowSet } from "./row-set.js";

/** Places are tested at once up to so many, each counted as often as the polygon has corners. */
const testedPlacesMax = 100_000;
/** Cells of a degree: one is 7 km from south to north. */
const cellsPerDegree = 16;
/** Cells of one parallel; a cell has the number of its parallel times this, plus that of its meridian. */
const parallelCells = 360 * cellsPerDegree + 1;

export class PlaceIndex {
  readonly #places = new Map<number, GeoPoint | GeoPoint[]>();
  readonly #cells = new KeyedRows();

  /** Bytes held, about. */
  get byteCount(): number {
    return this.#places.size * 100 + this.#cells.byteCount;
  }

  add(row: number, place: GeoPoint): void {
    const before = this.#places.get(row);
    if (before === undefined) this.#places.set(row, place);
    else if (Array.isArray(before)) before.push(place);
    else this.#places.set(row, [before, place]);
    this.#cells.add(cellOf(place), row);
  }

  remove(row: number): void {
    for (const place of this.placesOf(row)) this.#cells.remove(cellOf(place), row);
    this.#places.delete(row);
  }

  placesOf(row: number): readonly GeoPoint[] {
    const places = this.#places.get(row);
    return places === undefined ? [] : Array.isArray(places) ? places : [places];
  }

  /** Every place with its row, taken in this moment: three numbers each, in parts of which the last is empty. */
  image(): Iterable<ImageSection> {
    const numbers: number[] = [];
    for (const row of this.#places.keys())
      for (const { lat, lon } of this.placesOf(row)) numbers.push(row, lat, lon);
    return placeSections(Float64Array.from(numbers));
  }

  /** Reads what `image` gave into an index that is empty. */
  *restore(): SectionReading<void> {
    for (;;) {
      const { buffer, byteOffset, length } = yield* nextSection("places");
      if (length === 0) return;
      const numbers = new Float64Array(buffer, byteOffset, length >> 3);
      for (let i = 0; i < numbers.length; i += 3)
        this.add(numbers[i]!, { lat: numbers[i + 1]!, lon: numbers[i + 2]! });
    }
  }

  /** Rows with a place that passes, if there are not too many to look at; else those near it. */
  rowsPassing(test: GeoTest): CandidateRows {
    const near: number[] = [];
    const nearSets: RowSet[] = [];
    const inside: RowSet[] = [];
    this.#cells.visit(
      this.#cellsWithin(boundsOf(test)),
      (row) => near.push(row),
      (rows, cell) => (isCellInside(test, cell) ? inside : nearSets).push(rows),
    );
    const tested = unite([RowSet.fromRows(near), ...nearSets]);
    const corners = test.kind === "polygon" ? test.rings.reduce((sum, ring) => sum + ring.length, 0) : 1;
    if (tested.count * corners > testedPlacesMax) return { rows: unite([tested, ...inside]), isExact: false };
    const passes = (row: number): boolean => this.placesOf(row).some((place) => passesGeoTest(test, place));
    const passing = RowSet.fromSorted(tested.sorted().filter(passes));
    return { rows: unite([passing, ...inside]), isExact: true };
  }

  /** Goes over the grid, or over the cells that have rows where those are fewer. */
  *#cellsWithin(bounds: readonly GeoBounds[]): Generator<number, void> {
    const ranges = bounds.map(({ lat, lon }) => ({
      parallels: [parallelOf(lat.min), parallelOf(lat.max)] as const,
      meridians: [meridianOf(lon.min), meridianOf(lon.max)] as const,
    }));
    const sizes = ranges.map(({ parallels: [a, b], meridians: [c, d] }) => (b - a + 1) * (d - c + 1));
    if (sizes.reduce((sum, size) => sum + size, 0) <= this.#cells.keyCount) {
      for (const { parallels, meridians } of ranges) {
        for (let i = parallels[0]; i <= parallels[1]; i++)
          for (let j = meridians[0]; j <= meridians[1]; j++) yield i * parallelCells + j;
      }
      return;
    }
    for (const cell of this.#cells.keys()) {
      const meridian = cell % parallelCells;
      const parallel = (cell - meridian) / parallelCells;
      if (ranges.some((range) => isWithin(parallel, range.parallels) && isWithin(meridian, range.meridians)))
        yield cell;
    }
  }

  /** Whether the row is known with exactly these places. */
  isRight(row: number, places: readonly GeoPoint[]): boolean {
    const known = this.placesOf(row);
    return (
      known.length === places.length &&
      places.every(
        ({ lat, lon }, i) =>
          known[i]!.lat === lat && known[i]!.lon === lon && this.#cells.has(cellOf({ lat, lon }), row),
      )
    );
  }

  /** For each cell a moment: rows that are in it and have no place there. */
  strayRows(): Generator<number, void> {
    return this.#cells.strayRows((row, cell) => this.placesOf(row).some((place) => cellOf(place) === cell));
  }
}

const placesInOne = 4096;

function* placeSections(numbers: Float64Array): Generator<ImageSection, void> {
  for (let from = 0; from < numbers.length; from += 3 * placesInOne)
    yield numbersSection("places", numbers.slice(from, from + 3 * placesInOne));
  yield numbersSection("places", new Float64Array(0));
}

function cellOf({ lat, lon }: GeoPoint): number {
  return parallelOf(lat) * parallelCells + meridianOf(lon);
}

/** From the middle of a cell to any place in it: no more than half its height and half its width at the equator, 6,950 m. */
const halfCellMeters = 6960;

/** Whether a cell lies in a circle wholly. False for borders, and for other tests: they cost less than looking at cells. */
function isCellInside(test: GeoTest, cell: number): boolean {
  if (test.kind !== "radius" || test.radiusMeters < halfCellMeters) return false;
  const meridian = cell % parallelCells;
  const parallel = (cell - meridian) / parallelCells;
  const lat = Math.min(90, (parallel + 0.5) / cellsPerDegree - 90);
  const lon = (meridian + 0.5) / cellsPerDegree - 180;
  return distanceMeters(test.center, { lat, lon }) + halfCellMeters <= test.radiusMeters;
}

function parallelOf(lat: number): number {
  return Math.floor((lat + 90) * cellsPerDegree);
}

function meridianOf(lon: number): number {
  return Math.floor((lon + 180) * cellsPerDegree);
}

function isWithin(x: number, [first, last]: readonly [number, number]): boolean {
  return x >= first && x <= last;
}
