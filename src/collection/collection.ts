// One collection of this process: a store, an index a vector field, and the write path that keeps them together.
// Here calls are decoded and handed to the part that answers them.

import type { IndexedMetadata, ResolvedCollectionConfig } from "../model/collection-config.js";
import type { Collection } from "../model/database.js";
import type { ColumnsInput, Point, PointId, PointInput } from "../model/point.js";
import type {
  ConditionalUpsertResult,
  CountRequest,
  FacetsRequest,
  FacetsResult,
  GetOptions,
  GroupedSearchRequest,
  ExplainedSearch,
  ExplainedSearchRequest,
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
} from "../model/requests.js";
import type { CollectionCheck, MetadataCheck } from "../model/collection-check.js";
import type { CollectionMetrics } from "../model/metrics.js";
import type { VerifyOptions } from "../model/database-check.js";
import type { CollectionStats } from "../model/stats.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";
import type { PointStore } from "../store/point-store.js";
import type { VectorIndex } from "../vector/vector-index.js";
import type { Checkpoints } from "./checkpoints.js";
import type { CollectionMeters } from "./collection-meters.js";
import type { CollectionMonitor } from "./collection-monitor.js";
import type { Compaction } from "./compaction.js";
import type { MetadataFilling } from "./metadata-filling.js";
import type { PointViews } from "./point-views.js";
import type { Searcher, SearchParts } from "./searcher.js";
import type { WriteOperation, Writer } from "./writer.js";
import { decodeChange, decodeUpsertOptions, type UpsertCondition } from "../model/decode-change.js";
import { decodeIndexedMetadata } from "../model/decode-indexed.js";
import { decodeCount, decodeFacets } from "../model/decode-counting.js";
import { asksForGroups, decodeGroupedSearch } from "../model/decode-grouped-search.js";
import { decodeExplain } from "../model/decode-explained-search.js";
import { decodeIds } from "../model/decode-id.js";
import { decodeList } from "../model/decode-list.js";
import { decodePoints, type DecodedPoint } from "../model/decode-points.js";
import {
  type DecodedVectorUpdate,
  decodeVectorNames,
  decodeVectorUpdates,
} from "../model/decode-vector-update.js";
import { decodeVerifyOptions } from "../model/decode-verify.js";
import { decodeGetOptions, decodeSearch, decodeSearches, decodeSelector } from "../model/decode-requests.js";
import { checkCollection } from "./collection-checking.js";
import { countFacets } from "./facets.js";
import { readMetrics } from "./collection-metrics.js";
import { metadataIndex, metadataStats } from "./metadata-settings.js";
import { listPoints, readPoints } from "./lister.js";
import { listInOrder } from "./ordered-list.js";
import { countPoints } from "./point-count.js";
import { runInSlices } from "./time-slices.js";
import { collectionDropped, databaseClosed, type UseGate } from "./use-gate.js";

/** The parts of an open collection; see open-collection.ts. */
export interface CollectionParts {
  readonly name: string;
  readonly config: ResolvedCollectionConfig;
  readonly store: PointStore;
  readonly indexes: readonly VectorIndex[];
  readonly metadata: MetadataIndexes;
  readonly filling: MetadataFilling;
  readonly writer: Writer;
  readonly views: PointViews;
  readonly searcher: Searcher;
  /** Where checkpoints are kept; it and what is done there are `undefined` in memory. */
  readonly folder: string | undefined;
  readonly background: BackgroundWork | undefined;
  readonly gate: UseGate;
  readonly monitor: CollectionMonitor;
  /** Makes another configuration durable. */
  readonly saveConfig: (config: ResolvedCollectionConfig) => Promise<void>;
}

/** What is done to the files of a collection between calls. */
export interface BackgroundWork {
  readonly checkpoints: Checkpoints;
  readonly compaction: Compaction;
}

/** A collection whose store and indexes are in this process. */
export class EmbeddedCollection implements Collection {
  readonly name: string;
  readonly #parts: CollectionParts;
  readonly #sources: SearchParts;

  constructor(parts: CollectionParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#sources = { ...parts, fields: parts.config.fields, assertOpen: () => parts.gate.assertOpen() };
  }

  async upsert(points: readonly PointInput[] | ColumnsInput): Promise<UpsertResult>;
  async upsert(
    points: readonly PointInput[] | ColumnsInput,
    options: UpsertOptions,
  ): Promise<ConditionalUpsertResult>;
  async upsert(points: readonly PointInput[] | ColumnsInput, options?: UpsertOptions): Promise<UpsertResult> {
    const { gate, monitor, writer, config } = this.#parts;
    const upsert = (): UpsertCall => {
      const condition = decodeUpsertOptions(options);
      const decoded = runInSlices(decodePoints(points, config.fields));
      const write = (ready: DecodedPoint[]): WriteOperation<UpsertResult> => upsertOf(ready, condition);
      return writer.submit(decoded instanceof Promise ? decoded.then(write) : write(decoded));
    };
    return monitor.write("upsert", () => gate.use(upsert), countUpsert);
  }

