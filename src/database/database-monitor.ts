// The events of one database, and the counters of all of its collections, those that are gone included.

import { Emitter } from "../base/emitter.js";
import { CollectionMeters } from "../collection/collection-meters.js";
import { CollectionMonitor, type EventSink } from "../collection/collection-monitor.js";
import { describeDeath, type ThreadDeath } from "../collection/index-threads.js";
import type { DatabaseEventName, DatabaseEvents, DatabaseListener } from "../model/database-events.js";
import type { WorkMetrics } from "../model/metrics.js";

/** Watches over the collections of a database. */
export class DatabaseMonitor implements EventSink {
  readonly slowQueryMs: number;
  readonly openedAtMs = performance.now();
  readonly #emitter = new Emitter<DatabaseEvents>((name, error) => {
    process.emitWarning(`A listener to ${JSON.stringify(name)} failed: ${String(error)}`, "OmenDBWarning");
  });
  /** Of collections that are open or being opened. */
  readonly #monitors = new Set<CollectionMonitor>();
  readonly #gone = new CollectionMeters();

  constructor(slowQueryMs: number) {
    this.slowQueryMs = slowQueryMs;
  }

  /** A monitor for a collection that is opened. */
  begin(collection: string): CollectionMonitor {
    const monitor = new CollectionMonitor(collection, this);
    this.#monitors.add(monitor);
    return monitor;
  }

  /** Keeps what a collection has counted, which was dropped or could not be opened. */
  end(monitor: CollectionMonitor): void {
    if (this.#monitors.delete(monitor)) this.#gone.add(monitor.meters);
  }

  /** Tells that a thread ended, which is replaced: as a warning of the process where nobody listens. */
  threadDied(death: ThreadDeath): void {
    const message = describeDeath(death);
    if (this.hasListeners("error"))
      this.emit("error", { collection: null, source: "thread", error: death.cause, message });
    else process.emitWarning(message, "OmenDBWarning");
  }

  /** What all collections have done. */
  total(): WorkMetrics {
    const sum = new CollectionMeters();
    sum.add(this.#gone);
    for (const { meters } of this.#monitors) sum.add(meters);
    return sum.read();
  }

  on<Name extends DatabaseEventName>(name: Name, listener: DatabaseListener<Name>): void {
    this.#emitter.on(name, listener);
  }

  off<Name extends DatabaseEventName>(name: Name, listener: DatabaseListener<Name>): void {
    this.#emitter.off(name, listener);
  }

  hasListeners(name: DatabaseEventName): boolean {
    return this.#emitter.hasListeners(name);
  }

  emit<Name extends DatabaseEventName>(name: Name, event: DatabaseEvents[Name]): void {
    this.#emitter.emit(name, event);
  }
}
