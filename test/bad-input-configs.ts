// Bad configurations and names of collections, with the errors they give.

import type { BadConfig } from "./bad-input-case.js";

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
  config("metadata that is no object", { dimension: 2, metadata: "all" }, "wrong_type", "config.metadata"),
  config(
    "an unknown setting of metadata",
    { dimension: 2, metadata: { fields: [] } },
    "unknown_field",
    "config.metadata.fields",
  ),
  config(
    "one path to index that is in no array",
    { dimension: 2, metadata: { indexed: "year" } },
    "wrong_type",
    "config.metadata.indexed",
  ),
  config(
    "257 paths to index",
    { dimension: 2, metadata: { indexed: Array.from({ length: 257 }, (_, i) => `a${i}`) } },
    "out_of_range",
    "config.metadata.indexed",
  ),
  config(
    "a path to index that is a number",
    { dimension: 2, metadata: { indexed: ["a", 1] } },
    "wrong_type",
    "config.metadata.indexed[1]",
  ),
  config(
    "a bad path to index",
    { dimension: 2, metadata: { indexed: ["a\\b"] } },
    "metadata_path",
    "config.metadata.indexed[0]",
  ),
  config(
    "kinds of fields without fields",
    { dimension: 2, metadata: { indexed: { all: true } } },
    "wrong_type",
    "config.metadata.indexed.fields",
  ),
  config(
    "a setting of indexed fields that does not exist",
    { dimension: 2, metadata: { indexed: { fields: {}, year: "integer" } } },
    "unknown_field",
    "config.metadata.indexed.year",
  ),
  config(
    "a kind of index that does not exist",
    { dimension: 2, metadata: { indexed: { fields: { year: "number" } } } },
    "unknown_value",
    "config.metadata.indexed.fields.year",
  ),
  config(
    "an index of ids",
    { dimension: 2, metadata: { indexed: { fields: { isbn: ["keyword", "id"] } } } },
    "unknown_value",
    "config.metadata.indexed.fields.isbn[1]",
  ),
  config(
    "a field without a kind",
    { dimension: 2, metadata: { indexed: { fields: { year: undefined } } } },
    "wrong_type",
    "config.metadata.indexed.fields.year",
  ),
  config(
    "a field with no kinds",
    { dimension: 2, metadata: { indexed: { fields: { year: [] } } } },
    "out_of_range",
    "config.metadata.indexed.fields.year",
  ),
  config(
    "a bad path with a kind",
    { dimension: 2, metadata: { indexed: { fields: { "a\\b": "geo" } } } },
    "metadata_path",
    "config.metadata.indexed.fields.a\\b",
  ),
  config(
    "257 paths with kinds",
    {
      dimension: 2,
      metadata: {
        indexed: { fields: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`a${i}`, "date"])) },
      },
    },
    "out_of_range",
    "config.metadata.indexed.fields",
  ),
  config(
    "an all that is neither true nor false",
    { dimension: 2, metadata: { indexed: { fields: {}, all: 1 } } },
    "wrong_type",
    "config.metadata.indexed.all",
  ),
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
