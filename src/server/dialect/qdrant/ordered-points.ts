// Points in the order of a key of their payload, each with the value that it stands by.

import type { Collection } from "../../../model/database.js";
import type { Filter } from "../../../model/filter.js";
import type { Metadata, Point } from "../../../model/point.js";
import type { Include } from "../../../model/requests.js";
import type { DecodedOrder } from "./decode-order.js";
import { valuesAt } from "./payload-values.js";

/** A point, and its `OrderValue`: a number, or an instant in microseconds; none where it stands by something else. */
export interface OrderedPoint {
  readonly point: Point;
  readonly orderValue: number | undefined;
}

/** The first points in an order. */
export async function listInOrder(
  collection: Collection,
  { orderBy, startFrom }: DecodedOrder,
  { filter, ...page }: { readonly filter: Filter; readonly limit: number; readonly include: Include },
): Promise<OrderedPoint[]> {
  const joined = startFrom === undefined ? filter : { $and: [filter, startFrom] };
  const { points } = await collection.list({ orderBy, filter: joined, ...page });
  // What comes back need not hold the key; a point that went away in between has no value.
  const include = { metadata: { keep: [orderBy.field] }, vector: false };
  const keys = await collection.get(
    points.map(({ id }) => id),
    { include },
  );
  return points.map((point, i) => ({ point, orderValue: orderValueOf(keys[i]?.metadata, orderBy) }));
}

/** The value that a point stands by: its least one if ascending and its greatest one if descending. */
function orderValueOf(
  metadata: Metadata | undefined,
  { field, direction }: DecodedOrder["orderBy"],
): number | undefined {
  const values = valuesAt(metadata ?? {}, field).flatMap((value) => {
    if (typeof value === "number") return [value];
    const instantMs = typeof value === "string" && isoDate.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(instantMs) ? [] : [instantMs * 1000];
  });
  if (values.length === 0) return undefined;
  const best = direction === "desc" ? Math.max : Math.min;
  return values.reduce((a, b) => best(a, b));
}

const isoDate = /^\d{4}-\d{2}-\d{2}(?:$|[T ])/u;