  async get(ids: readonly PointId[], options?: GetOptions): Promise<(Point | undefined)[]> {
    return this.#parts.gate.use(() => {
      const decoded = decodeIds(ids, "ids");
      return runInSlices(
        readPoints(this.#parts, decoded, decodeGetOptions(options)),
        this.#sources.assertOpen,
      );
    });
  }

  async delete(target: PointSelector): Promise<{ deleted: number }> {
    const { gate, monitor, writer } = this.#parts;
    const remove = async (): Promise<{ deleted: number }> => {
      const selector = decodeSelector(target);
      const deleted = await writer.submit({
        rowCountMax: 0,
        purpose: "free",
        apply: (group) => group.remove(selector),
      });
      return { deleted };
    };
    return monitor.write(
      "delete",
      () => gate.use(remove),
      (counts, { deleted }) => (counts.deleted += deleted),
    );
  }

  async search(request: GroupedSearchRequest): Promise<SearchGroup[]>;
  async search(request: ExplainedSearchRequest): Promise<ExplainedSearch>;
  async search(request: SearchRequest): Promise<Hit[]>;
  async search(
    given: SearchRequest | GroupedSearchRequest | ExplainedSearchRequest,
  ): Promise<Hit[] | SearchGroup[] | ExplainedSearch> {
    const { gate, searcher, config, monitor } = this.#parts;
    try {
      return await gate.use((): Hit[] | Promise<Hit[] | SearchGroup[] | ExplainedSearch> => {
        if (asksForGroups(given)) return searcher.searchGroups(decodeGroupedSearch(given, config.fields));
        const { request, isExplained } = decodeExplain(given);
        const decoded = decodeSearch(request, config.fields);
        return isExplained ? searcher.explain(decoded) : searcher.search(decoded);
      });
    } catch (error) {
      monitor.searchRejected(error);
      throw error;
    }
  }

  async searchBatch(requests: readonly SearchRequest[]): Promise<Hit[][]> {
    const { gate, searcher, config, monitor } = this.#parts;
    try {
      return await gate.use(() => searcher.searchAll(decodeSearches(requests, config.fields)));
    } catch (error) {
      monitor.searchRejected(error);
      throw error;
    }
  }

  async list(request: OrderedListRequest): Promise<OrderedListResult>;
  async list(request?: ListRequest): Promise<ListResult>;
  async list(request?: ListRequest | OrderedListRequest): Promise<ListResult | OrderedListResult> {
    return this.#parts.gate.use(() => {
      const decoded = decodeList(request);
      const work: Generator<void, ListResult | OrderedListResult> =
        decoded.kind === "ids" ? listPoints(this.#parts, decoded) : listInOrder(this.#parts, decoded);
      return runInSlices(work, this.#sources.assertOpen);
    });
  }

  async count(request?: CountRequest): Promise<number> {
    return this.#parts.gate.use(() => countPoints(this.#sources, decodeCount(request)));
  }

  async facets(request: FacetsRequest): Promise<FacetsResult> {
    return this.#parts.gate.use(() => countFacets(this.#sources, decodeFacets(request)));
  }

  async updateMetadata(target: PointSelector, change: MetadataChange): Promise<{ updated: number }> {
    const { gate, monitor, writer } = this.#parts;
    const update = async (): Promise<{ updated: number }> => {
      const selector = decodeSelector(target);
      const decoded = decodeChange(change);
      const updated = await writer.submit({
        rowCountMax: 0,
        purpose: "write",
        apply: (group) => group.changeMetadata(selector, decoded),
      });
      return { updated };
    };
    return monitor.write("updateMetadata", () => gate.use(update), countUpdated);
  }

  async updateVectors(points: readonly VectorUpdate[]): Promise<{ updated: number }> {
    return this.#changeVectors(async () => {
      const decoded = runInSlices(decodeVectorUpdates(points, this.#parts.config.fields));
      const write = (ready: DecodedVectorUpdate[]): WriteOperation<number> => ({
        rowCountMax: ready.length,
        purpose: "write",
        apply: (group) => group.updateVectors(ready),
      });
      const operation = decoded instanceof Promise ? decoded.then(write) : write(decoded);
      return { updated: await this.#parts.writer.submit(operation) };
    });
  }

  async deleteVectors(target: PointSelector, names: readonly string[]): Promise<{ updated: number }> {
    return this.#changeVectors(async () => {
      const { config, store, writer } = this.#parts;
      const selector = decodeSelector(target);
      const fields = decodeVectorNames(names, config.fields);
      const updated = await writer.submit({
        purpose: "write",
        // Each point whose vectors change gets another row.
        get rowCountMax() {
          return selector.kind === "ids" ? selector.ids.length : store.state.pointCount;
        },
        apply: (group) => group.deleteVectors(selector, fields),
      });
      return { updated };
    });
  }

  #changeVectors(change: () => Promise<{ updated: number }>): Promise<{ updated: number }> {
    const { gate, monitor } = this.#parts;
    return monitor.write("changeVectors", () => gate.use(change), countUpdated);
  }

  async indexMetadata(indexed: IndexedMetadata): Promise<void> {
    const { gate, config, store, filling, saveConfig } = this.#parts;
    return gate.use(async () => {
      const decoded = decodeIndexedMetadata(indexed, "indexed");
      // One that is dropped meanwhile must not be waited for by those who drop it.
      await Promise.race([saveConfig({ ...config, indexedMetadata: decoded }), gate.whenEnded]);
      gate.assertOpen();
      await filling.replace(metadataIndex(decoded, store));
    });
  }

  async waitForIndex(): Promise<void> {
    const { gate, indexes, filling } = this.#parts;
    return gate.use(async () => {
      const linked = Promise.all([filling.whenDone(), ...indexes.map((index) => index.waitUntilLinked())]);
      await Promise.race([linked, gate.whenEnded]);
      gate.assertOpen();
    });
  }

  async verify(options?: VerifyOptions): Promise<CollectionCheck> {
    const { gate } = this.#parts;
    return gate.use(async () => {
      const { assertOpen } = this.#sources;
      const checked = { ...this.#parts, assertOpen, whenEnded: gate.whenEnded };
      const check = await checkCollection(checked, decodeVerifyOptions(options));
      if (differs(check.metadata)) await this.#parts.background?.checkpoints.distrustMetadata();
      return check;
    });
  }

  async stats(): Promise<CollectionStats> {
    return this.#parts.gate.use(async () => {
      const { name, store, config, metadata } = this.#parts;
      const indexes = [];
      for (let field = 0; field < config.fields.length; field++) {
        indexes.push({ field: config.fields[field]!.name, ...(await this.#parts.indexes[field]!.stats()) });
      }
      const { pointCount, sequence, rowEnd } = store.state;
      const files = { fileBytes: store.fileBytes(), freeRows: rowEnd - pointCount };
      return { name, points: pointCount, sequence, indexes, metadata: metadataStats(metadata), store: files };
    });
  }

  get monitor(): CollectionMonitor {
    return this.#parts.monitor;
  }

  /** What it has done, and gauges of the moment. */
  metrics(): CollectionMetrics {
    return readMetrics(this.#parts);
  }

  /** What was opened for it: its store, and the folder of its files, which is `undefined` in memory. */
  get opened(): { readonly store: PointStore; readonly folder: string | undefined } {
    return { store: this.#parts.store, folder: this.#parts.folder };
  }

  /** Resolves when no write is in flight, to what lets the writes go on that wait from then on. */
  holdWrites(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const held = this.#parts.writer.exclusively(() => new Promise<void>((goOn) => resolve(goOn)));
      held.catch(reject);
    });
  }

  /** Waits for the calls under way, writes a checkpoint and lets go of files and memory. */
  async close(): Promise<void> {
    await this.#parts.gate.end(databaseClosed);
    await this.#endWrites();
    // What a failed write left in the indexes must not become a checkpoint.
    if (this.#parts.writer.failure === undefined) await this.#parts.background?.checkpoints.close();
    await this.#release();
  }

  /** The same for a collection whose files are about to be removed. */
  async closeDropped(): Promise<void> {
    await this.#parts.gate.end(() => collectionDropped(this.name));
    await this.#endWrites();
    await this.#release();
  }

  /** Compacting that waits in the queue is given up first. */
  async #endWrites(): Promise<void> {
    await this.#parts.filling.stop();
    await this.#parts.background?.compaction.stop();
    await this.#parts.writer.drain();
  }

  async #release(): Promise<void> {
    await this.#parts.background?.checkpoints.stop();
    for (const index of this.#parts.indexes) await index.close();
    await this.#parts.store.close();
  }
}

type UpsertCall = Promise<UpsertResult | ConditionalUpsertResult>;

function countUpdated(counts: CollectionMeters["counts"], { updated }: { readonly updated: number }): void {
  counts.updated += updated;
}

function countUpsert(
  counts: CollectionMeters["counts"],
  result: UpsertResult | ConditionalUpsertResult,
): void {
  counts.inserted += result.inserted;
  counts.replaced += result.replaced;
  if ("skipped" in result) counts.skipped += result.skipped.length;
}

function differs({ missingPoints, strayPoints, problems }: MetadataCheck): boolean {
  return missingPoints + strayPoints + problems.length > 0;
}

function upsertOf(
  points: readonly DecodedPoint[],
  condition: UpsertCondition | undefined,
): WriteOperation<UpsertResult> {
  return {
    rowCountMax: points.length,
    purpose: "write",
    apply: (group) => (condition === undefined ? group.upsert(points) : group.upsertIf(points, condition)),
  };
}
