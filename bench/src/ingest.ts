// Acknowledged inserts a second through the public API, durable on disk, and how long the event loop is held up.
//
//   npm run bench:ingest [-- --n 100000 --dimension 128 --batch 1000 --writers 1 --threads 2]

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { open } from "omendb";
import { readArguments } from "./arguments.js";
import { cpuOfOthers, cpuTimes, machineLine } from "./measure.js";

const settings = readArguments({
  n: 100_000,
  dimension: 128,
  batch: 1000,
  writers: 1,
  threads: 2,
  seed: 1,
  path: "",
});
const { n, dimension, batch, writers } = settings;

const vectors = new Float32Array(n * dimension);
let state = settings.seed;
for (let i = 0; i < vectors.length; i++) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  vectors[i] = state / 2 ** 31;
}
const batches: number[] = [];
for (let from = 0; from < n; from += batch) batches.push(from);

const folder = settings.path === "" ? await mkdtemp(join(tmpdir(), "omendb-bench-")) : settings.path;
const db = await open(folder, { linkingThreads: settings.threads });
try {
  const points = await db.createCollection("points", { dimension });
  const before = cpuTimes();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const loop = performance.eventLoopUtilization();
  const begin = performance.now();
  await Promise.all(Array.from({ length: writers }, () => writer()));
  const acknowledged = performance.now() - begin;
  delay.disable();
  const { utilization } = performance.eventLoopUtilization(loop);
  const atAcknowledged = await points.stats();
  await points.waitForIndex();
  const linked = performance.now() - begin;
  console.log(machineLine());
  console.log(
    `${n} x ${dimension} with metadata, batches of ${batch}, ${writers} writer(s), durability sync, seed ${settings.seed}`,
  );
  console.log(
    `acknowledged ${((n / acknowledged) * 1000).toFixed(0)} points a second; ${atAcknowledged.indexes[0]!.linkedRows} linked meanwhile`,
  );
  console.log(`linked ${((n / linked) * 1000).toFixed(0)} points a second, ${settings.threads} threads`);
  // The histogram counts from the due time of a 1 ms timer.
  console.log(`the main thread was busy ${(100 * utilization).toFixed(0)} % of the time`);
  console.log(
    `event loop held up for at most ${(delay.max / 1e6).toFixed(1)} ms, p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms`,
  );
  console.log(`others used ${cpuOfOthers(before, cpuTimes(), linked)} of the machine`);

  async function writer(): Promise<void> {
    for (let from = batches.shift(); from !== undefined; from = batches.shift()) {
      const size = Math.min(batch, n - from);
      const ids = Array.from({ length: size }, (_, i) => `point-${from + i}`);
      const metadata = ids.map((id, i) => ({ title: id, year: 1950 + (i % 70), tags: ["a", "b"] }));
      await points.upsert({
        ids,
        vectors: vectors.subarray(from * dimension, (from + size) * dimension),
        metadata,
      });
    }
  }
} finally {
  await db.close();
  if (settings.path === "") await rm(folder, { recursive: true });
}
