// The door of the package `omendb`: `open`, the error that callers see, and the types they speak in.

export { OmenError, type OmenErrorDetails, type OmenErrorKind } from "./base/omen-error.js";
export { open } from "./database/open.js";
export type {
  CollectionConfig,
  IndexConfig,
  IndexedFields,
  IndexedMetadata,
  MetadataConfig,
  MetadataKind,
  Metric,
  Originals,
  Quantization,
  ResolvedCollectionConfig,
  ResolvedVectorField,
  VectorFieldConfig,
} from "./model/collection-config.js";
export type { CollectionCheck, MetadataCheck, MetadataProblem } from "./model/collection-check.js";
export type { Collection, CollectionInfo, Database, OpenOptions } from "./model/database.js";
export type {
  FieldFilter,
  FieldOperators,
  Filter,
  FilterBound,
  FilterDate,
  FilterScalar,
  FilterValue,
  GeoBox,
  GeoPoint,
  GeoPolygon,
  GeoRadius,
  IdOperators,
  JoinedFilter,
} from "./model/filter.js";
export type {
  ColumnsInput,
  JsonObject,
  JsonValue,
  Metadata,
  Point,
  PointId,
  PointInput,
  VectorInput,
} from "./model/point.js";
export type {
  ConditionalUpsertResult,
  CountRequest,
  ExplainedSearch,
  ExplainedSearchRequest,
  Facet,
  FacetsRequest,
  FacetsResult,
  FilterExplanation,
  GetOptions,
  GroupBy,
  GroupedSearchRequest,
  Hit,
  Include,
  ListCursor,
  ListRequest,
  ListResult,
  MetadataChange,
  MetadataMerge,
  MetadataSelector,
  OrderBy,
  OrderedListRequest,
  OrderedListResult,
  PointSelector,
  SearchExplanation,
  SearchGroup,
  SearchRequest,
  UpsertOptions,
  UpsertResult,
  VectorUpdate,
} from "./model/requests.js";
export type {
  CollectionStats,
  DatabaseStats,
  FieldIndexStats,
  MetadataIndexStats,
  VectorIndexStats,
} from "./model/stats.js";
