// The metrics of a database in the text format of Prometheus: seconds instead of milliseconds, cumulative buckets, and one name for
// what differs in a label. docs/reference/metrics.md says what each number means.

import { type Metric, Registry } from "prom-client";
import type {
  CollectionMetrics,
  DatabaseMetrics,
  LatencyHistogram,
  WorkMetrics,
} from "../../model/metrics.js";

/** Collections with most points get gauges of their own; the sums have all of them. */
const collectionsMax = 100;

type Labels = Readonly<Record<string, string | number>>;
interface Value {
  readonly value: number;
  readonly labels: Labels;
  readonly metricName?: string;
}

/** Writes metrics, each name once. */
export async function exposeDatabase(metrics: DatabaseMetrics): Promise<string> {
  const page = new Page();
  page.gauge("omendb_uptime_seconds", "Since the database was opened.", [at({}, metrics.uptimeMs / 1000)]);
  page.gauge("omendb_threads", "Threads running now.", [
    at({ kind: "linking" }, metrics.linkingThreads),
    at({ kind: "search" }, metrics.searchThreads),
  ]);
  exposeWork(page, metrics.total);
  const largest = metrics.collections.toSorted((a, b) => b.points - a.points).slice(0, collectionsMax);
  exposeCollections(page, largest);
  return page.text();
}

/** Gathers metrics of one scrape. */
class Page {
  readonly #registry = new Registry();

  gauge(name: string, help: string, values: readonly Value[]): void {
    this.#add({ name, help, type: "gauge", values });
  }

  counter(name: string, help: string, values: readonly Value[]): void {
    this.#add({ name, help, type: "counter", values });
  }

  histogram(name: string, help: string, all: readonly (readonly [Labels, LatencyHistogram])[]): void {
    const values = all.flatMap(([labels, histogram]) => bucketsOf(name, labels, histogram));
    this.#add({ name, help, type: "histogram", values });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #add({
    values,
    ...rest
  }: {
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly values: readonly Value[];
  }): void {
    // Its own metrics count by themselves; of one that has its values already the registry reads these fields and no others.
    const metric = { ...rest, get: () => Promise.resolve({ ...rest, values }) };
    this.#registry.registerMetric(metric as unknown as Metric);
  }
}

function at(labels: Labels, value: number): Value {
  return { labels, value };
}

function bucketsOf(name: string, labels: Labels, { bounds, counts, sum, count }: LatencyHistogram): Value[] {
  let below = 0;
  const buckets = bounds.map((bound, i) => {
    below += counts[i]!;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bound / 1000 }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: "+Inf" }, value: count },
    { metricName: `${name}_sum`, labels, value: sum / 1000 },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

/** One value for each field of an object. */
function each(label: string, values: Readonly<Record<string, number>>): Value[] {
  return Object.entries(values).map(([name, value]) => at({ [label]: name }, value));
}

