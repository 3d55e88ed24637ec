// Collections: created from Qdrant's parameters, and shown in them.

import type {
  CollectionConfig,
  MetadataKind,
  Metric,
  ResolvedCollectionConfig,
} from "../../../model/collection-config.js";
import type { CollectionStats } from "../../../model/stats.js";
import type { ExactJson } from "../../../model/exact-json.js";
import { BodyFields } from "./body-fields.js";
import { encodePath } from "./decode-path.js";
import { formatError, wrongInput } from "./request-errors.js";

const metrics: Readonly<Record<string, Metric>> = { Cosine: "cosine", Euclid: "euclidean", Dot: "dot" };

/** `CreateCollection`. */
export function decodeCreateCollection(body: unknown): CollectionConfig {
  return BodyFields.read(body, "", (fields) => {
    fields.passOver("shard_number", "replication_factor", "write_consistency_factor", "wal_config");
    fields.passOver("optimizers_config", "on_disk_payload", "payload");
    fields.refuse("sharding_method", "sparse_vectors", "strict_mode_config", "metadata");
    const vectors = fields.need("vectors");
    const isUnnamed =
      typeof vectors === "object" && vectors !== null && "size" in vectors && "distance" in vectors;
    const decoded = isUnnamed
      ? decodeVectorParams(vectors, fields.place("vectors"))
      : { vectors: decodeNamedVectors(vectors, fields.place("vectors")) };
    decodeQuantization(fields.get("quantization_config"), fields.place("quantization_config"));
    return { ...decoded, index: decodeHnsw(fields.get("hnsw_config"), fields.place("hnsw_config")) };
  });
}

function decodeNamedVectors(value: unknown, place: string): NonNullable<CollectionConfig["vectors"]> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw formatError(place, "vector parameters are expected");
  const named = Object.entries(value).map(
    ([name, params]) => [name, decodeVectorParams(params, `${place}.${name}`)] as const,
  );
  if (named.length === 0) throw wrongInput("collections without a vector are not supported yet");
  return Object.fromEntries(named);
}

function decodeVectorParams(value: unknown, place: string): { dimension: number; metric: Metric } {
  return BodyFields.read(value, place, (fields) => {
    fields.refuse("multivector_config", "hnsw_config", "quantization_config");
    // Where vectors lie makes no difference to answers; OmenDB keeps codes in memory and vectors in the page cache.
    fields.passOver("on_disk", "memory");
    const datatype = fields.string("datatype");
    if (datatype !== undefined && datatype !== "float32")
      throw formatError(fields.place("datatype"), "only float32 is supported");
    const dimension = fields.integer("size", 1);
    if (dimension === undefined) throw formatError(place, "missing field `size`");
    const distance = fields.string("distance") ?? "";
    const metric = Object.hasOwn(metrics, distance) ? metrics[distance] : undefined;
    if (metric === undefined)
      throw formatError(
        fields.place("distance"),
        `\`${distance}\` is not one of ${Object.keys(metrics).join(", ")}`,
      );
    return { dimension, metric };
  });
}

/** Codes of 8 bits are how OmenDB works in any case. */
function decodeQuantization(value: unknown, place: string): void {
  if (value === undefined) return;
  BodyFields.read(value, place, (fields) => {
    fields.refuse("product", "binary", "turbo");
    if (!fields.has("scalar")) return;
    BodyFields.read(fields.get("scalar"), fields.place("scalar"), (scalar) => {
      scalar.passOver("type", "quantile", "always_ram", "memory");
    });
  });
}

/** `m` is half of the most neighbors that a row has, as in the bottom layer of Qdrant's graph. */
export function decodeHnsw(value: unknown, place: string): NonNullable<CollectionConfig["index"]> {
  if (value === undefined) return {};
  return BodyFields.read(value, place, (fields) => {
    fields.passOver(
      "full_scan_threshold",
      "max_indexing_threads",
      "on_disk",
      "memory",
      "payload_m",
      "inline_storage",
    );
    const [m, efConstruction] = [fields.integer("m", 0), fields.integer("ef_construct", 4)];
    return {
      ...(m === undefined ? {} : { maxDegree: Math.min(128, Math.max(8, 2 * m)) }),
      ...(efConstruction === undefined
        ? {}
        : { efConstruction: Math.min(1024, Math.max(16, efConstruction)) }),
    };
  });
}

/** `CollectionInfo`. */
export function encodeCollectionInfo(config: ResolvedCollectionConfig, stats: CollectionStats): ExactJson {
  const linked = stats.indexes.reduce((sum, index) => sum + index.linkedRows, 0);
  return {
    status: "green",
    optimizer_status: "ok",
    indexed_vectors_count: linked,
    points_count: stats.points,
    segments_count: 1,
    config: {
      params: encodeParams(config),
      hnsw_config: {
        m: config.maxDegree / 2,
        ef_construct: config.efConstruction,
        full_scan_threshold: 10_000,
        max_indexing_threads: 0,
        on_disk: false,
      },
      optimizer_config: {
        deleted_threshold: 0.2,
        vacuum_min_vector_number: 64,
        default_segment_number: 1,
        flush_interval_sec: 0,
      },
      wal_config: null,
      quantization_config: config.quantization === "int8" ? { scalar: { type: "int8" } } : null,
    },
    payload_schema: encodePayloadSchema(config, stats),
  };
}

/** `CollectionParams`. */
export function encodeParams(config: ResolvedCollectionConfig): ExactJson {
  return {
    vectors: encodeVectorsConfig(config),
    shard_number: 1,
    replication_factor: 1,
    write_consistency_factor: 1,
    on_disk_payload: true,
  };
}

function encodeVectorsConfig({ fields }: ResolvedCollectionConfig): ExactJson {
  const params = fields.map(({ name, dimension, metric }) => {
    const [distance] = Object.entries(metrics).find(([, known]) => known === metric)!;
    return [name, { size: dimension, distance }] as const;
  });
  const [first] = params;
  return first![0] === "" ? first![1] : Object.fromEntries(params);
}

/** Kinds of indexes by Qdrant's types, the first of several being shown. */
export const kindsByType: Readonly<Record<string, MetadataKind>> = {
  keyword: "keyword",
  integer: "integer",
  float: "float",
  bool: "boolean",
  datetime: "date",
  geo: "geo",
  text: "text",
  uuid: "keyword",
};

/** The kinds that were declared, by path; none where all fields, or fields without kinds, are indexed. */
export function declaredKinds({
  indexedMetadata,
}: ResolvedCollectionConfig): ReadonlyMap<string, readonly MetadataKind[]> {
  if (indexedMetadata === "all" || !("fields" in indexedMetadata)) return new Map();
  const { fields } = indexedMetadata;
  return new Map(
    Object.entries(fields).map(([path, kinds]) => [path, typeof kinds === "string" ? [kinds] : kinds]),
  );
}

function encodePayloadSchema(config: ResolvedCollectionConfig, stats: CollectionStats): ExactJson {
  const schema = [...declaredKinds(config)].map(([path, kinds]) => {
    const [type] = Object.entries(kindsByType).find(([, kind]) => kind === kinds[0])!;
    const points = stats.metadata.fields.find((field) => field.path === path)?.rows ?? 0;
    return [encodePath(path), { data_type: type, points }] as const;
  });
  return Object.fromEntries(schema);
}
