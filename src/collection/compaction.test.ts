// When the file of a collection is compacted, and that its users notice nothing but its size.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { decodeCollectionConfig } from "../model/decode-config.js";
import type { Hit } from "../model/requests.js";
import { canCompact } from "../store/compact-copy.js";
import { openLmdbPointStore } from "../store/lmdb-point-store.js";
import type { EmbeddedCollection } from "./collection.js";
import { isCompactionDue, isLookDue } from "./compaction-policy.js";
import { indexThreads } from "./index-threads.js";
import { openCollection } from "./open-collection.js";

const dimension = 64;
const count = 2000;
const keptFrom = 1800;
const config = decodeCollectionConfig({ dimension, metric: "dot" });

interface Trial {
  /** Opens the collection, the first time as a new one. */
  open(): Promise<EmbeddedCollection>;
}

interface TrialOptions {
  readonly bytesMin?: number;
  readonly onCopied?: () => Promise<void>;
}

async function withFolder(options: TrialOptions, use: (trial: Trial) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "omendb-compaction-"));
  const threads = indexThreads({ linkingThreads: 1, searchThreads: 1 });
  const { bytesMin, ...storeOptions } = options;
  try {
    const open = async (): Promise<EmbeddedCollection> => {
      const store = await openLmdbPointStore(folder, { dimensions: [dimension], ...storeOptions });
      const limits = bytesMin === undefined ? {} : { compactionBytesMin: bytesMin };
      return openCollection({
        name: "points",
        config,
        folder,
        store,
        threads,
        saveConfig: async () => undefined,
        ...limits,
      });
    };
    await use({ open });
  } finally {
    await threads.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(collection: EmbeddedCollection): Promise<void> {
  const points = Array.from({ length: count }, (_, id) => ({
    id,
    vector: Float32Array.from({ length: dimension }, (_, i) => Math.sin(id * dimension + i)),
    metadata: { id },
  }));
  await collection.upsert(points);
  await collection.waitForIndex();
}

const removed = Array.from({ length: keptFrom }, (_, id) => id);

async function fileBytes(collection: EmbeddedCollection): Promise<number> {
  return (await collection.stats()).store.fileBytes;
}

function findAll(collection: EmbeddedCollection): Promise<Hit[]> {
  const vector = new Float32Array(dimension).fill(1);
  return collection.search({ vector, limit: 1000, exact: true, include: ["metadata", "vector"] });
}

/** A write behind compacting that has begun: it waits in the queue of writes. */
async function whenCompacted(collection: EmbeddedCollection): Promise<void> {
  await collection.updateMetadata([keptFrom], { set: { id: keptFrom } });
}

describe("compacting", { skip: !canCompact && "files that are open cannot be replaced" }, () => {
  test("a collection of which most is deleted gets a small file, and stays as it is", () =>
    withFolder({ bytesMin: 2 ** 19 }, async ({ open }) => {
      const collection = await open();
      await fill(collection);
      const before = await fileBytes(collection);
      await collection.delete(removed);
      const hits = await findAll(collection);
      assert.equal(hits.length, count - keptFrom);
      await whenCompacted(collection);
      const compacted = await fileBytes(collection);
      assert.ok(compacted < before / 2, `${compacted} of ${before} bytes`);
      const { compactions } = collection.metrics();
      assert.deepEqual([compactions.latencyMs.count, compactions.failed], [1, 0]);
      assert.ok(compactions.freedBytes >= before - compacted);
      assert.deepEqual(await findAll(collection), hits);
      const listed = await collection.list({ limit: 1000 });
      assert.deepEqual(
        listed.points.map(({ id }) => id),
        Array.from({ length: count - keptFrom }, (_, i) => keptFrom + i),
      );
      await collection.close();
      const reopened = await open();
      assert.deepEqual(await findAll(reopened), hits);
      await reopened.close();
    }));

  test("calls go on beside it", () =>
    withFolder({ bytesMin: 2 ** 19 }, async ({ open }) => {
      const collection = await open();
      await fill(collection);
      const before = await fileBytes(collection);
      const calls: Promise<unknown>[] = [collection.delete(removed)];
      for (let id = count; id < count + 40; id++) {
        calls.push(collection.upsert([{ id, vector: new Float32Array(dimension).fill(id) }]));
        calls.push(findAll(collection), collection.list({ limit: 1000 }), collection.get([keptFrom]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(calls);
      assert.ok((await fileBytes(collection)) < before);
      assert.equal(await collection.count(), count - keptFrom + 40);
      assert.equal((await collection.get([count + 39]))[0]?.id, count + 39);
      await collection.close();
      const reopened = await open();
      assert.equal((await reopened.list({ limit: 1000 })).points.length, count - keptFrom + 40);
      await reopened.close();
    }));

  test("closing waits for it", () =>
    withFolder({ bytesMin: 2 ** 19 }, async ({ open }) => {
      const collection = await open();
      await fill(collection);
      const deleted = collection.delete(removed);
      await Promise.all([deleted, collection.close()]);
      const reopened = await open();
      assert.equal((await findAll(reopened)).length, count - keptFrom);
      await reopened.close();
    }));

  test("a file below the threshold is left alone", () =>
    withFolder({}, async ({ open }) => {
      const collection = await open();
      await fill(collection);
      const before = await fileBytes(collection);
      await collection.delete(removed);
      await whenCompacted(collection);
      assert.ok((await fileBytes(collection)) >= before);
      await collection.close();
    }));

  test("a copy that fails is told, and the collection goes on", async () => {
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    let attempts = 0;
    const onCopied = async (): Promise<void> => {
      attempts++;
      throw new Error("injected");
    };
    await withFolder({ bytesMin: 2 ** 19, onCopied }, async ({ open }) => {
      const collection = await open();
      await fill(collection);
      await collection.delete(removed);
      const hits = await findAll(collection);
      const warning = await warned;
      assert.equal(warning.name, "OmenDBWarning");
      for (let i = 0; i < 70; i++) await whenCompacted(collection);
      assert.deepEqual(await findAll(collection), hits);
      const { compactions } = collection.metrics();
      assert.deepEqual([compactions.latencyMs.count, compactions.failed], [0, 1]);
      await collection.close();
    });
    assert.equal(attempts, 1, "it is not tried again at once");
  });
});

test("a file is due when it is large and more than half free", () => {
  const mib = 2 ** 20;
  const cases: [number, number, boolean][] = [
    [0, 0, false],
    [63 * mib, mib, false],
    [64 * mib, 32 * mib, false],
    [64 * mib, 32 * mib - 1, true],
    [100 * mib, 100 * mib, false],
    [2 ** 40, 2 ** 38, true],
  ];
  for (const [fileBytes, usedBytes, isDue] of cases)
    assert.equal(isCompactionDue({ fileBytes, usedBytes }), isDue, `${usedBytes} of ${fileBytes} bytes`);
});

test("pages are counted after many removals and now and then", () => {
  const cases: [number, number, number, boolean][] = [
    [1, 1000, 1000, false],
    [1, 875, 1000, false],
    [1, 874, 1000, true],
    [63, 1000, 1000, false],
    [64, 1000, 1000, true],
    [1, 0, 0, false],
  ];
  for (const [publications, pointCount, pointCountMax, isDue] of cases)
    assert.equal(isLookDue({ publications, pointCount, pointCountMax }), isDue);
});
