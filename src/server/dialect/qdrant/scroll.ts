// Pages of points: by their ids, or in the order of a key of their payload.

import type { Point } from "../../../model/point.js";
import type { DialectCall } from "../../dialect.js";
import type { HttpResponse } from "../../http-exchange.js";
import { BodyFields } from "./body-fields.js";
import { decodeFilter } from "./decode-filter.js";
import { decodeOrderBy } from "./decode-order.js";
import { decodePointId } from "./decode-point.js";
import { decodeInclude } from "./decode-selectors.js";
import { encodeId, encodeRecord } from "./encode-point.js";
import { namedCollection, type NamedCollection } from "./named-collection.js";
import { listInOrder } from "./ordered-points.js";
import { formatError } from "./request-errors.js";
import { ok } from "./responses.js";

const scrollLimitDefault = 10;

/** A page of points, and the id at which the next one begins. */
export async function scroll(call: DialectCall): Promise<HttpResponse> {
  const named = await namedCollection(call);
  const decoded = BodyFields.read(call.body ?? {}, "", (fields) => {
    fields.refuse("shard_key");
    const offset = fields.get("offset");
    const filter = fields.get("filter");
    return {
      limit: fields.integer("limit", 1) ?? scrollLimitDefault,
      offset: offset === undefined ? undefined : decodePointId(offset, "offset"),
      filter: filter === undefined ? {} : decodeFilter(filter, "filter", named.context),
      order: decodeOrderBy(fields),
      ...decodeInclude(fields, "payload"),
    };
  });
  const { order } = decoded;
  if (order !== undefined) {
    if (decoded.offset !== undefined)
      throw formatError("offset", "an offset by id and `order_by` exclude each other");
    return scrollInOrder(call, named, { ...decoded, order });
  }
  const found = await readPage(named, decoded);
  const page = found.slice(0, decoded.limit);
  const next = found[decoded.limit]?.id;
  const form = { config: named.config, vectorNames: decoded.vectorNames };
  return ok(
    {
      points: page.map((point) => encodeRecord(point, form)),
      next_page_offset: next === undefined ? null : encodeId(next),
    },
    call.startMs,
  );
}

type Page = Pick<Parameters<typeof readPage>[1], "limit" | "filter" | "include"> & {
  readonly order: NonNullable<ReturnType<typeof decodeOrderBy>>;
  readonly vectorNames: readonly string[] | undefined;
};

async function scrollInOrder(
  { startMs }: DialectCall,
  { collection, config }: NamedCollection,
  { limit, filter, include, order, vectorNames }: Page,
): Promise<HttpResponse> {
  const found = await listInOrder(collection, order, { filter, limit, include });
  const form = { config, vectorNames };
  return ok(
    {
      points: found.map(({ point, orderValue }) => ({
        ...encodeRecord(point, form),
        order_value: orderValue,
      })),
      next_page_offset: null,
    },
    startMs,
  );
}

/** Up to one point more than asked for, from the offset on, that one included. */
async function readPage(
  { collection }: NamedCollection,
  request: {
    readonly limit: number;
    readonly offset: Point["id"] | undefined;
    readonly filter: NonNullable<Parameters<NamedCollection["collection"]["list"]>[0]>["filter"] & {};
    readonly include: ReturnType<typeof decodeInclude>["include"];
  },
): Promise<Point[]> {
  const { limit, offset, filter, include } = request;
  const from = offset === undefined ? {} : { from: offset };
  return (await collection.list({ filter, limit: limit + 1, include, ...from })).points;
}
