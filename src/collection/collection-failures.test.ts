// Failures of an open collection, made on purpose: each is counted and told, with its source.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { DatabaseEventName, DatabaseEvents, ErrorEvent } from "../model/database-events.js";
import { OmenError } from "../base/omen-error.js";
import { decodeCollectionConfig } from "../model/decode-config.js";
import type { LinkingSource } from "../vector/linking-job.js";
import type { EmbeddedCollection } from "./collection.js";
import { CollectionMonitor, type EventSink } from "./collection-monitor.js";
import { indexThreads, type IndexThreads } from "./index-threads.js";
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
    readonly threads: IndexThreads;
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
    await use({ points, errors: sink.errors, store, threads });
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

test("the death of a linking thread is told, and searches go on", () =>
  withCollection(async ({ points, errors, threads }) => {
    await points.upsert([{ id: 1, vector: [1] }]);
    const died = new Promise<void>((resolve) => {
      threads.linking.attach(deadlyWork(resolve));
    });
    threads.linking.wake();
    await died;
    assert.equal(errors.length, 1);
    const { source, error } = errors[0]!;
    assert.equal(source, "linking");
    assert.ok(error instanceof OmenError && error.code === "linking_failed");
    assert.equal((await points.search({ vector: [1] })).length, 1);
  }));

/** Work whose module has no kernel, so that a thread that takes it throws. */
function deadlyWork(onDied: () => void): LinkingSource {
  const emptyModule = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  let isTaken = false;
  return {
    access: {
      module: emptyModule,
      memory: new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
      settings: {
        dimension: 1,
        metric: "dot",
        fullPrecision: false,
        originalsInMemory: false,
        maxDegree: 32,
        efConstruction: 96,
        threads: 2,
      },
    },
    awaited: true,
    nextJob: () => {
      if (isTaken) return undefined;
      isTaken = true;
      return { kind: "link" };
    },
    jobDone: () => assert.fail("it cannot be done"),
    jobFailed: onDied,
  };
}
