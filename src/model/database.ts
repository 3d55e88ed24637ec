// The interface of OmenDB: what an embedded, an in-memory and later a remote database all are.

import type { BackupOptions, BackupResult } from "./backup.js";
import type { CollectionCheck } from "./collection-check.js";
import type { CollectionConfig, IndexedMetadata, ResolvedCollectionConfig } from "./collection-config.js";
import type { DatabaseEventName, DatabaseListener } from "./database-events.js";
import type { DatabaseMetrics } from "./metrics.js";
import type { DurabilityMode } from "./durability.js";
import type { DatabaseCheck, VerifyOptions } from "./database-check.js";
import type { ColumnsInput, Point, PointId, PointInput } from "./point.js";
import type {
  ConditionalUpsertResult,
  CountRequest,
  FacetsRequest,
  FacetsResult,
  GetOptions,
  ExplainedSearch,
  ExplainedSearchRequest,
  GroupedSearchRequest,
  Hit,
  ListRequest,
  ListResult,
  MetadataChange,
  OrderedListRequest,
  OrderedListResult,
  PointSelector,
  SearchGroup,
  SearchRequest,
  UpsertOptions,
  UpsertResult,
  VectorUpdate,
} from "./requests.js";
import type { CollectionStats, DatabaseStats } from "./stats.js";

/** A collection as `listCollections` shows it. */
export interface CollectionInfo {
  readonly name: string;
  readonly config: ResolvedCollectionConfig;
}

/**
 * Points that are searched together. Every method rejects with an `OmenError`: `invalid` for bad input, of which
 * nothing is applied; `closed` once the database is closed; `not_found` once the collection is dropped.
 */
export interface Collection {
  readonly name: string;

  /**
   * Writes points, replacing those with the same id wholly; where one id occurs twice the last one wins. All or
   * nothing. Resolves when the points are durable; from then on every search sees them.
   */
  upsert(points: readonly PointInput[] | ColumnsInput): Promise<UpsertResult>;

  /**
   * Writes those of the points that meet a condition. It is judged in the moment of the write, point after point: no other
   * write comes between, and where one id occurs twice the second point is judged by what the first one left.
   */
  upsert(
    points: readonly PointInput[] | ColumnsInput,
    options: UpsertOptions,
  ): Promise<ConditionalUpsertResult>;

  /** Reads points by id, in the order asked for; `undefined` where there is none. */
  get(ids: readonly PointId[], options?: GetOptions): Promise<(Point | undefined)[]>;

  /** Deletes points; ids that do not exist are passed over. All or nothing, durable when it resolves. */
  delete(target: PointSelector): Promise<{ deleted: number }>;

  /**
   * Finds the best points of each of the best groups: exactly `min(groups, values that eligible points have)` groups, the
   * one with the best hit first, of exactly `min(perGroup, eligible points with the value)` hits each.
   */
  search(request: GroupedSearchRequest): Promise<SearchGroup[]>;

  /** The same as an ordinary search, and tells how it was done. */
  search(request: ExplainedSearchRequest): Promise<ExplainedSearch>;

  /** Finds the nearest points, best first: exactly `min(limit, eligible points)` of them, under any filter. */
  search(request: SearchRequest): Promise<Hit[]>;

  /** Answers many searches; hits are in the order of the requests. */
  searchBatch(requests: readonly SearchRequest[]): Promise<Hit[][]>;

  /**
   * Reads points page by page in the order of a path of their metadata. Writes between and during pages neither repeat nor
   * lose a point that they do not touch.
   */
  list(request: OrderedListRequest): Promise<OrderedListResult>;

  /** Reads points page by page in the order of their ids. */
  list(request?: ListRequest): Promise<ListResult>;

  /** Counts points: exactly, unless `approximate` asks for what the index over metadata tells at once. */
  count(request?: CountRequest): Promise<number>;

  /** Counts points by the scalars at a path of their metadata; of an array, each distinct element counts once a point. */
  facets(request: FacetsRequest): Promise<FacetsResult>;

  /** Changes metadata and leaves vectors as they are. All or nothing, durable when it resolves. */
  updateMetadata(target: PointSelector, change: MetadataChange): Promise<{ updated: number }>;

  /**
   * Replaces vectors and leaves metadata, and named vectors that are not given, as they are; ids that do not exist are passed
   * over. All or nothing, durable when it resolves.
   */
  updateVectors(points: readonly VectorUpdate[]): Promise<{ updated: number }>;

  /** Takes named vectors away from points, which stay. All or nothing, durable when it resolves. */
  deleteVectors(target: PointSelector, names: readonly string[]): Promise<{ updated: number }>;

