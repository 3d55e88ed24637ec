// Bad points for `upsert`, with the errors they give.

import type { BadPoints } from "./bad-input-case.js";

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
