// Which values a row has in one field, as codes: what must be taken back when the row changes. Most rows have one.

import { grown } from "../base/grown-array.js";
import type { RowList } from "./image-section.js";

const one = 1;
/** Stands in the place of rows with several codes. */
const several = 0xffff_ffff;
/** Below this a map is small enough. */
const mappedRowsMax = 1024;

export class RowCodes {
  /** One more than the code; by row once enough rows have one. */
  #codes: Map<number, number> | Uint32Array = new Map<number, number>();
  #rowEnd = 0;
  readonly #lists = new Map<number, number[]>();

  /** Adds a code to a row, which must not have it: the caller has the rows of each code, where that is cheap to see. */
  add(row: number, code: number): void {
    const known = this.#get(row);
    if (known === 0) this.#set(row, code + one);
    else if (known === several) this.#lists.get(row)!.push(code);
    else {
      this.#lists.set(row, [known - one, code]);
      this.#set(row, several);
    }
  }

  /** The codes of a row. */
  get(row: number): readonly number[] {
    const known = this.#get(row);
    if (known === 0) return [];
    return known === several ? this.#lists.get(row)! : [known - one];
  }

  /** Takes all codes of a row away and returns them. */
  take(row: number): readonly number[] {
    const codes = this.get(row);
    if (codes.length > 0) this.#set(row, 0);
    this.#lists.delete(row);
    return codes;
  }

  /** A copy of all rows with their codes, ascending, taken in this moment. */
  copiedLists(): Iterable<RowList> {
    const lists = new Map([...this.#lists].map(([row, list]) => [row, list.slice()]));
    return copiedLists(this.#codes instanceof Map ? new Map(this.#codes) : this.#codes.slice(), lists);
  }

  get byteCount(): number {
    // A map takes about 40 bytes a number.
    const codes = this.#codes instanceof Map ? this.#codes.size * 40 : this.#codes.byteLength;
    return codes + this.#lists.size * 80;
  }

  #get(row: number): number {
    return (this.#codes instanceof Map ? this.#codes.get(row) : this.#codes[row]) ?? 0;
  }

  #set(row: number, value: number): void {
    this.#rowEnd = Math.max(this.#rowEnd, row + 1);
    if (!(this.#codes instanceof Map)) {
      if (row >= this.#codes.length) this.#codes = grown(this.#codes, Math.ceil(this.#rowEnd * 1.25));
      this.#codes[row] = value;
    } else if (value === 0) this.#codes.delete(row);
    else {
      this.#codes.set(row, value);
      const { size } = this.#codes;
      if (size > mappedRowsMax && size * 10 > this.#rowEnd) {
        const array = new Uint32Array(this.#rowEnd);
        for (const [mapped, code] of this.#codes) array[mapped] = code;
        this.#codes = array;
      }
    }
  }
}

function* copiedLists(
  codes: ReadonlyMap<number, number> | Uint32Array,
  lists: ReadonlyMap<number, readonly number[]>,
): Generator<RowList, void> {
  const sorted = codes instanceof Uint32Array ? codes.entries() : [...codes].sort(([a], [b]) => a - b);
  for (const [row, code] of sorted) {
    if (code !== 0) yield [row, code === several ? lists.get(row)! : [code - one]];
  }
}
