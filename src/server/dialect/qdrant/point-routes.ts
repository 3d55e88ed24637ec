// Routes that write and read points.

import type { DialectCall, DialectHandler } from "../../dialect.js";
import type { HttpResponse } from "../../http-exchange.js";
import type { Route } from "../../router.js";
import { BodyFields } from "./body-fields.js";
import { decodeFilter } from "./decode-filter.js";
import { decodePath } from "./decode-path.js";
import { decodePathId, decodePointIds } from "./decode-point.js";
import { decodeInclude } from "./decode-selectors.js";
import { encodeRecord } from "./encode-point.js";
import { namedCollection } from "./named-collection.js";
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
import { scroll } from "./scroll.js";

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
    await write(call.body, "", await namedCollection(call));
    return updated(call);
  };
}

/** Operations one after another; each is durable before the next begins. */
async function writeBatch(call: DialectCall): Promise<HttpResponse> {
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

const facetLimitMax = 10_000;

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
