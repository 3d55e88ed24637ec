// The index of one field: for each distinct scalar the rows that have it, and what rows have beside scalars. Values of all
// types share it, as they may share a field. What it does not tell apart is told: see `FieldRows.isExact`.

import type { FilterScalar, GeoPoint } from "../model/filter.js";
import type { JsonValue } from "../model/point.js";
import { compareText } from "../base/compare-text.js";
import { instantOf } from "../model/instant.js";
import { placeOf } from "./geo.js";
import { RowCodes } from "./row-codes.js";
import { RowSet } from "./row-set.js";
import { SortedValues } from "./sorted-values.js";

/** Longer texts are not told apart: nobody looks for them by their whole value, and they would fill memory. */
export const textLengthMax = 128;
/** Distinct values of one field that are told apart. */
export const valuesMax = 131_072;

/** Stands for a value that is an object or an array: there is something. */
export const present: JsonValue = [];
/** Stands for an array directly within an array, whose elements no path leads to. */
export const nestedArray: JsonValue = [present];

export class FieldIndex {
  /** Rows that have anything here. */
  readonly existing = new RowSet();
  /** Rows with a text that is too long to be told apart. */
  readonly withLongText = new RowSet();
  /** Rows with a value that came when there were too many already. */
  readonly withOtherValue = new RowSet();
  /** Rows with an array directly within an array. */
  readonly withNestedArray = new RowSet();
  /** Places by row. */
  readonly places = new Map<number, GeoPoint[]>();
  readonly numbers: SortedValues<number>;
  readonly texts: SortedValues<string>;
  readonly instants: SortedValues<number>;
  /** The texts that stand for an instant. */
  readonly #datesOf = new Map<number, string | Set<string>>();
  readonly #codeOf = new Map<FilterScalar, number>();
  readonly #valueOf: FilterScalar[] = [];
  /** Rows by code: one row as a number, because most values of a field of names or prices have one. */
  readonly #rowsOf: (RowSet | number)[] = [];
  readonly #freeCodes: number[] = [];
  readonly #codes = new RowCodes();
  /** Whether a text has a UTF-16 unit from which on the order of code points is another one. */
  #hasHighUnits = false;

