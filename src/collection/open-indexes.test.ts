// Opening a collection: from a checkpoint and what came after it, or from the store where there is no good one.

import assert from "node:assert/strict";
import { copyFile, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import type { EmbeddedCollection } from "./collection.js";
import { CollectionMonitor, type EventSink } from "./collection-monitor.js";
import { checkpointPath } from "./open-indexes.js";
import { withKeptStore, type Reopener } from "./kept-store.suite.js";

const config = { dimension: 4, metric: "euclidean" } as const;
const count = 1500;

function vectorOf(id: number, version: number): number[] {
  return [Math.sin(id), Math.cos(id * 1.3), id % 10, version];
}

async function write(collection: EmbeddedCollection, ids: readonly number[], version: number): Promise<void> {
  await collection.upsert(ids.map((id) => ({ id, vector: vectorOf(id, version), metadata: { version } })));
}

const ids = Array.from({ length: count }, (_, id) => id);

/** Ids and scores of every point, exactly. */
async function answers(collection: EmbeddedCollection): Promise<string[]> {
  const hits = await collection.search({ vector: [0, 0, 0, 0], limit: 10_000, exact: true, include: [] });
  return hits.map((hit) => `${String(hit.id)} ${hit.score}`).sort();
}

/** A collection with a checkpoint of `count` points, closed. */
async function checkpointed({ folder, open }: Reopener): Promise<string> {
  const collection = await open();
  await write(collection, ids, 0);
  await collection.waitForIndex();
  await collection.close();
  const path = checkpointPath(folder, 0);
  assert.ok((await stat(path)).size > 0, "closing wrote a checkpoint");
  return path;
}

/** Appends why indexes were rebuilt. */
function tellRebuilds(reasons: string[]): EventSink["emit"] {
  return (_name, event) => {
    if ("reason" in event) reasons.push(event.reason);
  };
}

/** Writes, replaces and deletes without writing a checkpoint at closing. */
async function change({ folder, open }: Reopener): Promise<string[]> {
  const path = checkpointPath(folder, 0);
  const kept = join(folder, "kept");
  await copyFile(path, kept);
  const collection = await open();
  await write(collection, [5, 6, 7, 2000, 2001], 1);
  await collection.delete([1, 2, 2000]);
  await write(collection, [1, 2002], 2);
  await collection.updateMetadata([3], { set: { changed: true } });
  const expected = await answers(collection);
  await collection.close();
  await copyFile(kept, path);
  return expected;
}

test("a checkpoint and what came after it answer as before", () =>
  withKeptStore(config, async (reopener) => {
    await checkpointed(reopener);
    const expected = await change(reopener);
    const again = await reopener.open();
    assert.deepEqual(await answers(again), expected);
    const [hit] = await again.search({ vector: vectorOf(2002, 2), limit: 1 });
    assert.deepEqual(hit, { id: 2002, score: 0, metadata: { version: 2 } });
    await write(again, [1, 2, 3, 4], 9);
    await again.waitForIndex();
    const stats = await again.stats();
    assert.deepEqual(
      [stats.points, stats.indexes[0]!.liveRows, stats.indexes[0]!.unreachableRows],
      [count + 2, count + 2, 0],
    );
    await again.close();
  }));

test("a damaged, a truncated, a missing and an unknown checkpoint are rebuilt from the store", () =>
  withKeptStore(config, async (reopener) => {
    const path = await checkpointed(reopener);
    const expected = await change(reopener);
    const good = await readFile(path);
    const damaged = Buffer.from(good);
    const middle = good.length >> 1;
    damaged[middle] = damaged[middle]! ^ 1;
    const unknown = Buffer.from(good);
    unknown.writeUInt32LE(unknown.readUInt32LE(8) + 1, 8);
    for (const bytes of [damaged, good.subarray(0, middle), Buffer.alloc(0), unknown, undefined]) {
      await (bytes === undefined ? rm(path) : writeFile(path, bytes));
      const again = await reopener.open();
      assert.deepEqual(await answers(again), expected);
      await again.close();
    }
  }));

test("what a crash left of a checkpoint being written goes away, and the one before it is used", () =>
  withKeptStore(config, async (reopener) => {
    const path = await checkpointed(reopener);
    const expected = await change(reopener);
    await writeFile(`${path}.tmp`, "half of one");
    const again = await reopener.open();
    assert.deepEqual(await answers(again), expected);
    assert.equal((await readdir(reopener.folder)).includes(`${basename(path)}.tmp`), false);
    await again.close();
  }));

test("a checkpoint is not used where the changes behind it are no longer kept", () =>
  withKeptStore(config, async (reopener) => {
    await checkpointed(reopener);
    const expected = await change(reopener);
    await reopener.store.trimChanges(reopener.store.state.sequence);
    const rebuilds: string[] = [];
    const sink = { slowQueryMs: 0, hasListeners: () => true, emit: tellRebuilds(rebuilds) };
    const again = await reopener.open(new CollectionMonitor("points", sink));
    assert.deepEqual(await answers(again), expected);
    assert.deepEqual(rebuilds, ["contradicted"]);
    assert.equal(again.metrics().rebuilds, 1);
    await again.close();
  }));

test("a checkpoint from the future, as after restoring a backup, is not used and goes away", () =>
  withKeptStore(config, async (future) => {
    await checkpointed(future);
    const collection = await future.open();
    await write(collection, ids, 1);
    await collection.close();
    await withKeptStore(config, async ({ folder, open }) => {
      const first = await open();
      await write(first, [1, 2, 3], 5);
      const expected = await answers(first);
      await first.close();
      const path = checkpointPath(folder, 0);
      await copyFile(checkpointPath(future.folder, 0), path);
      const again = await open();
      assert.deepEqual(await answers(again), expected);
      await assert.rejects(stat(path));
      await again.close();
    });
  }));
