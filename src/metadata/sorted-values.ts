// The distinct values of one field in their order, each with its code, for ranges. Sorted when first asked for; what comes
// later is looked at one by one until there is enough of it to sort again. Values that are gone stay until then: their users
// skip them.

import { RowSet } from "./row-set.js";

const freshMax = 1000;

/** In the place of a row: the value is gone. */
const gone = 0xffff_ffff;
/** In the place of a row: the code has a set of rows. */
const several = 0xffff_fffe;

/** Where values and their codes come from. */
export interface ValueSource<Value> {
  /** Every value there is. */
  readonly all: () => Iterable<Value>;
  /** Sorts in place. */
  readonly sort: (values: Value[]) => void;
  /** Gives every code of a value: several texts may stand for one instant. */
  readonly eachCode: (value: Value, use: (code: number) => void) => void;
  /** The rows of a code; `undefined` if it is not in use. */
  readonly rowsOf: (code: number) => RowSet | number | undefined;
}

/** A value is before the range, or behind it, or in it. */
export interface ValueRange<Value> {
  readonly isBefore: (value: Value) => boolean;
  readonly isBehind: (value: Value) => boolean;
}

/**
 * Values in their order; at the same place, one code of each and the only row of the code. A value with several codes stands
 * there as often. Rows are kept up to date, so that a range of many values is one walk over numbers.
 */
interface Sorted<Value> {
  readonly values: readonly Value[];
  readonly codes: Uint32Array;
  readonly rows: Uint32Array;
  /** By code its place. */
  readonly places: Uint32Array;
}

export class SortedValues<Value> {
  readonly #source: ValueSource<Value>;
  #sorted: Sorted<Value> | undefined;
  #fresh: Value[] = [];

  constructor(source: ValueSource<Value>) {
    this.#source = source;
  }

  /** Notes a value that is new, or has a new code. */
  add(value: Value): void {
    if (this.#sorted === undefined) return;
    this.#fresh.push(value);
    // Values that come and go must not pile up while nobody asks.
    if (this.#fresh.length > this.#sorted.values.length + freshMax) this.reset();
  }

  /** Forgets the order, because it is another one from now on or too much has come. */
  reset(): void {
    this.#sorted = undefined;
    this.#fresh = [];
  }

  /** Values in the range; some may be gone, and some may stand several times. */
  range(range: ValueRange<Value>): Value[] {
    const { values } = this.#sortedNow();
    const [start, end] = placesOf(values, range);
    return values.slice(start, end).concat(this.#freshIn(range));
  }

  /** The rows of the values in the range, as sets to unite. */
  rowsIn(range: ValueRange<Value>): RowSet[] {
    const { values, codes, rows } = this.#sortedNow();
    const [start, end] = placesOf(values, range);
    const single = new Uint32Array(end - start + this.#fresh.length);
    const sets: RowSet[] = [];
    let count = 0;
    for (let i = start; i < end; i++) {
      const row = rows[i]!;
      if (row < several) single[count++] = row;
      else if (row === several) addSet(sets, this.#source.rowsOf(codes[i]!));
    }
    const found: number[] = [];
    for (const value of this.#freshIn(range)) {
      this.#source.eachCode(value, (code) => {
        const fresh = this.#source.rowsOf(code);
        if (typeof fresh === "number") found.push(fresh);
        else addSet(sets, fresh);
      });
    }
    sets.push(RowSet.fromRows(single.subarray(0, count)), RowSet.fromRows(found));
    return sets;
  }

  /** Notes that a code has other rows than before: the first, a second, or none any more. */
  update(code: number): void {
    if (this.#sorted === undefined) return;
    const { codes, rows, places } = this.#sorted;
    const place = places[code];
    if (place === undefined || codes[place] !== code) return;
    // A code that is used again is one of a fresh value.
    if (rows[place] !== gone) rows[place] = stateOf(this.#source.rowsOf(code));
  }

  #freshIn({ isBefore, isBehind }: ValueRange<Value>): Value[] {
    return this.#fresh.filter((value) => !isBefore(value) && !isBehind(value));
  }

  #sortedNow(): Sorted<Value> {
    if (this.#fresh.length > freshMax) this.reset();
    return (this.#sorted ??= this.#sortAll());
  }

  #sortAll(): Sorted<Value> {
    const distinct = [...this.#source.all()];
    this.#source.sort(distinct);
    const values: Value[] = [];
    const codes: number[] = [];
    for (const value of distinct) {
      this.#source.eachCode(value, (code) => {
        values.push(value);
        codes.push(code);
      });
    }
    const places = new Uint32Array(codes.reduce((most, code) => Math.max(most, code), -1) + 1);
    codes.forEach((code, place) => (places[code] = place));
    const rows = Uint32Array.from(codes, (code) => stateOf(this.#source.rowsOf(code)));
    return { values, codes: Uint32Array.from(codes), rows, places };
  }
}

function stateOf(rows: RowSet | number | undefined): number {
  return typeof rows === "number" ? rows : rows === undefined ? gone : several;
}

function addSet(sets: RowSet[], rows: RowSet | number | undefined): void {
  if (typeof rows === "object") sets.push(rows);
}

/** The places of a range among sorted values: from the first on, up to the last, which is not in it. */
function placesOf<Value>(
  values: readonly Value[],
  { isBefore, isBehind }: ValueRange<Value>,
): readonly [number, number] {
  return [partitionPoint(values, isBefore), partitionPoint(values, (value) => !isBehind(value))];
}

/** The place of the first value for which `isBefore`, true and then false, is false. */
function partitionPoint<Value>(values: readonly Value[], isBefore: (value: Value) => boolean): number {
  let start = 0;
  let end = values.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (isBefore(values[middle]!)) start = middle + 1;
    else end = middle;
  }
  return start;
}
