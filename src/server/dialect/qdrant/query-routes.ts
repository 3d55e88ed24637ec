// Routes that search: `query` for the nearest points by a vector or by the vector of a point, its batches and groups.

import type { Filter } from "../../../model/filter.js";
import type { PointId, VectorInput } from "../../../model/point.js";
import type { SearchRequest } from "../../../model/requests.js";
import type { DialectCall, DialectHandler } from "../../dialect.js";
import type { HttpResponse } from "../../http-exchange.js";
import type { Route } from "../../router.js";
import type { ExactJson } from "../../../model/exact-json.js";
import { BodyFields } from "./body-fields.js";
import { decodeFilter } from "./decode-filter.js";
import { decodeOrderBy } from "./decode-order.js";
import { decodePath } from "./decode-path.js";
import { decodeDense, decodePointId } from "./decode-point.js";
import { decodeInclude, type DecodedInclude } from "./decode-selectors.js";
import { encodeHit } from "./encode-point.js";
import { namedCollection, type NamedCollection } from "./named-collection.js";
import { listInOrder } from "./ordered-points.js";
import { formatError, notFound, wrongInput } from "./request-errors.js";
import { ok } from "./responses.js";

const points = "/collections/{collection_name}/points";

export const queryRoutes: readonly Route<DialectHandler>[] = [
  { method: "POST", path: `${points}/query`, access: "read", run: query },
  { method: "POST", path: `${points}/query/batch`, access: "read", run: queryBatch },
  { method: "POST", path: `${points}/query/groups`, access: "read", run: queryGroups },
  { method: "POST", path: `${points}/search`, access: "read", run: search },
  { method: "POST", path: `${points}/search/batch`, access: "read", run: searchBatch },
  { method: "POST", path: `${points}/search/groups`, access: "read", run: searchGroups },
];

/** What is searched for: a vector, the vector of a point, or no vector but an order. */
type Target =
  | { readonly kind: "vector"; readonly vector: VectorInput }
  | { readonly kind: "point"; readonly id: PointId }
  | { readonly kind: "order"; readonly order: NonNullable<ReturnType<typeof decodeOrderBy>> }
  | { readonly kind: "ids" };

interface DecodedQuery extends DecodedInclude {
  readonly target: Target;
  readonly limit: number;
  readonly offset: number;
  readonly settings: Pick<SearchRequest, "using" | "ef" | "exact" | "scoreThreshold">;
  readonly filter: Filter;
}

async function query(call: DialectCall): Promise<HttpResponse> {
  const named = await namedCollection(call);
  const decoded = BodyFields.read(call.body ?? {}, "", (fields) => decodeQuery(fields, named));
  return ok({ points: await answer(named, decoded) }, call.startMs);
}

async function queryBatch(call: DialectCall): Promise<HttpResponse> {
  const named = await namedCollection(call);
  const decoded = decodeSearches(call.body, (fields) => decodeQuery(fields, named));
  const results = await Promise.all(decoded.map((one) => answer(named, one)));
  return ok(
    results.map((hits) => ({ points: hits })),
    call.startMs,
  );
}

/** The older form of a search, whose result is the hits alone. */
async function search(call: DialectCall): Promise<HttpResponse> {
  const named = await namedCollection(call);
  const decoded = BodyFields.read(call.body, "", (fields) => decodeSearch(fields, named));
  return ok(await answer(named, decoded), call.startMs);
}

async function searchBatch(call: DialectCall): Promise<HttpResponse> {
  const named = await namedCollection(call);
  const decoded = decodeSearches(call.body, (fields) => decodeSearch(fields, named));
  return ok(await Promise.all(decoded.map((one) => answer(named, one))), call.startMs);
}

function decodeSearch(fields: BodyFields, named: NamedCollection): DecodedQuery {
  const { vector, using } = decodeNamedVector(fields.need("vector"), fields.place("vector"));
  return { ...decodeRest(fields, named, using), target: { kind: "vector", vector } };
}

function decodeSearches(body: unknown, decode: (fields: BodyFields) => DecodedQuery): DecodedQuery[] {
  const searches = BodyFields.read(body, "", (fields) => fields.list("searches") ?? []);
  return searches.map((one, i) => BodyFields.read(one, `searches[${i}]`, decode));
}

function decodeNamedVector(
  value: unknown,
  place: string,
): { vector: VectorInput; using: string | undefined } {
  if (Array.isArray(value)) return { vector: decodeDense(value, place), using: undefined };
  return BodyFields.read(value, place, (fields) => ({
    using: fields.string("name"),
    vector: decodeDense(fields.need("vector"), fields.place("vector")),
  }));
}

function decodeQuery(fields: BodyFields, named: NamedCollection): DecodedQuery {
  fields.refuse("prefetch", "lookup_from");
  const target = decodeTarget(fields.get("query"), fields.place("query"));
  return { ...decodeRest(fields, named, fields.string("using")), target };
}

function decodeRest(
  fields: BodyFields,
  { context }: NamedCollection,
  using: string | undefined,
): Omit<DecodedQuery, "target"> {
  fields.refuse("shard_key");
  const filter = fields.get("filter");
  const scoreThreshold = fields.number("score_threshold");
  return {
    limit: fields.integer("limit", 1) ?? 10,
    offset: fields.integer("offset", 0) ?? 0,
    filter: filter === undefined ? {} : decodeFilter(filter, fields.place("filter"), context),
    settings: {
      ...(using === undefined || using === "" ? {} : { using }),
      ...(scoreThreshold === undefined ? {} : { scoreThreshold }),
      ...decodeParams(fields.get("params"), fields.place("params")),
    },
    ...decodeInclude(fields, "nothing"),
  };
}