function exposeWork(page: Page, work: WorkMetrics): void {
  const { writes, flushes, searches, linking, calibration, consolidation, checkpoints, compactions } = work;
  page.histogram("omendb_write_seconds", "Writing calls that were acknowledged: until they are durable.", [
    [{ call: "upsert" }, writes.upsertMs],
    [{ call: "delete" }, writes.deleteMs],
    [{ call: "updateMetadata" }, writes.updateMetadataMs],
    [{ call: "changeVectors" }, writes.changeVectorsMs],
  ]);
  const { inserted, replaced, skipped, deleted, updated } = writes;
  page.counter(
    "omendb_points_written_total",
    "Points by what became of them.",
    each("outcome", { inserted, replaced, skipped, deleted, updated }),
  );
  page.counter(
    "omendb_writes_rejected_total",
    "Writing calls that were rejected.",
    each("kind", writes.rejected),
  );
  page.histogram("omendb_flush_seconds", "Transactions of the store.", [[{}, flushes.latencyMs]]);
  page.counter("omendb_flush_calls_total", "Calls in these transactions.", [at({}, flushes.calls)]);
  page.counter("omendb_flushes_failed_total", "Transactions that failed.", [at({}, flushes.failed)]);
  page.histogram(
    "omendb_search_seconds",
    "Searches by the way they were done.",
    Object.entries(searches.latencyMs).map(([way, histogram]) => [{ way }, histogram] as const),
  );
  page.counter("omendb_search_distances_total", "Distances computed from codes.", [
    at({}, searches.distances),
  ]);
  page.counter("omendb_searches_slow_total", "Searches that took slowQueryMs or more.", [
    at({}, searches.slow),
  ]);
  page.counter(
    "omendb_searches_rejected_total",
    "Searches that were rejected.",
    each("kind", searches.rejected),
  );
  page.counter("omendb_linked_rows_total", "Rows linked into graphs.", [at({}, linking.rows)]);
  page.counter(
    "omendb_thread_seconds_total",
    "Time of linking threads by what they did.",
    each("work", {
      linking: linking.threadMs / 1000,
      calibration: calibration.threadMs / 1000,
      consolidation: consolidation.threadMs / 1000,
    }),
  );
  page.counter("omendb_consolidations_total", "Times dead rows were taken out of a graph.", [
    at({}, consolidation.runs),
  ]);
  page.counter("omendb_consolidated_rows_total", "Dead rows that were taken out.", [
    at({}, consolidation.rows),
  ]);
  page.histogram("omendb_checkpoint_seconds", "Checkpoints that are durable.", [[{}, checkpoints.latencyMs]]);
  page.counter("omendb_checkpoint_bytes_total", "Bytes of their files.", [at({}, checkpoints.bytes)]);
  page.counter("omendb_checkpoints_failed_total", "Checkpoints that failed.", [at({}, checkpoints.failed)]);
  page.histogram("omendb_compaction_seconds", "Compactions of stores.", [[{}, compactions.latencyMs]]);
  page.counter("omendb_compaction_freed_bytes_total", "Bytes by which files shrank.", [
    at({}, compactions.freedBytes),
  ]);
  page.counter("omendb_compactions_failed_total", "Compactions that failed.", [at({}, compactions.failed)]);
  page.counter("omendb_rebuilds_total", "Indexes rebuilt when a collection was opened.", [
    at({}, work.rebuilds),
  ]);
}

function exposeCollections(page: Page, collections: readonly CollectionMetrics[]): void {
  const gauge = (name: string, help: string, read: (collection: CollectionMetrics) => number): void =>
    page.gauge(
      `omendb_collection_${name}`,
      help,
      collections.map((one) => at({ collection: one.name }, read(one))),
    );
  gauge("points", "Points.", ({ points }) => points);
  gauge("sequence", "Number of the last operation.", ({ sequence }) => sequence);
  gauge("queued_calls", "Writing calls that wait.", ({ queuedCalls }) => queuedCalls);
  gauge("file_bytes", "Bytes of the file on disk.", ({ fileBytes }) => fileBytes);
  gauge(
    "metadata_index_bytes",
    "Bytes of the index over metadata.",
    ({ metadataIndex }) => metadataIndex.memoryBytes,
  );
  const fields = collections.flatMap(({ name, fields }) =>
    fields.map((field) => ({ collection: name, ...field })),
  );
  page.gauge(
    "omendb_field_rows",
    "Rows of a vector field by state.",
    fields.flatMap(({ collection, field, liveRows, tailRows, deadRows, releasedRows }) =>
      Object.entries({ live: liveRows, tail: tailRows, dead: deadRows, released: releasedRows }).map(
        ([state, rows]) => at({ collection, field, state }, rows),
      ),
    ),
  );
  page.gauge(
    "omendb_field_memory_bytes",
    "Bytes of memory of a vector field by component.",
    fields.flatMap(({ collection, field, memoryBytes }) =>
      Object.entries(memoryBytes).map(([part, bytes]) => at({ collection, field, part }, Number(bytes))),
    ),
  );
}
