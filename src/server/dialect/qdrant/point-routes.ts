// Routes that write and read points.

import type { Point } from "../../../model/point.js";
import type { DialectCall, DialectHandler } from "../../dialect.js";
import type { HttpResponse } from "../../http-exchange.js";
import type { Route } from "../../router.js";
import { BodyFields } from "./body-fields.js";
import { decodeFilter } from "./decode-filter.js";
import { decodeOrderBy } from "./decode-order.js";
import { decodePath } from "./decode-path.js";
import { decodePathId, decodePointId, decodePointIds } from "./decode-point.js";
import { decodeInclude } from "./decode-selectors.js";
import { encodeId, encodeRecord } from "./encode-point.js";
import { namedCollection, type NamedCollection } from "./named-collection.js";
import { updated, updateResult } from "./operations.js";
import {
  batchWrites,
  clearPayload,
  deletePayload,
  deletePoints,
  deleteVectors,
  overwritePayload,
  type PointWrite,
  setPayload,
  updateVectors,
  upsertPoints,
} from "./point-writes.js";
import { formatError, notFound } from "./request-errors.js";
import { ok } from "./responses.js";

const points = "/collections/{collection_name}/points";

export const pointRoutes: readonly Route<DialectHandler>[] = [
  { method: "PUT", path: points, access: "write", run: writing(upsertPoints) },
  { method: "POST", path: `${points}/delete`, access: "write", run: writing(deletePoints) },
  { method: "POST", path: `${points}/payload`, access: "write", run: writing(setPayload) },
  { method: "PUT", path: `${points}/payload`, access: "write", run: writing(overwritePayload) },
  { method: "POST", path: `${points}/payload/delete`, access: "write", run: writing(deletePayload) },
  { method: "POST", path: `${points}/payload/clear`, access: "write", run: writing(clearPayload) },
  { method: "PUT", path: `${points}/vectors`, access: "write", run: writing(updateVectors) },
  { method: "POST", path: `${points}/vectors/delete`, access: "write", run: writing(deleteVectors) },
  { method: "POST", path: `${points}/batch`, access: "write", run: writeBatch },
  { method: "POST", path: points, access: "read", run: getPoints },
  { method: "GET", path: `${points}/{id}`, access: "read", run: getPoint },
  { method: "POST", path: `${points}/scroll`, access: "read", run: scroll },
  { method: "POST", path: `${points}/count`, access: "read", run: count },
  { method: "POST", path: "/collections/{collection_name}/facet", access: "read", run: facet },
];

/** A route that does one write. */
function writing(write: PointWrite): DialectHandler {
  return async (call) => {
    checkWriteQuery(call);
    await write(call.body, "", await namedCollection(call));
    return updated(call);
  };
}

/** `ordering` and `timeout` mean nothing where there is one node. */
function checkWriteQuery({ query }: DialectCall): void {
  const wait = query.get("wait");
  if (wait !== null && wait !== "true" && wait !== "false")
    throw formatError("wait", "true or false is expected");
}

/** Operations one after another; each is durable before the next begins. */
async function writeBatch(call: DialectCall): Promise<HttpResponse> {
  checkWriteQuery(call);
  const target = await namedCollection(call);
  const operations = BodyFields.read(call.body, "", (fields) => fields.list("operations") ?? []);
  const writes = operations.map((operation, i) => decodeOperation(operation, `operations[${i}]`));
  const results = [];
  for (const { write, body, place } of writes) {
    await write(body, place, target);
    results.push(updateResult(call));
  }
  return ok(results, call.startMs);
}

function decodeOperation(
  value: unknown,
  place: string,
): { readonly write: PointWrite; readonly body: unknown; readonly place: string } {
  return BodyFields.read(value, place, (fields) => {
    const name = Object.keys(batchWrites).find((one) => fields.has(one));
    if (name === undefined)
      throw formatError(place, `one of ${Object.keys(batchWrites).join(", ")} is expected`);
    return { write: batchWrites[name]!, body: fields.get(name), place: fields.place(name) };
  });
}

async function getPoints(call: DialectCall): Promise<HttpResponse> {
  const { collection, config } = await namedCollection(call);
  const { ids, include, vectorNames } = BodyFields.read(call.body, "", (fields) => {
    fields.refuse("shard_key");
    return { ids: decodePointIds(fields.need("ids"), "ids"), ...decodeInclude(fields, "payload") };
  });
  const found = await collection.get(ids, { include });
  const records = found.flatMap((point) =>
    point === undefined ? [] : [encodeRecord(point, { config, vectorNames })],
  );
  return ok(records, call.startMs);
}

async function getPoint(call: DialectCall): Promise<HttpResponse> {
  const { collection, config } = await namedCollection(call);
  const id = decodePathId(call.params["id"]!);
  const [point] = await collection.get([id], { include: ["metadata", "vector"] });
  if (point === undefined) throw notFound(`Point with id ${id} does not exists!`);
  return ok(encodeRecord(point, { config, vectorNames: undefined }), call.startMs);
}

const scrollLimitDefault = 10;
const facetLimitMax = 10_000;

/** A page of points, and the id at which the next one begins. */
async function scroll(call: DialectCall): Promise<HttpResponse> {
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
  const { orderBy, startFrom } = order;
  const joined = startFrom === undefined ? filter : { $and: [filter, startFrom] };
  const page = await collection.list({ orderBy, filter: joined, limit, include });
  const form = { config, vectorNames };
  return ok(
    { points: page.points.map((point) => encodeRecord(point, form)), next_page_offset: null },
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

async function count(call: DialectCall): Promise<HttpResponse> {
  const { collection, context } = await namedCollection(call);
  const request = BodyFields.read(call.body ?? {}, "", (fields) => {
    fields.refuse("shard_key");
    const filter = fields.get("filter");
    return {
      filter: filter === undefined ? {} : decodeFilter(filter, "filter", context),
      approximate: !(fields.boolean("exact") ?? true),
    };
  });
  return ok({ count: await collection.count(request) }, call.startMs);
}

/** The most frequent values of a key. They are exact whether or not that is asked for. */
async function facet(call: DialectCall): Promise<HttpResponse> {
  const { collection, context } = await namedCollection(call);
  const request = BodyFields.read(call.body, "", (fields) => {
    fields.refuse("shard_key");
    fields.boolean("exact");
    const filter = fields.get("filter");
    const key = fields.string("key");
    if (key === undefined) throw formatError("", "missing field `key`");
    return {
      field: decodePath(key, "key"),
      limit: fields.integer("limit", 1) ?? 10,
      filter: filter === undefined ? {} : decodeFilter(filter, "filter", context),
    };
  });
  // Null is a value to OmenDB, not to Qdrant.
  const { facets } = await collection.facets({
    ...request,
    limit: Math.min(request.limit + 1, facetLimitMax),
  });
  const hits = facets.filter(({ value }) => value !== null).slice(0, request.limit);
  return ok({ hits: hits.map(({ value, count }) => ({ value, count })) }, call.startMs);
}
