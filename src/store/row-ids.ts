// The ids of rows read lately, so that a hit of which nothing else is wanted costs no read of the store.

import type { PointId } from "../model/point.js";

/** Some 60 bytes each. */
const idCountMax = 65_536;

/** A bounded map from rows to ids; forgets all when it is full, since what is asked often soon comes back. */
export class RowIds {
  readonly #ids = new Map<number, PointId>();

  get(row: number): PointId | undefined {
    return this.#ids.get(row);
  }

  set(row: number, id: PointId): void {
    if (this.#ids.size >= idCountMax) this.#ids.clear();
    this.#ids.set(row, id);
  }

  /** A row that may hold another id from now on. */
  forget(row: number): void {
    if (this.#ids.size > 0) this.#ids.delete(row);
  }
}