  /**
   * Changes which paths of the metadata are indexed (`metadata.indexed` of the configuration). Resolves when the setting is
   * durable; a new index is filled in the background then, while reads and writes go on and the old one answers filters.
   */
  indexMetadata(indexed: IndexedMetadata): Promise<void>;
  /**
   * Resolves when every point that was there at the call is linked into the graph or gone, the consolidation that was due is
   * over, and no index over metadata is being filled. Others may go on writing, and linking does not give way to them meanwhile.
   */
  waitForIndex(): Promise<void>;

  /**
   * Reads every record of the store, in another process where it is a file, and compares with it all that is derived: checkpoint
   * files, codes and graphs, the index over metadata. Reads and writes go on meanwhile. What is wrong is told, not thrown.
   */
  verify(options?: VerifyOptions): Promise<CollectionCheck>;

  /** Counts rows and bytes. Walks the whole graph to count what is unreachable: about 1 µs a row. */
  stats(): Promise<CollectionStats>;
}

/** A set of named collections in one folder, or in memory. */
export interface Database extends AsyncDisposable {
  /** Creates a collection. Rejects with kind `conflict` if the name is taken. */
  createCollection(name: string, config: CollectionConfig): Promise<Collection>;

  /** Opens a collection. Rejects with kind `not_found` if there is none of this name. */
  collection(name: string): Promise<Collection>;

  listCollections(): Promise<CollectionInfo[]>;

  /** Removes a collection and its files. Resolves to false if there was none. */
  dropCollection(name: string): Promise<boolean>;

  /**
   * Copies the database into `path`, a new or empty folder, while reads and writes go on: all collections as of one
   * moment, for which writes wait some milliseconds. `restore` makes a database of it. Until it resolves, there is no
   * backup that could be restored; where it rejects nothing is left. Not for a database in memory, or on a server (`unsupported`).
   */
  backup(path: string, options?: BackupOptions): Promise<BackupResult>;

  stats(): Promise<DatabaseStats>;

  /**
   * Counters and latencies since the database was opened, and gauges of the moment. Cheap enough to be asked every second: no
   * collection is opened and no graph walked. docs/reference/metrics.md says what each number means.
   */
  metrics(): Promise<DatabaseMetrics>;

  /**
   * Calls `listener` with every event of this name from now on, in a microtask after what it tells of; one that listens
   * already is not added again. Nothing else happens where nobody listens, but that failures in the background, which `error`
   * tells, become warnings of the process. Throws `invalid`, `unsupported` on a client of a server, and `closed` once the database is closed.
   *
   * @example
   * db.on("error", ({ collection, source, error }) => log.error({ collection, source }, error));
   */
  on<Name extends DatabaseEventName>(event: Name, listener: DatabaseListener<Name>): this;

  /** Ends what `on` began; a listener that does not listen is passed over. Throws `invalid`. */
  off<Name extends DatabaseEventName>(event: Name, listener: DatabaseListener<Name>): this;

  /**
   * Verifies the catalogue, the files and every collection, one after the other, while reads and writes go on. What is wrong is
   * told in the result; docs/reference/verify.md explains it.
   */
  verify(options?: VerifyOptions): Promise<DatabaseCheck>;

  /** Finishes what was asked, writes checkpoints and lets go of the folder. Calling it again does nothing. */
  close(): Promise<void>;
}

/** What `open` takes beside the path. */
export interface OpenOptions {
  /**
   * When a write is acknowledged: `"sync"` (the default) when it is on the disk; `"os"` when the operating system has it, so that
   * a killed process loses nothing and a power cut may lose or damage anything; `"interval"` as with `"os"`, but flushed every
   * `flushIntervalMs`, so that a power cut loses the last writes at most and damages nothing. Not for a database in memory.
   */
  readonly durability?: DurabilityMode;
  /** Only with `durability: "interval"`: longest time from an acknowledgement to the beginning of its flush, 10 to 60,000. Default 1,000. */
  readonly flushIntervalMs?: number;
  /** Threads that link rows in the background: 1 to 64. Default: the number of cores, at most 4. */
  readonly linkingThreads?: number;
  /**
   * Threads that help where several searches wait: 0 to 64. They start with the first such searches, and sleep in between.
   * Default: the number of cores less one, at most 3.
   */
  readonly searchThreads?: number;
  /**
   * Searches that take so many milliseconds or longer are counted as slow and told by the event `slowQuery`: 0 to 3,600,000.
   * Default: 1,000.
   */
  readonly slowQueryMs?: number;
}
