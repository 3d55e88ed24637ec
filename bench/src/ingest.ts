// Acknowledged inserts a second through the public API, in a mode of durability, in turn with LMDB alone; how long the event
// loop is held up; and linked rows a second.
//
//   npm run bench:ingest [-- --n 100000 --dimension 128 --batch 1000 --writers 1 --threads 2 --rounds 3 --durability sync]

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { open, type Collection, type DurabilityMode } from "omendb";
import { readArguments } from "./arguments.js";
import { cpuOfOthers, cpuTimes, machineLine, median } from "./measure.js";
import { rawPointsPerSecond } from "./raw-store.js";
import { seededRandom } from "./seeded-random.js";

const settings = readArguments({
  n: 100_000,
  dimension: 128,
  batch: 1000,
  writers: 1,
  threads: 2,
  rounds: 3,
  seed: 1,
  durability: "sync",
});
const { n, dimension, batch, writers, threads, rounds, seed } = settings;
// `open` refuses what is no mode.
const durability = settings.durability as DurabilityMode;

/** One round of inserts. */
interface Round {
  readonly perSecond: number;
  readonly linkedMeanwhile: number;
  readonly linkedPerSecond: number;
  /** Share of the time that the main thread was busy. */
  readonly busy: number;
  readonly delayMaxMs: number;
  readonly delayP99Ms: number;
}

const vectors = randomVectors();
const metadataOf = (i: number): { title: string; year: number; tags: string[] } => ({
  title: `point-${i}`,
  year: 1950 + (i % 70),
  tags: ["a", "b"],
});

const before = cpuTimes();
const begin = performance.now();
const raw: number[] = [];
const own: Round[] = [];
for (let round = 0; round < rounds; round++) {
  raw.push(
    await rawPointsPerSecond({ n, dimension, batch, vectors, metadata: JSON.stringify(metadataOf(0)) }),
  );
  own.push(await insertRound());
}
const others = cpuOfOthers(before, cpuTimes(), performance.now() - begin);
print();

function randomVectors(): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: n * dimension }, () => 2 * random.next() - 1);
}

async function insertRound(): Promise<Round> {
  const folder = await mkdtemp(join(tmpdir(), "omendb-bench-"));
  const db = await open(folder, { linkingThreads: threads, durability });
  try {
    const points = await db.createCollection("points", { dimension });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const loop = performance.eventLoopUtilization();
    const start = performance.now();
    await insertAll(points);
    const acknowledgedMs = performance.now() - start;
    delay.disable();
    const { utilization: busy } = performance.eventLoopUtilization(loop);
    const linkedMeanwhile = (await points.stats()).indexes[0]!.linkedRows;
    await points.waitForIndex();
    const linkedMs = performance.now() - start;
    return {
      perSecond: (n / acknowledgedMs) * 1000,
      linkedMeanwhile,
      linkedPerSecond: (n / linkedMs) * 1000,
      busy,
      // The histogram counts from the due time of a 1 ms timer.
      delayMaxMs: delay.max / 1e6,
      delayP99Ms: delay.percentile(99) / 1e6,
    };
  } finally {
    await db.close();
    await rm(folder, { recursive: true });
  }
}

async function insertAll(points: Collection): Promise<void> {
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < n) {
      const from = next;
      next += batch;
      const size = Math.min(batch, n - from);
      const ids = Array.from({ length: size }, (_, i) => `point-${from + i}`);
      const metadata = ids.map((_, i) => metadataOf(from + i));
      await points.upsert({
        ids,
        vectors: vectors.subarray(from * dimension, (from + size) * dimension),
        metadata,
      });
    }
  };
  await Promise.all(Array.from({ length: writers }, () => writer()));
}

function print(): void {
  const of = (field: keyof Round): number => median(own.map((round) => round[field]));
  const rate = (value: number): string => value.toFixed(0);
  console.log(machineLine());
  console.log(
    `${n} x ${dimension} with metadata, batches of ${batch}, ${writers} writer(s), durability ${durability}, seed ${seed}`,
  );
  console.log(`median of ${rounds} rounds in turn; others used ${others} of the machine`);
  const ratio = of("perSecond") / median(raw);
  console.log(
    `acknowledged ${rate(of("perSecond"))} points a second (rounds: ${own.map((r) => rate(r.perSecond)).join(" ")})`,
  );
  console.log(
    `  LMDB alone, durability sync, ${rate(median(raw))} (rounds: ${raw.map(rate).join(" ")}): ${ratio.toFixed(2)} of it`,
  );
  console.log(
    `linked ${rate(of("linkedPerSecond"))} points a second, ${threads} threads; ${of("linkedMeanwhile")} of them meanwhile`,
  );
  console.log(`the main thread was busy ${(100 * of("busy")).toFixed(0)} % of the time`);
  console.log(
    `event loop held up for at most ${of("delayMaxMs").toFixed(1)} ms, p99 ${of("delayP99Ms").toFixed(1)} ms`,
  );
}
