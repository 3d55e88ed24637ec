// The index of one field: for each distinct scalar the rows that have it, and what rows have beside scalars. Values of all
// types share it, as they may share a field, and words and places have parts of their own. Which of them are held is said by
// kinds. What it does not tell apart is told: see `CandidateRows.isExact`.

import type { FilterScalar } from "../model/filter.js";
import type { JsonValue } from "../model/point.js";
import { compareText } from "../base/compare-text.js";
import { DateTexts } from "./date-texts.js";
import { automaticHoldings, type FieldHoldings, holdsValue } from "./field-kinds.js";
import { placeOf } from "./geo.js";
import {
  type ImageSection,
  listSections,
  numbersSection,
  readLists,
  readRows,
  readScalars,
  readWords,
  type RowList,
  rowsSection,
  scalarSections,
  type SectionReading,
} from "./image-section.js";
import { PlaceIndex } from "./place-index.js";
import { setsOf } from "./row-algebra.js";
import { RowCodes } from "./row-codes.js";
import { RowSet } from "./row-set.js";
import { type FieldSummary, SleepingField } from "./sleeping-field.js";
import { SortedValues } from "./sorted-values.js";
import { WordIndex } from "./word-index.js";

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
  /** Rows with a scalar or a place that no kind of the field holds. */
  readonly withUnheldValue = new RowSet();
  readonly holdings: FieldHoldings;
  /** What was not read of an image yet: then nothing else here is to be used but changes. */
  #asleep: SleepingField | undefined;
  readonly places = new PlaceIndex();
  /** `undefined` where words are not held. */
  readonly words: WordIndex | undefined;
  readonly numbers: SortedValues<number>;
  readonly texts: SortedValues<string>;
  readonly instants: SortedValues<number>;
  readonly #dates = new DateTexts();
  readonly #codeOf = new Map<FilterScalar, number>();
  readonly #valueOf: FilterScalar[] = [];
  /** Rows by code: one row as a number, because most values of a field of names or prices have one. */
  readonly #rowsOf: (RowSet | number)[] = [];
  readonly #freeCodes: number[] = [];
  readonly #codes = new RowCodes();
  /** Whether a text has a UTF-16 unit from which on the order of code points is another one. */
  #hasHighUnits = false;

  /** An index of one field that holds what is said. */
  constructor(holdings: FieldHoldings = automaticHoldings) {
    this.holdings = holdings;
    this.words = holdings.words === "all" ? new WordIndex() : undefined;
    const eachCode = (value: FilterScalar, use: (code: number) => void): void => {
      const code = this.#codeOf.get(value);
      if (code !== undefined) use(code);
    };
    const rowsOf = (code: number): RowSet | number | undefined => {
      const rows = this.#rowsOf[code]!;
      return rows === noRow ? undefined : rows;
    };
    this.numbers = new SortedValues({
      all: () => this.#valuesOf(isNumber),
      sort: sortNumbers,
      eachCode,
      rowsOf,
    });
    this.texts = new SortedValues({
      all: () => this.#valuesOf(isText),
      sort: (texts) => void (this.#hasHighUnits ? texts.sort(compareText) : texts.sort()),
      eachCode,
      rowsOf,
    });
    this.instants = new SortedValues({
      all: () => this.#dates.instants(),
      sort: sortNumbers,
      eachCode: (instant, use) => {
        for (const text of this.textsOf([instant])) eachCode(text, use);
      },
      rowsOf,
    });
  }

  /** Distinct values that are told apart. */
  get valueCount(): number {
    return this.#codeOf.size;
  }

  /** Bytes held, about. */
  get byteCount(): number {
    if (this.#asleep !== undefined) return this.#asleep.byteCount;
    let bytes = this.existing.byteCount + this.withUnheldValue.byteCount + this.#codes.byteCount;
    bytes += this.#codeOf.size * 100 + this.places.byteCount + (this.words?.byteCount ?? 0);
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

  #codesOf(values: Iterable<FilterScalar>): number[] {
    const codes: number[] = [];
    for (const value of values) {
      const code = this.#codeOf.get(value);
      if (code !== undefined) codes.push(code);
    }
    return codes;
  }

  /** The rows of those of the values that are told apart, as sets to unite. */
  rowsOf(values: Iterable<FilterScalar>): RowSet[] {
    return setsOf(this.#codesOf(values).map((code) => this.#rowsOf[code]!));
  }

  /** The texts that stand for these instants. */
  textsOf(instants: Iterable<number>): string[] {
    return this.#dates.textsOf(instants);
  }

  /** Adds a value of a row: a scalar, an object, `present` or `nestedArray`. */
  add(row: number, value: JsonValue): void {
    if (this.#asleep !== undefined) return this.#asleep.defer(() => this.add(row, value));
    this.existing.add(row);
    if (value === nestedArray) this.withNestedArray.add(row);
    else if (typeof value === "object" && value !== null) this.#addPlace(row, value);
    else this.#addScalar(row, value);
  }

  #addPlace(row: number, value: JsonValue): void {
    const place = placeOf(value);
    if (place === undefined) return;
    if (this.holdings.places === "all") this.places.add(row, place);
    else this.withUnheldValue.add(row);
  }

  #addScalar(row: number, value: FilterScalar): void {
    if (!holdsValue(this.holdings, value)) return this.withUnheldValue.add(row);
    if (typeof value === "string" && value.length > textLengthMax) return this.withLongText.add(row);
    const code = this.#codeOf.get(value) ?? this.#newCode(value);
    if (code === undefined) return this.withOtherValue.add(row);
    const rows = this.#rowsOf[code]!;
    if (typeof rows === "number" ? rows === row : rows.has(row)) return;
    this.#codes.add(row, code);
    this.#addRow(code, row);
  }

  #addRow(code: number, row: number): void {
    const rows = this.#rowsOf[code]!;
    if (typeof rows !== "number") return rows.add(row);
    this.#rowsOf[code] = rows < 0 ? row : RowSet.fromRows([rows, row]);
    this.#updateOrders(code);
  }

  #newCode(value: FilterScalar): number | undefined {
    if (this.#codeOf.size >= valuesMax) return undefined;
    const code = this.#freeCodes.pop() ?? this.#valueOf.length;
    this.#noteValue(value, code);
    return code;
  }

  #noteValue(value: FilterScalar, code: number): void {
    this.#valueOf[code] = value;
    this.#rowsOf[code] = noRow;
    this.#codeOf.set(value, code);
    if (typeof value === "number") this.numbers.add(value);
    if (typeof value === "string") this.#noteText(value);
  }

  #noteText(text: string): void {
    if (!this.#hasHighUnits && highUnit.test(text)) {
      this.#hasHighUnits = true;
      this.texts.reset();
    }
    this.texts.add(text);
    const instant = this.#dates.add(text);
    if (instant !== undefined) this.instants.add(instant);
  }

  /** Adds the words of one text of a row, if words are held. */
  addWords(row: number, words: readonly string[]): void {
    if (this.#asleep !== undefined) return this.#asleep.defer(() => this.addWords(row, words));
    this.words?.add(row, words);
  }

  /** Takes back all that a row has here. */
  remove(row: number): void {
    if (this.#asleep !== undefined) return this.#asleep.defer(() => this.remove(row));
    if (!this.existing.has(row)) return;
    this.existing.remove(row);
    this.withLongText.remove(row);
    this.withOtherValue.remove(row);
    this.withNestedArray.remove(row);
    this.withUnheldValue.remove(row);
    this.places.remove(row);
    this.words?.remove(row);
    for (const code of this.#codes.take(row)) this.#removeCode(row, code);
  }

  #removeCode(row: number, code: number): void {
    const rows = this.#rowsOf[code]!;
    if (typeof rows !== "number") {
      rows.remove(row);
      if (rows.count > 0) return;
    }
    this.#rowsOf[code] = noRow;
    this.#updateOrders(code);
    const value = this.#valueOf[code]!;
    this.#codeOf.delete(value);
    this.#freeCodes.push(code);
    if (typeof value === "string") this.#dates.remove(value);
  }

  #updateOrders(code: number): void {
    const value = this.#valueOf[code];
    if (typeof value === "number") this.numbers.update(code);
    if (typeof value !== "string") return;
    this.texts.update(code);
    this.instants.update(code);
  }

  get #sets(): readonly RowSet[] {
    const { existing, withLongText, withOtherValue, withNestedArray, withUnheldValue } = this;
    return [existing, withLongText, withOtherValue, withNestedArray, withUnheldValue];
  }

  /** All that is held, taken in this moment. */
  image(): Iterable<ImageSection> {
    return fieldSections({
      sets: this.#sets.map(rowsSection),
      places: this.places.image(),
      codes: numbersSection("codes", Uint32Array.from([this.#valueOf.length, ...this.#freeCodes])),
      values: this.#valueOf.slice(),
      lists: this.#codes.copiedLists(),
      words: this.words?.image() ?? [],
    });
  }

  /** Counts, for which the index is not woken. */
  get summary(): FieldSummary {
    if (this.#asleep !== undefined) return this.#asleep.summary;
    return { rows: this.existing.count, values: this.valueCount, words: this.words?.wordCount ?? 0 };
  }

  /** Takes what `image` gave into an index that is empty and holds the same, to be read when it is woken. */
  sleep(summary: FieldSummary, sections: readonly ImageSection[]): void {
    this.#asleep = new SleepingField(summary, sections, this.#restore());
  }

  /** Reads the next piece of an image; true if there is none left. */
  wakeStep(): boolean {
    const asleep = this.#asleep;
    if (asleep === undefined) return true;
    if (!asleep.step()) return false;
    this.#asleep = undefined;
    for (const change of asleep.changes) change();
    return true;
  }

  /** Reads all that is left of an image: up to some 100 ms for 100,000 distinct texts. Before anything else is asked. */
  wake(): void {
    while (!this.wakeStep());
  }

  *#restore(): SectionReading<void> {
    for (const rows of this.#sets) rows.adopt(yield* readRows());
    yield* this.places.restore();
    const [count, ...free] = yield* readWords("codes");
    const isFree = new Set(free);
    yield* readScalars(count!, (value) => {
      const code = this.#valueOf.length;
      if (!isFree.has(code)) this.#noteValue(value, code);
      else this.#rowsOf[this.#valueOf.push(value) - 1] = noRow;
    });
    for (const code of free) this.#freeCodes.push(code);
    yield* readLists((row, codes) => {
      for (let i = 0; i < codes.length; i++) {
        this.#codes.add(row, codes[i]!);
        this.#addRow(codes[i]!, row);
      }
    });
    if (this.words !== undefined) yield* this.words.restore();
  }

  /** Whether the row is known with exactly these values, each as it would be given to `add`. */
  isRight(row: number, values: readonly JsonValue[]): boolean {
    if (!this.existing.has(row)) return values.length === 0;
    const scalars = new Set(values.filter(isScalar));
    const places = values.map(placeOf).filter((place) => place !== undefined);
    const isHeld = this.holdings.places === "all" || places.length === 0;
    const noted = this.#codes.get(row);
    const known = this.#codesOf(scalars).filter((code) => this.#hasRow(code, row));
    return (
      values.length > 0 &&
      [...scalars].every((value) => this.#isNoted(row, value)) &&
      noted.length === known.length &&
      noted.every((code) => scalars.has(this.#valueOf[code]!)) &&
      (isHeld || this.withUnheldValue.has(row)) &&
      this.withLongText.has(row) === [...scalars].some((value) => this.#isLong(value)) &&
      this.places.isRight(row, isHeld ? places : []) &&
      this.withNestedArray.has(row) === values.includes(nestedArray)
    );
  }

  #isNoted(row: number, value: FilterScalar): boolean {
    if (!holdsValue(this.holdings, value)) return this.withUnheldValue.has(row);
    if (this.#isLong(value)) return this.withLongText.has(row);
    const code = this.#codeOf.get(value);
    return (code !== undefined && this.#hasRow(code, row)) || this.withOtherValue.has(row);
  }

  /** Whether it is a text that would be held if it were shorter. */
  #isLong(value: FilterScalar): boolean {
    return typeof value === "string" && value.length > textLengthMax && holdsValue(this.holdings, value);
  }

  #hasRow(code: number, row: number): boolean {
    const rows = this.#rowsOf[code]!;
    return typeof rows === "number" ? rows === row : rows.has(row);
  }

  /** For each value a moment: rows that have it only by the set of the value, not by their own codes. */
  *strayRows(): Generator<number, void> {
    for (const code of this.#codeOf.values()) {
      const rows = this.#rowsOf[code]!;
      let count = 0;
      for (const row of typeof rows === "number" ? [rows] : rows.sorted()) {
        if (!this.#codes.get(row).includes(code)) count++;
      }
      yield count;
    }
  }
}

interface FieldImage {
  readonly sets: readonly ImageSection[];
  readonly places: Iterable<ImageSection>;
  readonly codes: ImageSection;
  readonly values: readonly FilterScalar[];
  readonly lists: Iterable<RowList>;
  readonly words: Iterable<ImageSection>;
}

function* fieldSections(image: FieldImage): Generator<ImageSection, void> {
  const { sets, places, codes, values, lists, words } = image;
  yield* sets;
  yield* places;
  yield codes;
  yield* scalarSections(values);
  yield* listSections(lists);
  yield* words;
}

/** Stands for no row of a code that is not in use. */
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

function isScalar(value: JsonValue): value is FilterScalar {
  return typeof value !== "object" || value === null;
}
