// A naive count of the work that a test gives to a collection, compared with what the database counts.

import assert from "node:assert/strict";
import type { DatabaseMetrics, LatencyHistogram, WorkMetrics } from "omendb";

/** What a test has done to a collection. */
export interface NaiveCount {
  upserts: number;
  deletes: number;
  updates: number;
  inserted: number;
  replaced: number;
  skipped: number;
  deleted: number;
  updated: number;
  searches: number;
  rejectedWrites: number;
  rejectedSearches: number;
}

export function nothingCounted(): NaiveCount {
  return {
    upserts: 0,
    deletes: 0,
    updates: 0,
    inserted: 0,
    replaced: 0,
    skipped: 0,
    deleted: 0,
    updated: 0,
    searches: 0,
    rejectedWrites: 0,
    rejectedSearches: 0,
  };
}

/** Searches by all ways. */
export function searchCount({ searches }: WorkMetrics): number {
  return Object.values(searches.latencyMs).reduce((sum, { count }) => sum + count, 0);
}

/** Every histogram of some work, with its name. */
export function histogramsOf(work: WorkMetrics): [string, LatencyHistogram][] {
  const { writes, flushes, searches, checkpoints, compactions } = work;
  return [
    ["upsert", writes.upsertMs],
    ["delete", writes.deleteMs],
    ["updateMetadata", writes.updateMetadataMs],
    ["changeVectors", writes.changeVectorsMs],
    ["flush", flushes.latencyMs],
    ["checkpoint", checkpoints.latencyMs],
    ["compaction", compactions.latencyMs],
    ...Object.entries(searches.latencyMs),
  ];
}

/** What the database has counted, in the words of the naive count. */
export function counted(work: WorkMetrics): NaiveCount {
  const { writes, searches } = work;
  const sum = (rejected: WorkMetrics["writes"]["rejected"]): number =>
    Object.values(rejected).reduce((total, count) => total + count, 0);
  return {
    upserts: writes.upsertMs.count,
    deletes: writes.deleteMs.count,
    updates: writes.updateMetadataMs.count,
    inserted: writes.inserted,
    replaced: writes.replaced,
    skipped: writes.skipped,
    deleted: writes.deleted,
    updated: writes.updated,
    searches: searchCount(work),
    rejectedWrites: sum(writes.rejected),
    rejectedSearches: sum(searches.rejected),
  };
}

/** What holds of any metrics: histograms add up, counters have not shrunk since `before`, and all is plain data. */
export function checkMetrics(metrics: DatabaseMetrics, before?: DatabaseMetrics): void {
  assert.deepEqual(JSON.parse(JSON.stringify(metrics)), metrics, "plain data");
  for (const work of [metrics.total, ...metrics.collections]) {
    for (const [name, { bounds, counts, count, sum }] of histogramsOf(work)) {
      assert.equal(counts.length, bounds.length + 1, name);
      assert.equal(
        counts.reduce((total, one) => total + one, 0),
        count,
        name,
      );
      const least = counts.reduce((total, one, i) => total + one * (bounds[i - 1] ?? 0), 0);
      assert.ok(sum >= least, `${name}: ${sum} of at least ${least}`);
    }
  }
  if (before !== undefined) checkGrowth(before.total, metrics.total, "total");
}

/** Every number in some work is a counter, but for the bounds, which never change. */
function checkGrowth(before: unknown, after: unknown, at: string): void {
  if (typeof before === "number" && typeof after === "number") {
    assert.ok(after >= before, `${at} fell from ${before} to ${after}`);
    return;
  }
  if (typeof before !== "object" || before === null || typeof after !== "object" || after === null) return;
  const later = new Map<string, unknown>(Object.entries(after));
  for (const [name, value] of Object.entries(before)) checkGrowth(value, later.get(name), `${at}.${name}`);
}
