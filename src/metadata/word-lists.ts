// Lists of numbers by row, one behind the other in one array: which words a row has, so that they can be taken back. A list
// that is replaced leaves a gap; the array is rewritten once more than half of it is gaps.

import { grown } from "../base/grown-array.js";
import type { RowList } from "./image-section.js";

const lengthMin = 1024;

export class WordLists {
  /** By row one more than the place of its list, which begins with its length; 0 where there is none. */
  #starts = new Uint32Array(0);
  #lists = new Uint32Array(lengthMin);
  #end = 0;
  #gapLength = 0;

  get byteCount(): number {
    return this.#starts.byteLength + this.#lists.byteLength;
  }

  /** The list of a row. A view, valid until the next change. */
  get(row: number): Uint32Array {
    const start = this.#starts[row] ?? 0;
    return this.#lists.subarray(start, start === 0 ? 0 : start + this.#lists[start - 1]!);
  }

  /** A copy of all rows with their lists, ascending, taken in this moment. */
  copiedLists(): Iterable<RowList> {
    return copiedLists(this.#starts.slice(), this.#lists.slice(0, this.#end));
  }

  /** Replaces the list of a row; an empty one takes it away. */
  set(row: number, list: ArrayLike<number>): void {
    const before = this.get(row).length;
    if (before > 0) this.#gapLength += before + 1;
    if (row < this.#starts.length) this.#starts[row] = 0;
    if (list.length > 0) this.#append(row, list);
    if (this.#gapLength > lengthMin && this.#gapLength * 2 > this.#end) this.#rewrite();
  }

  #append(row: number, list: ArrayLike<number>): void {
    if (row >= this.#starts.length) this.#starts = grown(this.#starts, Math.ceil((row + 1) * 1.25));
    const end = this.#end + 1 + list.length;
    if (end > this.#lists.length) this.#lists = grown(this.#lists, Math.ceil(end * 1.5));
    this.#lists[this.#end] = list.length;
    this.#lists.set(list, this.#end + 1);
    this.#starts[row] = this.#end + 1;
    this.#end = end;
  }

  #rewrite(): void {
    const old = this.#lists;
    this.#lists = new Uint32Array(Math.max(lengthMin, this.#end - this.#gapLength));
    this.#end = 0;
    this.#gapLength = 0;
    for (const [row, start] of this.#starts.entries()) {
      if (start > 0) this.#append(row, old.subarray(start, start + old[start - 1]!));
    }
  }
}

function* copiedLists(starts: Uint32Array, lists: Uint32Array): Generator<RowList, void> {
  for (const [row, start] of starts.entries())
    if (start > 0) yield [row, lists.subarray(start, start + lists[start - 1]!)];
}
