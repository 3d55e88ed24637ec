// Decoding of listings: in the order of ids, or of a path of the metadata, whose cursors come back from outside.

import type { FilterScalar } from "./filter.js";
import type { FilterNode, MetadataPath } from "./filter-tree.js";
import type { PointId } from "./point.js";
import type { ListCursor, ListRequest, OrderBy, OrderedListRequest } from "./requests.js";
import { decodeFilter } from "./decode-filter.js";
import { isScalar } from "./decode-filter-value.js";
import { decodeId, readId } from "./decode-id.js";
import { decodeInclude, includeOfSearch, type ResolvedInclude } from "./decode-include.js";
import { decodeChoice, decodeFields, decodeInteger } from "./decode-object.js";
import { invalidInput } from "./invalid-input.js";
import { defaults, limits } from "./limits.js";
import { decodeMetadataPath, decodePathField, formatMetadataPath } from "./metadata-path.js";

/** A listing in the order of ids, complete. */
export interface ResolvedList {
  readonly kind: "ids";
  readonly filter: FilterNode | undefined;
  readonly limit: number;
  readonly after: PointId | undefined;
  /** An id to start at. At most one of the two is there. */
  readonly from: PointId | undefined;
  readonly include: ResolvedInclude;
}

/** Which way an order goes. */
export type Direction = "asc" | "desc";

/** A listing in the order of metadata, complete. */
export interface ResolvedOrderedList extends Omit<ResolvedList, "kind" | "after" | "from"> {
  readonly kind: "ordered";
  readonly path: MetadataPath;
  readonly direction: Direction;
  readonly after: OrderKey | undefined;
}

/** Where a point stands in an order. */
export interface OrderKey {
  readonly value: FilterScalar;
  readonly id: PointId;
}

const listFields: readonly (keyof ListRequest | keyof OrderedListRequest)[] = [
  "filter",
  "orderBy",
  "limit",
  "after",
  "from",
  "include",
];
const orderFields: readonly (keyof OrderBy)[] = ["field", "direction"];
const cursorFields: readonly (keyof ListCursor)[] = ["field", "direction", "value", "id"];
const limitRange = { min: 1, max: limits.limitMax, fallback: defaults.listLimit };
const directions: readonly Direction[] = ["asc", "desc"];

/** Decodes the request of `list`. */
export function decodeList(value: unknown): ResolvedList | ResolvedOrderedList {
  const given = decodeFields(value === undefined ? {} : value, "", listFields);
  const page = {
    filter: decodeFilter(given.filter, "filter"),
    limit: decodeInteger(given.limit, "limit", limitRange),
    include: decodeInclude(given.include, "include", includeOfSearch),
  };
  if (given.from !== undefined && (given.after !== undefined || given.orderBy !== undefined)) {
    const message = `"from" excludes "after", and a list in the order of metadata; leave one of them out.`;
    throw invalidInput("conflicting_fields", "from", given.from, message);
  }
  if (given.orderBy === undefined) {
    const after = given.after === undefined ? undefined : decodeId(given.after, "after");
    const from = given.from === undefined ? undefined : decodeId(given.from, "from");
    return { kind: "ids", ...page, after, from };
  }
  const order = decodeFields(given.orderBy, "orderBy", orderFields);
  const path = decodePathField(order.field, "orderBy.field");
  const direction = decodeChoice(order.direction, "orderBy.direction", {
    choices: directions,
    fallback: "asc",
  });
  const after = given.after === undefined ? undefined : decodeCursor(given.after, path, direction);
  return { kind: "ordered", ...page, path, direction, after };
}

/** The cursor behind a point. */
export function encodeCursor({ value, id }: OrderKey, path: MetadataPath, direction: Direction): ListCursor {
  const text = typeof id === "string" ? JSON.stringify(id) : String(id);
  return { field: formatMetadataPath(path), direction, value, id: text };
}

function decodeCursor(value: unknown, path: MetadataPath, direction: Direction): OrderKey {
  const cursor = decodeFields(value, "after", cursorFields);
  if (typeof cursor.field !== "string") throw badCursor("after.field", cursor.field);
  const field = formatMetadataPath(decodeMetadataPath(cursor.field, "after.field"));
  const wanted = formatMetadataPath(path);
  if (field !== wanted) throw otherOrder("after.field", cursor.field, wanted);
  if (cursor.direction !== direction) throw otherOrder("after.direction", cursor.direction, direction);
  if (!isScalar(cursor.value)) throw badCursor("after.value", cursor.value);
  const id = readCursorId(cursor.id);
  if (id === undefined) throw badCursor("after.id", cursor.id);
  return { value: cursor.value, id };
}

function readCursorId(text: unknown): PointId | undefined {
  if (typeof text !== "string") return undefined;
  // 2^64 has 20 digits; more would only cost time to read.
  if (/^-?\d{1,20}$/.test(text)) return readId(BigInt(text));
  try {
    const id: unknown = JSON.parse(text);
    return typeof id === "string" ? readId(id) : undefined;
  } catch {
    return undefined;
  }
}

function badCursor(field: string, value: unknown): Error {
  return invalidInput("cursor", field, value, `The "next" of the page before is needed, unchanged.`);
}

function otherOrder(field: string, value: unknown, wanted: string): Error {
  const message = `The cursor belongs to another order than "${wanted}"; begin without "after".`;
  return invalidInput("cursor", field, value, message);
}
