// Bad requests for ordered lists, facets, groups, counts and conditional upserts, with the errors they give.

import type { Collection } from "omendb";
import type { BadCall } from "./bad-input-case.js";

type Bad = readonly [title: string, input: unknown, code: string, field: string];

const cursor = { field: "year", direction: "asc", value: 1, id: "1" };

/** Pages behind a cursor that is not one of an ascending list by `year`. */
const badCursors: readonly Bad[] = [
  ["an id in the place of a cursor", "good", "wrong_type", "after"],
  ["a cursor of another field", { ...cursor, field: "month" }, "cursor", "after.field"],
  ["a cursor without a field", { ...cursor, field: undefined }, "cursor", "after.field"],
  ["a cursor with a bad path", { ...cursor, field: "\\" }, "metadata_path", "after.field"],
  ["a cursor of the other direction", { ...cursor, direction: "desc" }, "cursor", "after.direction"],
  ["a cursor without a value", { ...cursor, value: undefined }, "cursor", "after.value"],
  ["a cursor with an array", { ...cursor, value: [1] }, "cursor", "after.value"],
  ["a cursor with NaN", { ...cursor, value: Number.NaN }, "cursor", "after.value"],
  ["a cursor with a number as id", { ...cursor, id: 1 }, "cursor", "after.id"],
  ["a cursor with a bare text as id", { ...cursor, id: "x" }, "cursor", "after.id"],
  ["a cursor with a fraction as id", { ...cursor, id: "1.5" }, "cursor", "after.id"],
  ["a cursor with an id out of range", { ...cursor, id: "99999999999999999999" }, "cursor", "after.id"],
  ["a cursor with an empty id", { ...cursor, id: '""' }, "cursor", "after.id"],
  ["a cursor with more in it", { ...cursor, page: 2 }, "unknown_field", "after.page"],
];

const badOrders: readonly Bad[] = [
  ["an order that is a text", { orderBy: "year" }, "wrong_type", "orderBy"],
  ["an order by nothing", { orderBy: {} }, "missing_field", "orderBy.field"],
  ["an order by a number", { orderBy: { field: 1 } }, "wrong_type", "orderBy.field"],
  ["an order by a bad path", { orderBy: { field: "a\\b" } }, "metadata_path", "orderBy.field"],
  ["an order up", { orderBy: { field: "a", direction: "up" } }, "unknown_value", "orderBy.direction"],
  ["an order by -1", { orderBy: { field: "a", direction: -1 } }, "wrong_type", "orderBy.direction"],
  ["an order with more in it", { orderBy: { field: "a", nulls: "last" } }, "unknown_field", "orderBy.nulls"],
  ["a cursor, but no order", { after: cursor }, "id_type", "after"],
  ["an order and limit 0", { orderBy: { field: "a" }, limit: 0 }, "out_of_range", "limit"],
];

const badFacets: readonly Bad[] = [
  ["no request", undefined, "wrong_type", "request"],
  ["no field", {}, "missing_field", "field"],
  ["two fields", { field: ["a", "b"] }, "wrong_type", "field"],
  ["a bad path", { field: "\\" }, "metadata_path", "field"],
  ["limit 0", { field: "a", limit: 0 }, "out_of_range", "limit"],
  ["limit 10,001", { field: "a", limit: 10_001 }, "out_of_range", "limit"],
  ["a bad filter", { field: "a", filter: { $is: 1 } }, "filter_operator", "filter.$is"],
  ["an unknown field", { field: "a", exact: true }, "unknown_field", "exact"],
];

const by = { field: "a" };
const badGroups: readonly Bad[] = [
  ["a text", { groupBy: "a" }, "wrong_type", "groupBy"],
  ["null", { groupBy: null }, "wrong_type", "groupBy"],
  ["nothing", { groupBy: {} }, "missing_field", "groupBy.field"],
  ["a bad path", { groupBy: { field: "\\" } }, "metadata_path", "groupBy.field"],
  ["0 groups", { groupBy: { ...by, groups: 0 } }, "out_of_range", "groupBy.groups"],
  ["1,001 groups", { groupBy: { ...by, groups: 1001 } }, "out_of_range", "groupBy.groups"],
  ["0 hits a group", { groupBy: { ...by, perGroup: 0 } }, "out_of_range", "groupBy.perGroup"],
  ["half a hit a group", { groupBy: { ...by, perGroup: 0.5 } }, "out_of_range", "groupBy.perGroup"],
  ["10,010 hits", { groupBy: { ...by, groups: 1001 - 1, perGroup: 11 } }, "out_of_range", "groupBy"],
  ["a limit beside", { groupBy: by, limit: 3 }, "conflicting_fields", "limit"],
  ["an offset beside", { groupBy: by, offset: 0 }, "conflicting_fields", "offset"],
  ["more in it", { groupBy: { ...by, size: 3 } }, "unknown_field", "groupBy.size"],
  ["an unknown field beside", { groupBy: by, topK: 3 }, "unknown_field", "topK"],
];

const badConditions: readonly Bad[] = [
  ["a text", "ifAbsent", "wrong_type", "options"],
  ["1 for true", { ifAbsent: 1 }, "wrong_type", "options.ifAbsent"],
  ["both at once", { ifAbsent: true, ifPresent: true }, "conflicting_fields", "options"],
  ["a filter for absent points", { ifAbsent: true, where: {} }, "conflicting_fields", "options"],
  ["a bad filter", { where: { a: [] } }, "filter_value", "options.where.a"],
  ["an unknown field", { mode: "insert" }, "unknown_field", "options.mode"],
];

function calls(
  what: string,
  bad: readonly Bad[],
  call: (collection: Collection, input: never) => Promise<unknown>,
): BadCall[] {
  return bad.map(([title, input, code, field]) => ({
    title: `${what} ${title}`,
    code,
    field,
    // The tables hold what the types forbid.
    call: ({ plain }) => call(plain, input as never),
  }));
}

export const badOrdersAndGroups: readonly BadCall[] = [
  ...calls("a page behind", badCursors, (collection, after) =>
    collection.list({ orderBy: { field: "year" }, after }),
  ),
  ...calls("a list with", badOrders, (collection, request) => collection.list(request)),
  ...calls("asking for facets with", badFacets, (collection, request) => collection.facets(request)),
  ...calls("a search grouped by", badGroups, (collection, request: object) =>
    collection.search({ vector: [1, 2], ...request }),
  ),
  ...calls("an upsert on the condition of", badConditions, (collection, options) =>
    collection.upsert([{ id: "new", vector: [1, 2] }], options),
  ),
  {
    title: "a batch with a grouped search",
    code: "unknown_field",
    field: "requests[0].groupBy",
    call: ({ plain }) => plain.searchBatch([{ vector: [1, 2], groupBy: by } as never]),
  },
  {
    title: "an approximate count by text",
    code: "wrong_type",
    field: "approximate",
    call: ({ plain }) => plain.count({ approximate: "yes" } as never),
  },
];
