// What one collection counts and measures of its work; several of them can be added up.

import { Histogram } from "../base/histogram.js";
import { OmenError } from "../base/omen-error.js";
import { addTally } from "../base/tally.js";
import {
  latencyBoundsMs,
  rejectionKinds,
  searchWays,
  type RejectionKind,
  type SearchWay,
  type WorkMetrics,
} from "../model/metrics.js";
import { IndexMeters } from "../vector/index-meters.js";

const latencyNames = [
  "upsert",
  "delete",
  "updateMetadata",
  "changeVectors",
  "flush",
  "checkpoint",
  "compaction",
] as const;
const countNames = [
  "inserted",
  "replaced",
  "skipped",
  "deleted",
  "updated",
  "flushedCalls",
  "failedFlushes",
  "slowSearches",
  "checkpointBytes",
  "failedCheckpoints",
  "freedBytes",
  "failedCompactions",
  "rebuilds",
] as const;

/** What is measured beside searches. */
export type LatencyName = (typeof latencyNames)[number];

/** Counters and histograms of one collection, or of several added up. */
export class CollectionMeters {
  readonly latencies: Readonly<Record<LatencyName, Histogram>> = {
    upsert: latency(),
    delete: latency(),
    updateMetadata: latency(),
    changeVectors: latency(),
    flush: latency(),
    checkpoint: latency(),
    compaction: latency(),
  };
  readonly searches: Readonly<Record<SearchWay, Histogram>> = {
    walk: latency(),
    filteredWalk: latency(),
    walkThenScan: latency(),
    scan: latency(),
    filteredScan: latency(),
    exact: latency(),
    grouped: latency(),
    none: latency(),
  };
  readonly counts: Record<(typeof countNames)[number], number> = {
    inserted: 0,
    replaced: 0,
    skipped: 0,
    deleted: 0,
    updated: 0,
    flushedCalls: 0,
    failedFlushes: 0,
    slowSearches: 0,
    checkpointBytes: 0,
    failedCheckpoints: 0,
    freedBytes: 0,
    failedCompactions: 0,
    rebuilds: 0,
  };
  readonly rejectedWrites = noRejections();
  readonly rejectedSearches = noRejections();
  /** Of all vector fields. */
  readonly indexes = new IndexMeters();

  /** Adds what another has counted. */
  add(other: CollectionMeters): void {
    for (const name of latencyNames) this.latencies[name].add(other.latencies[name]);
    for (const way of searchWays) this.searches[way].add(other.searches[way]);
    addTally(this.counts, other.counts, countNames);
    addTally(this.rejectedWrites, other.rejectedWrites, rejectionKinds);
    addTally(this.rejectedSearches, other.rejectedSearches, rejectionKinds);
    this.indexes.add(other.indexes);
  }

  /** All of it as plain data, which later work does not change. */
  read(): WorkMetrics {
    const { counts, latencies, searches, indexes } = this;
    const { inserted, replaced, skipped, deleted, updated } = counts;
    return {
      writes: {
        upsertMs: latencies.upsert.read(),
        deleteMs: latencies.delete.read(),
        updateMetadataMs: latencies.updateMetadata.read(),
        changeVectorsMs: latencies.changeVectors.read(),
        inserted,
        replaced,
        skipped,
        deleted,
        updated,
        rejected: { ...this.rejectedWrites },
      },
      flushes: {
        latencyMs: latencies.flush.read(),
        calls: counts.flushedCalls,
        failed: counts.failedFlushes,
      },
      searches: {
        latencyMs: {
          walk: searches.walk.read(),
          filteredWalk: searches.filteredWalk.read(),
          walkThenScan: searches.walkThenScan.read(),
          scan: searches.scan.read(),
          filteredScan: searches.filteredScan.read(),
          exact: searches.exact.read(),
          grouped: searches.grouped.read(),
          none: searches.none.read(),
        },
        distances: indexes.counts.distances,
        slow: counts.slowSearches,
        rejected: { ...this.rejectedSearches },
      },
      linking: { rows: indexes.counts.linkedRows, ...indexes.linking },
      calibration: { ...indexes.calibration },
      consolidation: {
        runs: indexes.counts.consolidations,
        rows: indexes.counts.consolidatedRows,
        ...indexes.consolidation,
      },
      checkpoints: {
        latencyMs: latencies.checkpoint.read(),
        bytes: counts.checkpointBytes,
        failed: counts.failedCheckpoints,
      },
      compactions: {
        latencyMs: latencies.compaction.read(),
        freedBytes: counts.freedBytes,
        failed: counts.failedCompactions,
      },
      rebuilds: counts.rebuilds,
    };
  }
}

/** What a rejection counts as. */
export function rejectionOf(error: unknown): RejectionKind {
  return error instanceof OmenError ? error.kind : "fault";
}

function latency(): Histogram {
  return new Histogram(latencyBoundsMs);
}

function noRejections(): Record<RejectionKind, number> {
  return {
    invalid: 0,
    not_found: 0,
    conflict: 0,
    unavailable: 0,
    corrupt: 0,
    closed: 0,
    unsupported: 0,
    fault: 0,
  };
}
