// The writes of one transaction, collected before it begins: LMDB commits what came before an error in its callback,
// so everything that can fail is done by then.

import type { LmdbTable } from "./lmdb-environment.js";

type Key = number | Uint8Array;

const append = Object.freeze({ append: true });

/** An ordered list of puts and removes. Keys and values are kept by reference and must not change. */
export class LmdbWrites {
  // Four lists rather than one of objects: an object a write costs as much as its put.
  readonly #tables: LmdbTable<Key>[] = [];
  readonly #keys: Key[] = [];
  /** `undefined` removes. */
  readonly #values: (Uint8Array | undefined)[] = [];
  readonly #isAppend: boolean[] = [];

  put<K extends Key>(table: LmdbTable<K>, key: K, value: Uint8Array): void {
    this.#push(table, key, value, false);
  }

  /** Puts behind the last key of the table, which is faster and fills pages to the brim. */
  append<K extends Key>(table: LmdbTable<K>, key: K, value: Uint8Array): void {
    this.#push(table, key, value, true);
  }

  remove<K extends Key>(table: LmdbTable<K>, key: K): void {
    this.#push(table, key, undefined, false);
  }

  // Tables of either kind of key share the list; each is called with the keys that came with it.
  #push<K extends Key>(table: LmdbTable<K>, key: K, value: Uint8Array | undefined, isAppend: boolean): void {
    this.#tables.push(table as unknown as LmdbTable<Key>);
    this.#keys.push(key);
    this.#values.push(value);
    this.#isAppend.push(isAppend);
  }

  /** Hands the writes to LMDB; call it inside the callback of a transaction. */
  run(): void {
    for (let i = 0; i < this.#tables.length; i++) {
      const value = this.#values[i];
      if (value === undefined) this.#tables[i]!.remove(this.#keys[i]!);
      else if (this.#isAppend[i]!) this.#tables[i]!.put(this.#keys[i]!, value, append);
      else this.#tables[i]!.put(this.#keys[i]!, value);
    }
  }
}
