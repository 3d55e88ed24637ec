// Disks that are full, and that become read-only: writes fail with a code, reads and deletions go on, and it heals.

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { open, OmenError, type Collection, type DurabilityMode } from "omendb";
import { diskUnavailable, SmallDisk, type DiskKind } from "./small-disk.js";

const unavailable = diskUnavailable();
if (unavailable !== undefined) console.warn(`SKIPPED: full disks are not tested: ${unavailable}`);

const dimension = 256;
const diskBytes = 3 * 2 ** 23;
const kinds: DiskKind[] = ["tmpfs", "ext4"];
const modes: DurabilityMode[] = ["sync", "interval", "os"];
const cases = kinds
  .flatMap((kind) => modes.map((durability) => ({ kind, durability })))
  // Whether LMDB flushes makes a difference on a disk only, and is the same for both modes in which it does not.
  .filter(({ kind, durability }) => kind === "tmpfs" || durability !== "os");

const idsFrom = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

function upsert(points: Collection, ids: readonly number[]): Promise<unknown> {
  return points.upsert(
    ids.map((id) => ({ id, vector: new Float32Array(dimension).fill(id + 1), metadata: { id } })),
  );
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "ok",
    (error: unknown) => (error instanceof OmenError ? error.code : String(error)),
  );
}

async function checkContent(points: Collection, kept: ReadonlySet<number>): Promise<void> {
  assert.equal(await points.count(), kept.size);
  const ids = [...kept];
  for (const [i, point] of (await points.get(ids, { include: ["metadata"] })).entries())
    assert.deepEqual(point?.metadata, { id: ids[i] });
  const hits = await points.search({ vector: new Float32Array(dimension).fill(1), limit: 5 });
  assert.equal(hits.length, Math.min(5, kept.size));
}

describe("a full disk", { skip: unavailable ?? false }, () => {
  for (const { kind, durability } of cases) {
    test(`of ${kind}, filled by writes in mode ${durability}`, { timeout: 60_000 }, async () => {
      using disk = new SmallDisk(kind, diskBytes);
      const path = join(disk.folder, "db");
      await using db = await open(path, { durability });
      const points = await db.createCollection("points", { dimension });
      const kept = new Set<number>();
      let code = "ok";
      for (let next = 0; code === "ok"; next += 200) {
        code = await codeOf(upsert(points, idsFrom(next, 200)));
        if (code === "ok") for (const id of idsFrom(next, 200)) kept.add(id);
      }
      assert.equal(code, "disk_full");
      await checkContent(points, kept);
      disk.fill();
      for (const id of [...kept].slice(0, 100)) {
        const others = idsFrom(1e6 + id * 500, 500);
        const [deleted, written] = await Promise.all([
          codeOf(points.delete([id])),
          codeOf(upsert(points, others)),
        ]);
        assert.equal(deleted, "ok", `deletion of ${id}`);
        kept.delete(id);
        // What a failed write took of the disk may be enough for a later one.
        if (written === "ok") for (const other of others) kept.add(other);
      }
      await checkContent(points, kept);
      disk.free();
      // The collection itself is what fills the disk: many points are removed a few at a time.
      for (const ids = [...kept].slice(1000); ids.length > 0;) {
        const part = ids.splice(0, 100);
        await points.delete(part);
        for (const id of part) kept.delete(id);
      }
      await upsert(points, idsFrom(9e7, 500));
      for (const id of idsFrom(9e7, 500)) kept.add(id);
      await checkContent(points, kept);
      await db.close();
      await using again = await open(path);
      await checkContent(await again.collection("points"), kept);
    });

    test(`of ${kind}, filled by others in mode ${durability}`, { timeout: 60_000 }, async () => {
      using disk = new SmallDisk(kind, diskBytes);
      const path = join(disk.folder, "db");
      await using db = await open(path, { durability });
      const points = await db.createCollection("points", { dimension });
      await db.createCollection("others", { dimension });
      const kept = new Set(idsFrom(0, 2000));
      await upsert(points, [...kept]);
      await db.close();
      await using full = await open(path, { durability });
      const filled = await full.collection("points");
      await upsert(filled, [0]);
      disk.fill();
      assert.equal(await codeOf(upsert(filled, idsFrom(5000, 2000))), "disk_full");
      disk.fill();
      for (let id = 0; id < 2000; id += 17) {
        await filled.delete([id]);
        kept.delete(id);
      }
      await checkContent(filled, kept);
      assert.equal(await full.dropCollection("others"), true);
      disk.free();
      await upsert(filled, idsFrom(6000, 2000));
      for (const id of idsFrom(6000, 2000)) kept.add(id);
      await checkContent(filled, kept);
      await full.close();
      await using again = await open(path);
      await checkContent(await again.collection("points"), kept);
    });
  }
});

describe("a file system that becomes read-only", { skip: unavailable ?? false }, () => {
  for (const durability of modes) {
    test(`refuses writes in mode ${durability}, and reads go on`, { timeout: 60_000 }, async () => {
      using disk = new SmallDisk("ext4", diskBytes);
      const path = join(disk.folder, "db");
      const db = await open(path, { durability });
      const points = await db.createCollection("points", { dimension });
      const kept = new Set(idsFrom(0, 500));
      await upsert(points, [...kept]);
      disk.breakDown();
      for (const write of [upsert(points, [500]), points.delete([1]), upsert(points, [501])])
        assert.equal(await codeOf(write), "read_only");
      await checkContent(points, kept);
      // What was acknowledged and not flushed cannot be any more.
      assert.equal(
        await codeOf(db.close()),
        durability === "sync" ? "lock_failed" : "acknowledged_unflushed",
      );
    });
  }
});