  constructor() {
    this.numbers = new SortedValues(() => this.#valuesOf(isNumber), sortNumbers);
    this.texts = new SortedValues(
      () => this.#valuesOf(isText),
      (texts) => void (this.#hasHighUnits ? texts.sort(compareText) : texts.sort()),
    );
    this.instants = new SortedValues(() => this.#datesOf.keys(), sortNumbers);
  }

  /** Distinct values that are told apart. */
  get valueCount(): number {
    return this.#codeOf.size;
  }

  /** Bytes held, about. */
  get byteCount(): number {
    let bytes = this.existing.byteCount + this.#codes.byteCount + this.#codeOf.size * 100;
    for (const rows of this.#rowsOf) if (typeof rows !== "number") bytes += rows.byteCount + 64;
    return bytes;
  }

  /** All values with the given type. */
  *#valuesOf<Value extends FilterScalar>(
    is: (value: FilterScalar) => value is Value,
  ): Generator<Value, void> {
    for (const value of this.#codeOf.keys()) if (is(value)) yield value;
  }

  /** The texts that are told apart. */
  distinctTexts(): Iterable<string> {
    return this.#valuesOf(isText);
  }

  /** Every value that is told apart with its rows, or with its only row. Valid until the next write. */
  *rowsByValue(): Generator<readonly [FilterScalar, RowSet | number], void> {
    for (const [value, code] of this.#codeOf) yield [value, this.#rowsOf[code]!];
  }

  /** The rows of those of the values that are told apart, as sets to unite. */
  rowsOf(values: Iterable<FilterScalar>): RowSet[] {
    const sets: RowSet[] = [];
    const single: number[] = [];
    for (const value of values) {
      const code = this.#codeOf.get(value);
      if (code === undefined) continue;
      const rows = this.#rowsOf[code]!;
      if (typeof rows === "number") single.push(rows);
      else sets.push(rows);
    }
    if (single.length > 0) sets.push(RowSet.fromRows(single));
    return sets;
  }

  /** The texts that stand for these instants. */
  textsOf(instants: Iterable<number>): string[] {
    const texts: string[] = [];
    for (const instant of instants) {
      const dates = this.#datesOf.get(instant);
      if (typeof dates === "string") texts.push(dates);
      else if (dates !== undefined) texts.push(...dates);
    }
    return texts;
  }

  /** Adds a value of a row: a scalar, an object, `present` or `nestedArray`. */
  add(row: number, value: JsonValue): void {
    this.existing.add(row);
    if (value === nestedArray) this.withNestedArray.add(row);
    else if (typeof value === "object" && value !== null) this.#addPlace(row, value);
    else this.#addScalar(row, value);
  }

  #addPlace(row: number, value: JsonValue): void {
    const place = placeOf(value);
    if (place === undefined) return;
    const places = this.places.get(row);
    if (places === undefined) this.places.set(row, [place]);
    else places.push(place);
  }

  #addScalar(row: number, value: FilterScalar): void {
    if (typeof value === "string" && value.length > textLengthMax) return this.withLongText.add(row);
    const code = this.#codeOf.get(value) ?? this.#newCode(value);
    if (code === undefined) return this.withOtherValue.add(row);
    const rows = this.#rowsOf[code]!;
    if (typeof rows === "number" ? rows === row : rows.has(row)) return;
    this.#codes.add(row, code);
    if (typeof rows !== "number") rows.add(row);
    else this.#rowsOf[code] = rows < 0 ? row : RowSet.fromRows([rows, row]);
  }

  #newCode(value: FilterScalar): number | undefined {
    if (this.#codeOf.size >= valuesMax) return undefined;
    const code = this.#freeCodes.pop() ?? this.#valueOf.length;
    this.#valueOf[code] = value;
    this.#rowsOf[code] = noRow;
    this.#codeOf.set(value, code);
    if (typeof value === "number") this.numbers.add(value);
    if (typeof value === "string") this.#noteText(value);
    return code;
  }

  #noteText(text: string): void {
    if (!this.#hasHighUnits && highUnit.test(text)) {
      this.#hasHighUnits = true;
      this.texts.reset();
    }
    this.texts.add(text);
    const instant = instantOf(text);
    if (instant === undefined) return;
    const dates = this.#datesOf.get(instant);
    if (dates === undefined) {
      this.#datesOf.set(instant, text);
      this.instants.add(instant);
    } else if (typeof dates === "string") this.#datesOf.set(instant, new Set([dates, text]));
    else dates.add(text);
  }

  /** Takes back all that a row has here. */
  remove(row: number): void {
    if (!this.existing.has(row)) return;
    this.existing.remove(row);
    this.withLongText.remove(row);
    this.withOtherValue.remove(row);
    this.withNestedArray.remove(row);
    this.places.delete(row);
    for (const code of this.#codes.take(row)) this.#removeCode(row, code);
  }

  #removeCode(row: number, code: number): void {
    const rows = this.#rowsOf[code]!;
    if (typeof rows !== "number") {
      rows.remove(row);
      if (rows.count > 0) return;
    }
    this.#rowsOf[code] = noRow;
    const value = this.#valueOf[code]!;
    this.#codeOf.delete(value);
    this.#freeCodes.push(code);
    if (typeof value === "string") this.#forgetDate(value);
  }

  #forgetDate(text: string): void {
    const instant = instantOf(text);
    const dates = instant === undefined ? undefined : this.#datesOf.get(instant);
    if (dates === undefined) return;
    if (typeof dates !== "string") dates.delete(text);
    if (typeof dates === "string" || dates.size === 0) this.#datesOf.delete(instant!);
  }
}

const noRow = -1;
const highUnit = /[\ud800-\uffff]/;

function isNumber(value: FilterScalar): value is number {
  return typeof value === "number";
}

function isText(value: FilterScalar): value is string {
  return typeof value === "string";
}

function sortNumbers(values: number[]): void {
  const sorted = Float64Array.from(values).sort();
  for (let i = 0; i < sorted.length; i++) values[i] = sorted[i]!;
}
