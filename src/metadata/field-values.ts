// What the index of one field tells of its values: their order, and which rows have each. Rows with a value that it does not
// tell apart are named too, to be read.

import type { FilterScalar } from "../model/filter.js";
import { compareScalars } from "../model/scalar-order.js";
import type { FieldIndex } from "./field-index.js";
import { unite } from "./row-algebra.js";
import type { RowSet } from "./row-set.js";

/** Rows with a value that the index does not tell apart. Valid until the next write. */
export function doubtfulRows({ withLongText, withOtherValue, withUnheldValue }: FieldIndex): RowSet {
  return unite([withLongText, withOtherValue, withUnheldValue]);
}

/** The rows that have the value. Valid until the next write. */
export function rowsOfValue(index: FieldIndex, value: FilterScalar): RowSet {
  return unite(index.rowsOf([value]));
}

/**
 * The values from one on, that one included, in their order or against it. A copy, in which some may be gone and some may
 * stand twice.
 */
export function valuesInOrder(
  index: FieldIndex,
  direction: "asc" | "desc",
  from: FilterScalar | undefined,
): FilterScalar[] {
  const isAscending = direction === "asc";
  const isBefore = (value: FilterScalar): boolean =>
    from !== undefined && isAscending && compareScalars(value, from) < 0;
  const isBehind = (value: FilterScalar): boolean =>
    from !== undefined && !isAscending && compareScalars(value, from) > 0;
  const rest = ([null, false, true] as const).filter((value) => !isBefore(value) && !isBehind(value));
  // What came since values were last sorted stands behind them, so the merge is done here.
  const numbers = index.numbers.range({ isBefore, isBehind }).sort(compareScalars);
  const texts = index.texts.range({ isBefore, isBehind }).sort(compareScalars);
  const values = [...rest, ...numbers, ...texts];
  return isAscending ? values : values.reverse();
}
