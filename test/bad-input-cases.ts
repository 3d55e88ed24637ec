// The tables of bad input: what is passed, and the code and field of the error it must give.

import type { Collection, Database, OmenErrorKind } from "omendb";

/** Something bad, with the error it gives. */
interface Bad {
  readonly title: string;
  /** `"invalid"` if absent. */
  readonly kind?: OmenErrorKind;
  readonly code: string;
  readonly field: string;
}

/** Bad points for `upsert`. */
export interface BadPoints extends Bad {
  readonly points: unknown;
  /** For the collection with the named fields `a` (2 components) and `b` (1 component). */
  readonly named?: true;
}

/** Where a bad call is made. */
export interface Callees {
  readonly plain: Collection;
  readonly named: Collection;
  readonly db: Database;
}

/** Any other bad call. */
export interface BadCall extends Bad {
  readonly call: (callees: Callees) => Promise<unknown>;
}

/** A bad configuration. */
export interface BadConfig extends Bad {
  readonly config: unknown;
}

const fine = { id: "fine", vector: [1, 2] };

function component(title: string, value: unknown): BadPoints {
  return {
    title: `the component ${title}`,
    points: [fine, { id: 1, vector: [1, value] }],
    code: "vector_component",
    field: "points[1].vector[1]",
  };
}

function vector(title: string, value: unknown, code: string): BadPoints {
  return {
    title: `as vector ${title}`,
    points: [fine, { id: 1, vector: value }],
    code,
    field: "points[1].vector",
  };
}

function id(title: string, value: unknown, code: string): BadPoints {
  return {
    title: `as id ${title}`,
    points: [fine, { id: value, vector: [1, 2] }],
    code,
    field: "points[1].id",
  };
}

function metadata(title: string, value: unknown, code: string, path = ""): BadPoints {
  const field = `points[1].metadata${path}`;
  return {
    title: `metadata ${title}`,
    points: [fine, { id: 1, vector: [1, 2], metadata: value }],
    code,
    field,
  };
}

function columns(title: string, points: unknown, code: string, field: string): BadPoints {
  return { title: `columns ${title}`, points, code, field };
}

function named(title: string, point: object, code: string, field: string): BadPoints {
  return { title, points: [{ id: 1, ...point }], code, field: `points[0].${field}`, named: true };
}