/** `SearchParams`. An exact search has no use for `hnsw_ef`. */
function decodeParams(value: unknown, place: string): Pick<SearchRequest, "ef" | "exact"> {
  if (value === undefined) return {};
  return BodyFields.read(value, place, (params) => {
    // Codes are always rescored, rows not yet linked are always scanned, and filters are always walked under.
    params.passOver("quantization", "indexed_only", "acorn");
    params.refuse("idf");
    const [ef, exact] = [params.integer("hnsw_ef", 1), params.boolean("exact") ?? false];
    if (exact) return { exact: true };
    return ef === undefined ? {} : { ef: Math.min(ef, efMax) };
  });
}

const efMax = 10_000;

const futureQueries = ["recommend", "discover", "context", "fusion", "rrf", "formula", "relevance_feedback"];

function decodeTarget(value: unknown, place: string): Target {
  if (value === undefined) return { kind: "ids" };
  if (Array.isArray(value)) return { kind: "vector", vector: decodeDense(value, place) };
  if (typeof value !== "object") return { kind: "point", id: decodePointId(value, place) };
  return BodyFields.read(value, place, (fields) => {
    fields.refuse(...futureQueries, "mmr", "sample");
    if (fields.has("order_by")) return { kind: "order", order: decodeOrderBy(fields)! };
    if (!fields.has("nearest")) throw formatError(place, "one of nearest, order_by is expected");
    const nearest = fields.get("nearest");
    if (Array.isArray(nearest))
      return { kind: "vector", vector: decodeDense(nearest, fields.place("nearest")) };
    return { kind: "point", id: decodePointId(nearest, fields.place("nearest")) };
  });
}

async function answer(named: NamedCollection, decoded: DecodedQuery): Promise<ExactJson[]> {
  const { collection, config } = named;
  const { limit, offset, filter, include, settings, vectorNames, target } = decoded;
  const form = { config, vectorNames };
  if (target.kind === "ids") {
    const { points: listed } = await collection.list({ limit: limit + offset, include, filter });
    return listed.slice(offset).map((point) => encodeHit({ ...point, score: 0 }, form));
  }
  if (target.kind === "order") {
    const request = { filter, limit: limit + offset, include };
    const listed = await listInOrder(collection, target.order, request);
    return listed.slice(offset).map(({ point, orderValue }) => ({
      ...encodeHit({ ...point, score: 0 }, form),
      order_value: orderValue,
    }));
  }
  const { vector, filter: eligible } = await resolveTarget(named, target, decoded);
  const hits = await collection.search({ vector, limit, offset, filter: eligible, include, ...settings });
  return hits.map((hit) => encodeHit(hit, form));
}

/** A point that is searched for by its id is no hit itself. */
async function resolveTarget(
  { collection }: NamedCollection,
  target: Target & { readonly kind: "vector" | "point" },
  { filter, settings }: Pick<DecodedQuery, "filter" | "settings">,
): Promise<{ readonly vector: VectorInput; readonly filter: Filter }> {
  if (target.kind === "vector") return { vector: target.vector, filter };
  const [point] = await collection.get([target.id], { include: ["vector"] });
  if (point === undefined) throw notFound(`No point with id ${target.id} found`);
  const { using } = settings;
  const vector = using === undefined ? point.vector : point.vectors?.[using];
  if (vector === undefined)
    throw wrongInput(`Vector with name ${using ?? ""} for point ${target.id} is not there`);
  return { vector, filter: { $and: [{ $not: { $id: target.id } }, filter] } };
}

async function queryGroups(call: DialectCall): Promise<HttpResponse> {
  const named = await namedCollection(call);
  return answerGroups(call, named, (fields) => decodeQuery(fields, named));
}

async function searchGroups(call: DialectCall): Promise<HttpResponse> {
  const named = await namedCollection(call);
  return answerGroups(call, named, (fields) => decodeSearch(fields, named));
}

async function answerGroups(
  call: DialectCall,
  named: NamedCollection,
  decode: (fields: BodyFields) => DecodedQuery,
): Promise<HttpResponse> {
  const { decoded, field, perGroup } = BodyFields.read(call.body, "", (fields) => {
    fields.refuse("with_lookup", "offset");
    const groupBy = fields.string("group_by");
    if (groupBy === undefined) throw formatError("", "missing field `group_by`");
    return {
      field: decodePath(groupBy, "group_by"),
      perGroup: fields.integer("group_size", 1) ?? 3,
      decoded: decode(fields),
    };
  });
  const { target, limit, include, settings, vectorNames } = decoded;
  if (target.kind !== "vector" && target.kind !== "point")
    throw formatError("query", "a vector or a point ID is expected");
  const { vector, filter } = await resolveTarget(named, target, decoded);
  // Null is a value to OmenDB, not to Qdrant.
  const hasValue: Filter = { $or: [{ [field]: { $ne: null } }, { [field]: { $elemMatch: { $ne: null } } }] };
  const groups = await named.collection.search({
    vector,
    filter: { $and: [hasValue, filter] },
    include,
    ...settings,
    groupBy: { field, groups: limit, perGroup },
  });
  const form = { config: named.config, vectorNames };
  const encoded = groups.map(({ value, hits }) => ({
    id: value,
    hits: hits.map((hit) => encodeHit(hit, form)),
  }));
  return ok({ groups: encoded }, call.startMs);
}
