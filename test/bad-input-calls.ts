// Bad calls of every other method of a collection, with the errors they give.

import type { BadCall, Callees } from "./bad-input-case.js";
import { badFilters } from "./bad-input-filters.js";
import { badOrdersAndGroups } from "./bad-input-orders.js";

/** A bad field in an otherwise good search. */
function search(title: string, part: object, code: string, field: string): BadCall {
  const call = ({ plain }: Callees): Promise<unknown> => plain.search({ vector: [1, 2], ...part });
  return { title: `a search with ${title}`, call, code, field };
}

function other(title: string, call: BadCall["call"], code: string, field: string): BadCall {
  return { title, call, code, field };
}

export const badCalls: readonly BadCall[] = [
  search("limit 0", { limit: 0 }, "out_of_range", "limit"),
  search("a negative limit", { limit: -1 }, "out_of_range", "limit"),
  search("a fractional limit", { limit: 1.5 }, "out_of_range", "limit"),
  search("limit 10,001", { limit: 10_001 }, "out_of_range", "limit"),
  search("limit NaN", { limit: Number.NaN }, "out_of_range", "limit"),
  search("a limit as text", { limit: "10" }, "wrong_type", "limit"),
  search("limit null", { limit: null }, "wrong_type", "limit"),
  search("a negative offset", { offset: -1 }, "out_of_range", "offset"),
  search("offset 10,001", { offset: 10_001 }, "out_of_range", "offset"),
  search("ef 0", { ef: 0 }, "out_of_range", "ef"),
  search("ef 10,001", { ef: 10_001 }, "out_of_range", "ef"),
  search("exact as text", { exact: "yes" }, "wrong_type", "exact"),
  search(
    "an infinite threshold",
    { scoreThreshold: Number.POSITIVE_INFINITY },
    "out_of_range",
    "scoreThreshold",
  ),
  search("a threshold as text", { scoreThreshold: "0.5" }, "wrong_type", "scoreThreshold"),
  search("an unknown field", { topK: 3 }, "unknown_field", "topK"),
  search("no vector", { vector: undefined }, "missing_field", "vector"),
  search("a vector too short", { vector: [1] }, "vector_dimension", "vector"),
  search("NaN in its vector", { vector: [Number.NaN, 1] }, "vector_component", "vector[0]"),
  search("1e39 in its vector", { vector: [1, 1e39] }, "vector_component", "vector[1]"),
  search("a zero vector, for cosine", { vector: [0, 0] }, "vector_zero", "vector"),
  search("a field where none is named", { using: "a" }, "vector_field", "using"),
  search("the empty name of the unnamed field", { using: "" }, "vector_field", "using"),
  search("an unknown part to include", { include: ["score"] }, "unknown_value", "include[0]"),
  search("include as text", { include: "metadata" }, "wrong_type", "include"),
  search("an unknown field in include", { include: { vectors: true } }, "unknown_field", "include.vectors"),
  search(
    "keep and drop at once",
    { include: { metadata: { keep: [], drop: [] } } },
    "conflicting_fields",
    "include.metadata",
  ),
  search(
    "paths that are no strings",
    { include: { metadata: { keep: [1] } } },
    "wrong_type",
    "include.metadata.keep[0]",
  ),
  ...badFilters.map(({ title, filter, code, field }) => search(title, { filter }, code, `filter${field}`)),
  other(
    "a search that is no object",
    ({ plain }) => plain.search(undefined as never),
    "wrong_type",
    "request",
  ),
  other(
    "a search without a field where there are two",
    ({ named }) => named.search({ vector: [1, 2] }),
    "missing_field",
    "using",
  ),
  other(
    "a search in an unknown field",
    ({ named }) => named.search({ vector: [1], using: "c" }),
    "vector_field",
    "using",
  ),
  other(
    "a search with the vector of another field",
    ({ named }) => named.search({ vector: [1, 2], using: "b" }),
    "vector_dimension",
    "vector",
  ),
  other("a batch that is no array", ({ plain }) => plain.searchBatch({} as never), "wrong_type", "requests"),
  other(
    "a batch with one bad search",
    ({ plain }) => plain.searchBatch([{ vector: [1, 2] }, { vector: [1, 2], limit: 0 }]),
    "out_of_range",
    "requests[1].limit",
  ),
  other("getting what is no array", ({ plain }) => plain.get("good" as never), "wrong_type", "ids"),
  other("getting a bad id", ({ plain }) => plain.get(["good", ""]), "id_empty", "ids[1]"),
  other(
    "getting with an unknown option",
    ({ plain }) => plain.get([1], { with: 1 } as never),
    "unknown_field",
    "options.with",
  ),
  other(
    "getting an unknown part",
    ({ plain }) => plain.get([1], { include: ["id"] } as never),
    "unknown_value",
    "options.include[0]",
  ),
  other("deleting a bad id", ({ plain }) => plain.delete(["good", 1.5]), "id_range", "ids[1]"),
  other(
    "deleting everything by nothing",
    ({ plain }) => plain.delete({} as never),
    "missing_field",
    "filter",
  ),
  other("deleting by text", ({ plain }) => plain.delete("good" as never), "wrong_type", "target"),
  other(
    "deleting with an unknown field",
    ({ plain }) => plain.delete({ ids: [1] } as never),
    "unknown_field",
    "target.ids",
  ),
  other(
    "deleting by a bad filter",
    ({ plain }) => plain.delete({ filter: { a: [] } } as never),
    "filter_value",
    "filter.a",
  ),
  other(
    "deleting by an unknown operator",
    ({ plain }) => plain.delete({ filter: { $nor: [{ kept: { $is: true } }] } } as never),
    "filter_operator",
    "filter.$nor[0].kept.$is",
  ),
  other(
    "changing by a pattern that is none",
    ({ plain }) => plain.updateMetadata({ filter: { kept: { $regex: "(" } } }, { set: {} }),
    "filter_pattern",
    "filter.kept.$regex",
  ),
  other(
    "listing by a bad path",
    ({ plain }) => plain.list({ filter: { "a\\b": 1 } }),
    "metadata_path",
    "filter.a\\b",
  ),
  other(
    "keeping a bad path",
    ({ plain }) => plain.list({ include: { metadata: { keep: ["a", "b\\"] } } }),
    "metadata_path",
    "include.metadata.keep[1]",
  ),
  other(
    "indexing one path in no array",
    ({ plain }) => plain.indexMetadata("year" as never),
    "wrong_type",
    "indexed",
  ),
  other(
    "indexing a bad path",
    ({ plain }) => plain.indexMetadata(["a", "\\b"]),
    "metadata_path",
    "indexed[1]",
  ),
  other("listing with limit 0", ({ plain }) => plain.list({ limit: 0 }), "out_of_range", "limit"),
  other("listing with limit 10,001", ({ plain }) => plain.list({ limit: 10_001 }), "out_of_range", "limit"),
  other("listing behind a bad id", ({ plain }) => plain.list({ after: "" }), "id_empty", "after"),
  other(
    "listing with an unknown field",
    ({ plain }) => plain.list({ offset: 1 } as never),
    "unknown_field",
    "offset",
  ),
  other(
    "counting with an unknown field",
    ({ plain }) => plain.count({ where: {} } as never),
    "unknown_field",
    "where",
  ),
  other(
    "counting by a bad filter",
    ({ plain }) => plain.count({ filter: 1 } as never),
    "filter_type",
    "filter",
  ),
  other("a change of nothing", ({ plain }) => plain.updateMetadata(["good"], {}), "missing_field", "change"),
  other(
    "setting and merging at once",
    ({ plain }) => plain.updateMetadata(["good"], { set: {}, merge: {} }),
    "conflicting_fields",
    "change",
  ),
  other(
    "setting what is no object",
    ({ plain }) => plain.updateMetadata(["good"], { set: [] } as never),
    "metadata_type",
    "change.set",
  ),
  other(
    "merging NaN",
    ({ plain }) => plain.updateMetadata(["good"], { merge: { a: Number.NaN } }),
    "metadata_value",
    "change.merge.a",
  ),
  other(
    "unsetting numbers",
    ({ plain }) => plain.updateMetadata(["good"], { unset: [1] } as never),
    "wrong_type",
    "change.unset[0]",
  ),
  other(
    "an unknown change",
    ({ plain }) => plain.updateMetadata(["good"], { push: {} } as never),
    "unknown_field",
    "change.push",
  ),
  other(
    "unsetting a bad path",
    ({ plain }) => plain.updateMetadata(["good"], { unset: ["a", "b\\c"] }),
    "metadata_path",
    "change.unset[1]",
  ),
  other(
    "changing at no path",
    ({ plain }) => plain.updateMetadata(["good"], { at: 1, merge: {} } as never),
    "wrong_type",
    "change.at",
  ),
  other(
    "changing nothing at a path",
    ({ plain }) => plain.updateMetadata(["good"], { at: "a" }),
    "missing_field",
    "change",
  ),
  other(
    "setting at a path",
    ({ plain }) => plain.updateMetadata(["good"], { at: "a", set: {} }),
    "conflicting_fields",
    "change",
  ),
  ...badOrdersAndGroups,
  other(
    "changing a bad id",
    ({ plain }) => plain.updateMetadata([{}] as never, { set: {} }),
    "id_type",
    "ids[0]",
  ),
];