function nested(depth: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`);
}

function cyclic(): object {
  const cycle: { self?: unknown } = {};
  cycle.self = [cycle];
  return cycle;
}

const deepPath = ".a".repeat(64);

export const badPoints: readonly BadPoints[] = [
  { title: "what is neither an array nor an object", points: "abc", code: "wrong_type", field: "points" },
  { title: "nothing", points: undefined, code: "wrong_type", field: "points" },
  { title: "a point that is null", points: [fine, null], code: "wrong_type", field: "points[1]" },
  { title: "a point that is an array", points: [fine, []], code: "wrong_type", field: "points[1]" },
  { title: "a hole among points", points: [fine, ,], code: "wrong_type", field: "points[1]" },
  {
    title: "an unknown field",
    points: [fine, { id: 1, vector: [1, 2], payload: {} }],
    code: "unknown_field",
    field: "points[1].payload",
  },
  vector("one that is too short", [1], "vector_dimension"),
  vector("one that is too long", Float32Array.of(1, 2, 3), "vector_dimension"),
  vector("an empty one", [], "vector_dimension"),
  vector("a string", "12", "vector_type"),
  vector("a number", 5, "vector_type"),
  vector("null", null, "vector_type"),
  vector("an object without length", { 0: 1, 1: 2 }, "vector_type"),
  vector("a function", (_a: unknown, _b: unknown) => 1, "vector_type"),
  vector("zeros, for cosine", [0, -0], "vector_zero"),
  vector("what rounds to zeros, for cosine", [1e-46, 0], "vector_zero"),
  vector("zeros in a Float32Array, for cosine", new Float32Array(2), "vector_zero"),
  { title: "no vector", points: [{ id: 1 }], code: "missing_field", field: "points[0].vector" },
  {
    title: "named vectors in an unnamed field",
    points: [{ id: 1, vectors: {} }],
    code: "vector_field",
    field: "points[0].vectors",
  },
  component("NaN", Number.NaN),
  component("Infinity", Number.POSITIVE_INFINITY),
  component("-Infinity", Number.NEGATIVE_INFINITY),
  component("1e39, which overflows f32", 1e39),
  component("-3.5e38, which overflows f32", -3.5e38),
  component("null", null),
  component("undefined", undefined),
  component("a string", "1"),
  component("a bigint", 1n),
  component("an object", {}),
  component("a boolean", true),
  {
    title: "NaN in a Float32Array",
    points: [{ id: 1, vector: Float32Array.of(Number.NaN, 1) }],
    code: "vector_component",
    field: "points[0].vector[0]",
  },
  {
    title: "Infinity in a Float64Array",
    points: [{ id: 1, vector: Float64Array.of(1, 1e300) }],
    code: "vector_component",
    field: "points[0].vector[1]",
  },
  {
    title: "a BigInt64Array",
    points: [{ id: 1, vector: BigInt64Array.of(1n, 2n) }],
    code: "vector_component",
    field: "points[0].vector[0]",
  },
  id("undefined", undefined, "id_type"),
  id("null", null, "id_type"),
  id("an object", {}, "id_type"),
  id("a boolean", true, "id_type"),
  id("an empty string", "", "id_empty"),
  id("513 bytes", "x".repeat(513), "id_too_long"),
  id("513 bytes of longer characters", `${"é".repeat(256)}x`, "id_too_long"),
  id("a very long string", "é".repeat(100_000), "id_too_long"),
  id("a lone surrogate", "a\ud800", "id_malformed"),
  id("a lone low surrogate", "\udc00a", "id_malformed"),
  id("a float", 1.5, "id_range"),
  id("NaN", Number.NaN, "id_range"),
  id("an unsafe integer", 2 ** 53, "id_range"),
  id("2^64", 2n ** 64n, "id_range"),
  id("less than -2^63", -(2n ** 63n) - 1n, "id_range"),
  metadata("null", null, "metadata_type"),
  metadata("that is an array", [], "metadata_type"),
  metadata("that is a string", "{}", "metadata_type"),
  metadata("that is a Map", new Map(), "metadata_type"),
  metadata("that is a Date", new Date(0), "metadata_type"),
  metadata("with undefined", { a: undefined }, "metadata_value", ".a"),
  metadata("with a function", { a: { b: () => 1 } }, "metadata_value", ".a.b"),
  metadata("with a Date", { a: [1, new Date(0)] }, "metadata_value", ".a[1]"),
  metadata("with NaN", { a: Number.NaN }, "metadata_value", ".a"),
  metadata("with Infinity", { a: Number.POSITIVE_INFINITY }, "metadata_value", ".a"),
  metadata("with a bigint", { a: 1n }, "metadata_value", ".a"),
  metadata("with a symbol", { a: Symbol("s") }, "metadata_value", ".a"),
  metadata("with a symbol as key", { [Symbol("s")]: 1 }, "metadata_value"),
  metadata("with a hole in an array", { a: [1, , 2] }, "metadata_value", ".a[1]"),
  metadata("with a typed array", { a: new Uint8Array(1) }, "metadata_value", ".a"),
  metadata("with its own toJSON", { toJSON: () => ({}) }, "metadata_value", ".toJSON"),
  metadata("65 levels deep", nested(65), "metadata_depth", deepPath),
  metadata("that contains itself", cyclic(), "metadata_depth", ".self[0]".repeat(32)),
  metadata("over 1 MiB", { a: "x".repeat(1024 * 1024) }, "metadata_too_large"),
  metadata("over 1 MiB in UTF-8 only", { a: "é".repeat(600_000) }, "metadata_too_large"),
  columns("without ids", { vectors: [1, 2] }, "wrong_type", "ids"),
  columns("without vectors", { ids: [1] }, "missing_field", "vectors"),
  columns(
    "with fewer numbers than ids need",
    { ids: [1, 2], vectors: [1, 2, 3] },
    "columns_length",
    "vectors",
  ),
  columns(
    "with more numbers than ids need",
    { ids: [1], vectors: new Float32Array(4) },
    "columns_length",
    "vectors",
  ),
  columns(
    "with less metadata than ids",
    { ids: [1, 2], vectors: [1, 2, 3, 4], metadata: [{}] },
    "columns_length",
    "metadata",
  ),
  columns(
    "with metadata that is no array",
    { ids: [1], vectors: [1, 2], metadata: {} },
    "wrong_type",
    "metadata",
  ),
  columns("with bad metadata", { ids: [1], vectors: [1, 2], metadata: [7] }, "metadata_type", "metadata[0]"),
  columns("with a bad id", { ids: [1, null], vectors: [1, 2, 3, 4] }, "id_type", "ids[1]"),
  columns(
    "with NaN",
    { ids: [1, 2], vectors: Float32Array.of(1, 2, Number.NaN, 4) },
    "vector_component",
    "vectors[2]",
  ),
  columns("with text", { ids: [1, 2], vectors: [1, 2, 3, "4"] }, "vector_component", "vectors[3]"),
  columns("with a zero vector, for cosine", { ids: [1, 2], vectors: [1, 2, 0, 0] }, "vector_zero", "vectors"),
  columns("with an unknown field", { ids: [], vectors: [], rows: [] }, "unknown_field", "rows"),
  columns("with one object a vector", { ids: [1], vectors: { a: [1, 2] } }, "vector_type", "vectors"),
  {
    ...columns("with unnamed vectors", { ids: [1], vectors: [1, 2] }, "vector_field", "vectors"),
    named: true,
  },
  {
    ...columns("with ragged fields", { ids: [1], vectors: { a: [1] } }, "columns_length", "vectors.a"),
    named: true,
  },
  {
    ...columns(
      "with an unknown field of vectors",
      { ids: [1], vectors: { c: [1] } },
      "unknown_field",
      "vectors.c",
    ),
    named: true,
  },
  named("an unnamed vector beside named fields", { vector: [1, 2] }, "vector_field", "vector"),
  named("an unknown vector field", { vectors: { c: [1] } }, "unknown_field", "vectors.c"),
  named("a wrong dimension in a named field", { vectors: { b: [1, 2] } }, "vector_dimension", "vectors.b"),
  named(
    "NaN in a named field",
    { vectors: { a: [1, 2], b: [Number.NaN] } },
    "vector_component",
    "vectors.b[0]",
  ),
  named("null as a named vector", { vectors: { a: null } }, "vector_type", "vectors.a"),
  named("vectors that are no object", { vectors: [[1, 2]] }, "wrong_type", "vectors"),
];

/** A bad field in an otherwise good search. */
function search(title: string, part: object, code: string, field: string, kind?: OmenErrorKind): BadCall {
  const call = ({ plain }: Callees): Promise<unknown> => plain.search({ vector: [1, 2], ...part });
  return { title: `a search with ${title}`, call, code, field, ...(kind === undefined ? {} : { kind }) };
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
  search(
    "an operator at the top of its filter",
    { filter: { $or: [] } },
    "filter_operator",
    "filter.$or",
    "unsupported",
  ),
  search(
    "an operator in its filter",
    { filter: { a: { $gt: 1 } } },
    "filter_operator",
    "filter.a.$gt",
    "unsupported",
  ),
  search("an object in its filter", { filter: { a: { b: 1 } } }, "filter_value", "filter.a"),
  search("an array in its filter", { filter: { a: [1] } }, "filter_value", "filter.a"),
  search("undefined in its filter", { filter: { a: undefined } }, "filter_value", "filter.a"),
  search("NaN in its filter", { filter: { a: Number.NaN } }, "filter_value", "filter.a"),
  search("a filter that is no object", { filter: "a = 1" }, "filter_type", "filter"),
  search("a filter that is an array", { filter: [] }, "filter_type", "filter"),
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
    "changing a bad id",
    ({ plain }) => plain.updateMetadata([{}] as never, { set: {} }),
    "id_type",
    "ids[0]",
  ),
];

function config(title: string, value: unknown, code: string, field: string): BadConfig {
  return { title, config: value, code, field };
}

const fields17 = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`f${i}`, { dimension: 1 }]));

export const badConfigs: readonly BadConfig[] = [
  config("no configuration", undefined, "wrong_type", "config"),
  config("no dimension", {}, "missing_field", "config.dimension"),
  config("dimension 0", { dimension: 0 }, "out_of_range", "config.dimension"),
  config("dimension 4,097", { dimension: 4097 }, "out_of_range", "config.dimension"),
  config("a fractional dimension", { dimension: 1.5 }, "out_of_range", "config.dimension"),
  config("a dimension as text", { dimension: "2" }, "wrong_type", "config.dimension"),
  config("an unknown metric", { dimension: 2, metric: "l2" }, "unknown_value", "config.metric"),
  config(
    "a metric of the prototype",
    { dimension: 2, metric: "constructor" },
    "unknown_value",
    "config.metric",
  ),
  config(
    "an unknown quantization",
    { dimension: 2, quantization: "int4" },
    "unknown_value",
    "config.quantization",
  ),
  config("unknown originals", { dimension: 2, originals: "tape" }, "unknown_value", "config.originals"),
  config("an unknown field", { dimension: 2, distance: "dot" }, "unknown_field", "config.distance"),
  config(
    "both forms",
    { dimension: 2, vectors: { a: { dimension: 2 } } },
    "conflicting_fields",
    "config.dimension",
  ),
  config(
    "a metric outside of the fields",
    { metric: "dot", vectors: { a: { dimension: 2 } } },
    "conflicting_fields",
    "config.metric",
  ),
  config("no vector fields", { vectors: {} }, "out_of_range", "config.vectors"),
  config("17 vector fields", { vectors: fields17 }, "out_of_range", "config.vectors"),
  config("vector fields in an array", { vectors: [] }, "wrong_type", "config.vectors"),
  config("an empty field name", { vectors: { "": { dimension: 2 } } }, "field_name", "config.vectors."),
  config(
    "a field name with a dot",
    { vectors: { "a.b": { dimension: 2 } } },
    "field_name",
    "config.vectors.a.b",
  ),
  config(
    "a field name of 65 characters",
    { vectors: { ["a".repeat(65)]: { dimension: 2 } } },
    "field_name",
    `config.vectors.${"a".repeat(65)}`,
  ),
  config("a field without dimension", { vectors: { a: {} } }, "missing_field", "config.vectors.a.dimension"),
  config("a field that is a number", { vectors: { a: 2 } }, "wrong_type", "config.vectors.a"),
  config(
    "an unknown field of a field",
    { vectors: { a: { dimension: 2, size: 2 } } },
    "unknown_field",
    "config.vectors.a.size",
  ),
  config("maxDegree 7", { dimension: 2, index: { maxDegree: 7 } }, "out_of_range", "config.index.maxDegree"),
  config(
    "maxDegree 129",
    { dimension: 2, index: { maxDegree: 129 } },
    "out_of_range",
    "config.index.maxDegree",
  ),
  config(
    "efConstruction 15",
    { dimension: 2, index: { efConstruction: 15 } },
    "out_of_range",
    "config.index.efConstruction",
  ),
  config(
    "efConstruction 1,025",
    { dimension: 2, index: { efConstruction: 1025 } },
    "out_of_range",
    "config.index.efConstruction",
  ),
  config(
    "an unknown setting of the index",
    { dimension: 2, index: { m: 16 } },
    "unknown_field",
    "config.index.m",
  ),
  config("an index that is null", { dimension: 2, index: null }, "wrong_type", "config.index"),
  config("an index that is no object", { dimension: 2, index: 1 }, "wrong_type", "config.index"),
];

export const badNames: readonly (readonly [title: string, name: unknown])[] = [
  ["empty", ""],
  ["256 characters", "x".repeat(256)],
  ["with a line feed", "a\nb"],
  ["with a zero character", "a\u0000"],
  ["with a C1 control character", "a\u0085"],
  ["half of a surrogate pair", "a\ud800"],
  ["a number", 5],
  ["null", null],
];
