// Where points stand in the order of a path of the metadata, and the gathering of those that come first.

import type { FilterScalar } from "../model/filter.js";
import type { OrderKey, ResolvedOrderedList } from "../model/decode-list.js";
import type { PointStore, StoredPoint } from "../store/point-store.js";
import type { FirstInOrder } from "../base/first-in-order.js";
import { compileScalarReader, type ScalarReader } from "../metadata/path-scalars.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";
import { compareIds, compareScalars } from "../model/scalar-order.js";

/** Where points stand in the order that a request asks for. */
export class PointOrder {
  readonly #read: ScalarReader;
  readonly #filter: PreparedFilter | undefined;
  readonly #sign: 1 | -1;
  readonly #after: OrderKey | undefined;

  constructor({ path, filter, direction, after }: ResolvedOrderedList) {
    this.#read = compileScalarReader(path);
    this.#filter = filter === undefined ? undefined : new PreparedFilter(filter);
    this.#sign = direction === "asc" ? 1 : -1;
    this.#after = after;
  }

  /** Negative if `a` stands before `b`. */
  readonly compareValues = (a: FilterScalar, b: FilterScalar): number => this.#sign * compareScalars(a, b);

  readonly compare = (a: OrderKey, b: OrderKey): number =>
    this.compareValues(a.value, b.value) || compareIds(a.id, b.id);

  /** Whether the page begins before this place. */
  isBehindStart(key: OrderKey): boolean {
    return this.#after === undefined || this.compare(key, this.#after) > 0;
  }

  /** Where a point stands; `undefined` if it does not match, has no scalar, or stands before the page. */
  keyOf(point: StoredPoint): OrderKey | undefined {
    if (this.#filter?.matches(point) === false) return undefined;
    const values = this.#read(point.metadata);
    let [value] = values;
    if (value === undefined) return undefined;
    for (const other of values) if (this.compareValues(other, value) < 0) value = other;
    const key = { value, id: point.id };
    return this.isBehindStart(key) ? key : undefined;
  }
}

/** What a page is gathered in. */
export interface PageGathering {
  readonly order: PointOrder;
  readonly first: FirstInOrder<OrderKey>;
}

/** Looks at a row as it is now. */
export function lookAgain(
  { store }: { readonly store: PointStore },
  row: number,
  { order, first }: PageGathering,
): void {
  const point = store.readPoint(row);
  const key = point === undefined ? undefined : order.keyOf(point);
  first.remove(row);
  if (key !== undefined) first.offer(row, key);
}
