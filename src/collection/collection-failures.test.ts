// Failures of an open collection, made on purpose: each is counted and told, with its source.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { DatabaseEventName, DatabaseEvents, ErrorEvent } from "../model/database-events.js";
import { decodeCollectionConfig } from "../model/decode-config.js";
import type { EmbeddedCollection } from "./collection.js";
import { CollectionMonitor, type EventSink } from "./collection-monitor.js";
import { indexThreads } from "./index-threads.js";
import { KeptStore } from "./kept-store.suite.js";
import { openCollection } from "./open-collection.js";

/** Takes events of one name. */
class ErrorSink implements EventSink {
  readonly slowQueryMs = 1000;
  readonly errors: ErrorEvent[] = [];

  hasListeners(name: DatabaseEventName): boolean {
    return name === "error";
  }

  emit<Name extends DatabaseEventName>(_name: Name, event: DatabaseEvents[Name]): void {
    if ("source" in event) this.errors.push(event);
  }
}

/** A collection in memory, and what is told of it. */
async function withCollection(
  use: (trial: {
    readonly points: EmbeddedCollection;
    readonly errors: readonly ErrorEvent[];
    readonly store: KeptStore;
  }) => Promise<void>,
): Promise<void> {
  const sink = new ErrorSink();
  const monitor = new CollectionMonitor("points", sink);
  const store = new KeptStore({ dimensions: [1] });
  const threads = indexThreads({ linkingThreads: 1, searchThreads: 0 });
  const config = decodeCollectionConfig({ dimension: 1 });
  const saveConfig = async (): Promise<void> => undefined;
  const sources = { name: "points", config, store, folder: undefined, threads, saveConfig, monitor };
  const points = await openCollection(sources);
  try {
    await use({ points, errors: sink.errors, store });
  } finally {
    await points.close();
    await threads.close();
  }
}

/** Names of events and sources, and the errors. */
function told(errors: readonly ErrorEvent[]): unknown[] {
  return errors.map(({ collection, source, error }) => ({ collection, source, error }));
}

test("a flush that fails rejects its callers, and is told and counted", () =>
  withCollection(async ({ points, errors, store }) => {
    const injected = new Error("injected");
    store.nextFailure = injected;
    await assert.rejects(points.upsert([{ id: 1, vector: [1] }]), injected);
    assert.deepEqual(told(errors), [{ collection: "points", source: "flush", error: injected }]);
    await points.upsert([{ id: 1, vector: [1] }]);
    const { flushes, writes } = points.metrics();
    assert.deepEqual([flushes.failed, flushes.calls, flushes.latencyMs.count], [1, 1, 1]);
    assert.deepEqual([writes.rejected.fault, writes.upsertMs.count], [1, 1]);
  }));
