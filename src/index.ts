// The door of the package `omendb`: `open`, the error that callers see, and the types they speak in.

export { OmenError, type OmenErrorDetails, type OmenErrorKind } from "./base/omen-error.js";
export { open } from "./database/open.js";
export { repair } from "./database/repair-folder.js";
export { verifyFolder } from "./database/verify-folder.js";
export type { CheckedId, CheckProblem, CheckProblemKind } from "./model/check-problem.js";
export { restore } from "./database/restore.js";
export type {
  BackupOptions,
  BackupProgress,
  BackupResult,
  BackupVerification,
  CollectionInBackup,
  RestoreOptions,
  RestoreProgress,
  RestoreResult,
} from "./model/backup.js";
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
export type {
  CheckpointCheck,
  CollectionCheck,
  MetadataCheck,
  MetadataProblem,
  RecallSample,
  StoreCheck,
  VectorIndexCheck,
} from "./model/collection-check.js";
export type {
  CheckProgress,
  CollectionFilesCheck,
  CollectionRepair,
  DatabaseCheck,
  FolderCheck,
  LostPoint,
  RepairOptions,
  RepairReport,
  VerifyOptions,
} from "./model/database-check.js";
export type { Collection, CollectionInfo, Database, OpenOptions } from "./model/database.js";
export type { DurabilityMode } from "./model/durability.js";
export type {
  CheckpointEvent,
  DatabaseEventName,
  DatabaseEvents,
  DatabaseListener,
  ErrorEvent,
  ErrorSource,
  RebuildEvent,
  SlowQueryEvent,
} from "./model/database-events.js";
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
  CheckpointMetrics,
  CollectionMetrics,
  CompactionMetrics,
  ConsolidationMetrics,
  DatabaseMetrics,
  FlushMetrics,
  IndexMemoryBytes,
  LatencyHistogram,
  LinkingMetrics,
  RejectionKind,
  SearchMetrics,
  SearchWay,
  ThreadWorkMetrics,
  VectorFieldMetrics,
  WorkMetrics,
  WriteMetrics,
} from "./model/metrics.js";
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
