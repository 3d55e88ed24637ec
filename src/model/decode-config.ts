// Decoding of settings: of a collection, and of `open`. The result is complete and frozen.

import type {
  CollectionConfig,
  Metric,
  Originals,
  Quantization,
  ResolvedCollectionConfig,
  ResolvedVectorField,
} from "./collection-config.js";
import type { OpenOptions } from "./database.js";
import type { DurabilityMode, ResolvedDurability } from "./durability.js";
import { decodeChoice, decodeFields, decodeInteger, within } from "./decode-object.js";
import { decodeIndexedMetadata } from "./decode-indexed.js";
import { checkFieldName } from "./decode-name.js";
import { invalidInput, isPlainObject } from "./invalid-input.js";
import { defaults, limits } from "./limits.js";

const metrics: readonly Metric[] = ["cosine", "dot", "euclidean"];
const quantizations: readonly Quantization[] = ["int8", "none"];
const allOriginals: readonly Originals[] = ["memory", "disk"];
const configFields: readonly (keyof CollectionConfig)[] = [
  "dimension",
  "metric",
  "vectors",
  "quantization",
  "originals",
  "index",
  "metadata",
];

/** Decodes and completes the configuration of a collection. */
export function decodeCollectionConfig(value: unknown): ResolvedCollectionConfig {
  const given = decodeFields(value, "config", configFields);
  const index = decodeFields(given.index === undefined ? {} : given.index, "config.index", [
    "maxDegree",
    "efConstruction",
  ]);
  return Object.freeze({
    fields: Object.freeze(given.vectors === undefined ? [unnamedField(given)] : namedFields(given)),
    quantization: decodeChoice(given.quantization, "config.quantization", {
      choices: quantizations,
      fallback: defaults.quantization,
    }),
    originals: decodeChoice(given.originals, "config.originals", {
      choices: allOriginals,
      fallback: defaults.originals,
    }),
    maxDegree: decodeInteger(index.maxDegree, "config.index.maxDegree", {
      min: 8,
      max: 128,
      fallback: defaults.maxDegree,
    }),
    efConstruction: decodeInteger(index.efConstruction, "config.index.efConstruction", {
      min: 16,
      max: 1024,
      fallback: defaults.efConstruction,
    }),
    indexedMetadata: decodeMetadataConfig(given.metadata),
  });
}

function decodeMetadataConfig(value: unknown): ResolvedCollectionConfig["indexedMetadata"] {
  const { indexed } = decodeFields(value === undefined ? {} : value, "config.metadata", ["indexed"]);
  return indexed === undefined ? "all" : decodeIndexedMetadata(indexed, "config.metadata.indexed");
}

/** The part of a configuration that names one field's shape. */
interface GivenField {
  readonly dimension?: unknown;
  readonly metric?: unknown;
}

function unnamedField(given: GivenField): ResolvedVectorField {
  return decodeField("", given, "config");
}

function namedFields(given: GivenField & { readonly vectors?: unknown }): ResolvedVectorField[] {
  for (const name of ["dimension", "metric"] as const) {
    if (given[name] === undefined) continue;
    const message = `With "vectors" every field has its own; move it into the fields of config.vectors.`;
    throw invalidInput("conflicting_fields", `config.${name}`, given[name], message);
  }
  const { vectors } = given;
  if (!isPlainObject(vectors)) {
    throw invalidInput("wrong_type", "config.vectors", vectors, "An object of vector fields is needed.");
  }
  const names = Object.keys(vectors);
  if (names.length < 1 || names.length > limits.fieldCountMax) {
    const message = `1 to ${limits.fieldCountMax} vector fields are allowed, not ${names.length}.`;
    throw invalidInput("out_of_range", "config.vectors", vectors, message);
  }
  return names.map((name) => {
    const field = within("config.vectors", name);
    checkFieldName(name, field);
    return decodeField(name, decodeFields(vectors[name], field, ["dimension", "metric"]), field);
  });
}

function decodeField(name: string, given: GivenField, field: string): ResolvedVectorField {
  if (given.dimension === undefined) {
    const message = `The number of components of a vector is needed, 1 to ${limits.dimensionMax}.`;
    throw invalidInput("missing_field", within(field, "dimension"), undefined, message);
  }
  return Object.freeze({
    name,
    dimension: decodeInteger(given.dimension, within(field, "dimension"), {
      min: 1,
      max: limits.dimensionMax,
      fallback: 0,
    }),
    metric: decodeChoice(given.metric, within(field, "metric"), {
      choices: metrics,
      fallback: defaults.metric,
    }),
  });
}

/** Options of `open`, complete except for defaults that depend on the machine. */
export interface ResolvedOpenOptions {
  /** `undefined` where none was asked for. */
  readonly durability: ResolvedDurability | undefined;
  readonly linkingThreads: number | undefined;
  readonly searchThreads: number | undefined;
  readonly slowQueryMs: number;
}

const durabilityModes: readonly DurabilityMode[] = ["sync", "interval", "os"];
const openFields: readonly (keyof OpenOptions)[] = [
  "durability",
  "flushIntervalMs",
  "linkingThreads",
  "searchThreads",
  "slowQueryMs",
];

/** Decodes the options of `open`. */
export function decodeOpenOptions(value: unknown): ResolvedOpenOptions {
  const given = decodeFields(value === undefined ? {} : value, "options", openFields);
  const { linkingThreads, searchThreads } = given;
  return {
    durability: decodeDurability(given.durability, given.flushIntervalMs),
    linkingThreads: decodeThreads(linkingThreads, "options.linkingThreads", {
      min: 1,
      max: limits.linkingThreadsMax,
    }),
    searchThreads: decodeThreads(searchThreads, "options.searchThreads", {
      min: 0,
      max: limits.searchThreadsMax,
    }),
    slowQueryMs: decodeInteger(given.slowQueryMs, "options.slowQueryMs", {
      min: 0,
      max: limits.slowQueryMsMax,
      fallback: defaults.slowQueryMs,
    }),
  };
}

function decodeDurability(durability: unknown, flushIntervalMs: unknown): ResolvedDurability | undefined {
  if (durability === undefined && flushIntervalMs === undefined) return undefined;
  const kind = decodeChoice(durability, "options.durability", {
    choices: durabilityModes,
    fallback: defaults.durability,
  });
  if (kind === "interval") {
    const { flushIntervalMsMin: min, flushIntervalMsMax: max } = limits;
    const range = { min, max, fallback: defaults.flushIntervalMs };
    return { kind, flushIntervalMs: decodeInteger(flushIntervalMs, "options.flushIntervalMs", range) };
  }
  if (flushIntervalMs === undefined) return { kind };
  const message = `It belongs to durability "interval", and this is "${kind}"; leave it out.`;
  throw invalidInput("conflicting_fields", "options.flushIntervalMs", flushIntervalMs, message);
}

function decodeThreads(
  value: unknown,
  field: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  return value === undefined ? undefined : decodeInteger(value, field, { min, max, fallback: min });
}
