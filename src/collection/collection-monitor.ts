// One collection's way to its meters and to those who listen to its database.

import type {
  CheckpointEvent,
  DatabaseEventName,
  DatabaseEvents,
  ErrorSource,
  RebuildEvent,
  SlowQueryEvent,
} from "../model/database-events.js";
import { defaults } from "../model/limits.js";
import type { CollectionMeters as Meters, LatencyName } from "./collection-meters.js";
import { CollectionMeters, rejectionOf } from "./collection-meters.js";

/** Who takes the events of collections. */
export interface EventSink {
  /** A search of so many milliseconds or more is slow. */
  readonly slowQueryMs: number;
  hasListeners(name: DatabaseEventName): boolean;
  emit<Name extends DatabaseEventName>(name: Name, event: DatabaseEvents[Name]): void;
}

/** For a collection that stands alone: nobody listens. */
const nobody: EventSink = {
  slowQueryMs: defaults.slowQueryMs,
  hasListeners: () => false,
  emit: () => undefined,
};

/** Measures the work of a collection and tells of it. */
export class CollectionMonitor {
  readonly meters: Meters = new CollectionMeters();
  readonly slowQueryMs: number;
  readonly #collection: string;
  readonly #sink: EventSink;

  constructor(collection: string, sink: EventSink = nobody) {
    this.#collection = collection;
    this.#sink = sink;
    this.slowQueryMs = sink.slowQueryMs;
  }

  /** Measures a call that writes; `count` is given what it did, `rejected` counts it if it fails. */
  async write<Result>(
    name: Extract<LatencyName, "upsert" | "delete" | "updateMetadata" | "changeVectors">,
    call: () => Promise<Result>,
    count: (counts: Meters["counts"], result: Result) => void,
  ): Promise<Result> {
    const begin = performance.now();
    try {
      const result = await call();
      this.meters.latencies[name].record(performance.now() - begin);
      count(this.meters.counts, result);
      return result;
    } catch (error) {
      this.meters.rejectedWrites[rejectionOf(error)]++;
      throw error;
    }
  }

  searchRejected(error: unknown): void {
    this.meters.rejectedSearches[rejectionOf(error)]++;
  }

  /** A slow search; the event is made only if somebody listens. */
  slowQuery(makeEvent: () => Omit<SlowQueryEvent, "collection">): void {
    this.meters.counts.slowSearches++;
    if (!this.#sink.hasListeners("slowQuery")) return;
    this.#sink.emit("slowQuery", { collection: this.#collection, ...makeEvent() });
  }

  flushed(callCount: number, durationMs: number): void {
    this.meters.latencies.flush.record(durationMs);
    this.meters.counts.flushedCalls += callCount;
  }

  checkpointed(event: Omit<CheckpointEvent, "collection">): void {
    this.meters.latencies.checkpoint.record(event.durationMs);
    this.meters.counts.checkpointBytes += event.bytes;
    this.#sink.emit("checkpoint", { collection: this.#collection, ...event });
  }

  compacted(freedBytes: number, durationMs: number): void {
    this.meters.latencies.compaction.record(durationMs);
    // Where little was free the copy may be as large.
    this.meters.counts.freedBytes += Math.max(0, freedBytes);
  }

  rebuilt(event: Omit<RebuildEvent, "collection">): void {
    this.meters.counts.rebuilds++;
    this.#sink.emit("rebuild", { collection: this.#collection, ...event });
  }

  /**
   * Counts and tells a failure; `message` says what failed and what follows. Where nobody listens, it becomes a warning of the
   * process, unless callers are told of it anyway.
   */
  failed(source: ErrorSource, cause: unknown, message: string): void {
    const { counts } = this.meters;
    if (source === "checkpoint") counts.failedCheckpoints++;
    if (source === "compaction") counts.failedCompactions++;
    if (source === "flush") counts.failedFlushes++;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    if (this.#sink.hasListeners("error")) {
      this.#sink.emit("error", { collection: this.#collection, source, error, message });
    } else if (isInBackground(source)) process.emitWarning(message, "OmenDBWarning");
  }
}

/** The callers of failed writes are told already. */
function isInBackground(source: ErrorSource): boolean {
  return source !== "flush" && source !== "index";
}
