// Sets of rows by a number: the code of a word, the cell of a place. One row is held as a number, because most words and many
// cells have one.

import { RowSet } from "./row-set.js";

export class KeyedRows {
  readonly #rows = new Map<number, RowSet | number>();

  /** Keys that have rows. */
  get keyCount(): number {
    return this.#rows.size;
  }

  /** Bytes held, about. */
  get byteCount(): number {
    let bytes = this.#rows.size * 40;
    for (const rows of this.#rows.values()) if (typeof rows !== "number") bytes += rows.byteCount + 64;
    return bytes;
  }

  keys(): IterableIterator<number> {
    return this.#rows.keys();
  }

  has(key: number, row: number): boolean {
    const rows = this.#rows.get(key);
    return typeof rows === "object" ? rows.has(row) : rows === row;
  }

  /** The rows of a key. Belongs to the index: valid until the next write. */
  rowsOf(key: number): RowSet | undefined {
    const rows = this.#rows.get(key);
    return typeof rows === "number" ? RowSet.fromRows([rows]) : rows;
  }

  /** Gives each key's only row to `one`, or its rows to `many`. */
  visit(keys: Iterable<number>, one: (row: number) => void, many: (rows: RowSet, key: number) => void): void {
    for (const key of keys) {
      const rows = this.#rows.get(key);
      if (typeof rows === "number") one(rows);
      else if (rows !== undefined) many(rows, key);
    }
  }

  /** For each key a moment: rows that it has although nothing else says so. */
  *strayRows(isKnown: (row: number, key: number) => boolean): Generator<number, void> {
    for (const key of this.#rows.keys()) {
      let count = 0;
      for (const row of this.rowsOf(key)?.sorted() ?? []) if (!isKnown(row, key)) count++;
      yield count;
    }
  }

  /** Adds a row to a key; false if it was there. */
  add(key: number, row: number): boolean {
    const rows = this.#rows.get(key);
    if (rows === undefined) this.#rows.set(key, row);
    else if (typeof rows === "number") {
      if (rows === row) return false;
      this.#rows.set(key, RowSet.fromRows([rows, row]));
    } else {
      const before = rows.count;
      rows.add(row);
      return rows.count > before;
    }
    return true;
  }

  /** Removes a row from a key; true if the key has no row any more. */
  remove(key: number, row: number): boolean {
    const rows = this.#rows.get(key);
    if (typeof rows === "object") {
      rows.remove(row);
      if (rows.count > 0) return false;
    } else if (rows !== row) return false;
    return this.#rows.delete(key);
  }
}
