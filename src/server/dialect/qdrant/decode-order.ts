// The order of a scroll by a key of the payload.

import type { Filter, FilterValue } from "../../../model/filter.js";
import type { OrderBy } from "../../../model/requests.js";
import { BodyFields } from "./body-fields.js";
import { decodePath } from "./decode-path.js";
import { formatError } from "./request-errors.js";

/** An order, and what leaves out what comes before its beginning. */
export interface DecodedOrder {
  readonly orderBy: OrderBy;
  readonly startFrom: Filter | undefined;
}

/** `order_by`: a key, or a key with a direction and a value to start from. */
export function decodeOrderBy(fields: BodyFields): DecodedOrder | undefined {
  const value = fields.get("order_by");
  if (value === undefined) return undefined;
  const place = fields.place("order_by");
  if (typeof value === "string")
    return { orderBy: { field: decodePath(value, place) }, startFrom: undefined };
  return BodyFields.read(value, place, (order) => {
    const key = order.string("key");
    if (key === undefined) throw formatError(place, "missing field `key`");
    const field = decodePath(key, order.place("key"));
    const direction = order.string("direction") ?? "asc";
    if (direction !== "asc" && direction !== "desc")
      throw formatError(order.place("direction"), "asc or desc is expected");
    const from = order.get("start_from");
    const bound = from === undefined ? undefined : boundOf(from, order.place("start_from"));
    const operator = direction === "asc" ? "$gte" : "$lte";
    return {
      orderBy: { field, direction },
      startFrom: bound === undefined ? undefined : { [field]: { [operator]: bound } },
    };
  });
}

function boundOf(value: unknown, place: string): FilterValue {
  if (typeof value === "number") return value;
  if (typeof value === "string") return { $date: value };
  throw formatError(place, "a number or a date is expected");
}
