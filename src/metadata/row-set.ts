// A set of rows, held by its density: ascending numbers while it is sparse, one bit a row once that is smaller. Rows mostly
// come in ascending order, which is where adding is cheap.

import { grown } from "../base/grown-array.js";

/** Fewer rows are never worth bits. */
const sparseRowsMax = 64;

export class RowSet {
  #count = 0;
  /** The rows, ascending, in the first `#count` places; not used while there are bits. */
  #rows: Uint32Array = noRows;
  #bits: Uint32Array | undefined;

  /** A set of these rows, ascending and each once. The array belongs to the set from now on. */
  static fromSorted(rows: Uint32Array): RowSet {
    const set = new RowSet();
    set.#rows = rows;
    set.#count = rows.length;
    set.#considerBits();
    return set;
  }

  /** A set of the rows whose bits are set. The array belongs to the set from now on. */
  static fromBits(bits: Uint32Array): RowSet {
    const set = new RowSet();
    set.#bits = bits;
    for (const word of bits) set.#count += bitCount(word);
    return set;
  }

  /** A set of these rows, in any order and however often. */
  static fromRows(rows: readonly number[] | Uint32Array): RowSet {
    let last = 0;
    for (const row of rows) last = Math.max(last, row);
    if (rows.length <= sparseRowsMax || rows.length * 32 <= last) {
      const sorted = Uint32Array.from(rows).sort();
      return RowSet.fromSorted(sorted.filter((row, i) => i === 0 || row !== sorted[i - 1]));
    }
    const bits = new Uint32Array((last >>> 5) + 1);
    for (const row of rows) bits[row >>> 5]! |= bitOf(row);
    return RowSet.fromBits(bits);
  }

  get count(): number {
    return this.#count;
  }

  /** One bit a row, 32 rows a word, while the set is dense. Not to be changed by others. */
  get bits(): Uint32Array | undefined {
    return this.#bits;
  }

  /** Bytes that the set holds. */
  get byteCount(): number {
    return this.#bits?.byteLength ?? this.#rows.byteLength;
  }

  has(row: number): boolean {
    if (this.#bits !== undefined) return ((this.#bits[row >>> 5] ?? 0) & bitOf(row)) !== 0;
    const place = firstFrom(this.#rows, this.#count, row);
    return place < this.#count && this.#rows[place] === row;
  }

  /** Adds a row; nothing happens if it is there. */
  add(row: number): void {
    if (this.#bits !== undefined) return this.#addBit(row);
    const last = this.#count === 0 ? -1 : this.#rows[this.#count - 1]!;
    const place = row > last ? this.#count : firstFrom(this.#rows, this.#count, row);
    if (place < this.#count && this.#rows[place] === row) return;
    if (this.#count === this.#rows.length) this.#rows = grown(this.#rows, Math.max(4, this.#count * 2));
    this.#rows.copyWithin(place + 1, place, this.#count);
    this.#rows[place] = row;
    this.#count++;
    this.#considerBits();
  }

  /** Takes the rows of another set in the place of its own; the other one is not to be used any more. */
  adopt(other: RowSet): void {
    this.#count = other.#count;
    this.#rows = other.#rows;
    this.#bits = other.#bits;
  }

  /** Removes a row; nothing happens if it is not there. */
  remove(row: number): void {
    if (!this.has(row)) return;
    this.#count--;
    if (this.#bits !== undefined) {
      this.#bits[row >>> 5]! &= ~bitOf(row);
      // Far below the density at which bits came, so that a set at the border does not go back and forth.
      if (this.#count < this.#bits.length / 4) this.#toSorted();
      return;
    }
    const place = firstFrom(this.#rows, this.#count + 1, row);
    this.#rows.copyWithin(place, place + 1, this.#count + 1);
  }

  /** The rows, ascending. May be a view of the set: valid until the set changes, and not to be changed. */
  sorted(): Uint32Array {
    return this.#bits === undefined
      ? this.#rows.subarray(0, this.#count)
      : rowsOfBits(this.#bits, this.#count);
  }

  #addBit(row: number): void {
    let bits = this.#bits!;
    const word = row >>> 5;
    if (word >= bits.length) {
      bits = grown(bits, Math.max(word + 1, Math.ceil(bits.length * 1.25)));
      this.#bits = bits;
    }
    if ((bits[word]! & bitOf(row)) !== 0) return;
    bits[word]! |= bitOf(row);
    this.#count++;
  }

  #considerBits(): void {
    if (this.#count <= sparseRowsMax || this.#count * 32 <= this.#rows[this.#count - 1]!) return;
    const bits = new Uint32Array((this.#rows[this.#count - 1]! >>> 5) + 1);
    for (let i = 0; i < this.#count; i++) bits[this.#rows[i]! >>> 5]! |= bitOf(this.#rows[i]!);
    this.#bits = bits;
    this.#rows = noRows;
  }

  #toSorted(): void {
    this.#rows = rowsOfBits(this.#bits!, this.#count);
    this.#bits = undefined;
  }
}

const noRows = new Uint32Array(0);

/** The bit of a row in its word. */
export function bitOf(row: number): number {
  return 1 << (row & 31);
}

/** The place of the first of `count` ascending rows that is not below `row`. */
function firstFrom(rows: Uint32Array, count: number, row: number): number {
  let start = 0;
  let end = count;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (rows[middle]! < row) start = middle + 1;
    else end = middle;
  }
  return start;
}

function rowsOfBits(bits: Uint32Array, count: number): Uint32Array {
  const rows = new Uint32Array(count);
  let place = 0;
  for (let i = 0; i < bits.length; i++) {
    for (let word = bits[i]!; word !== 0; word &= word - 1)
      rows[place++] = i * 32 + 31 - Math.clz32(word & -word);
  }
  return rows;
}

function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
