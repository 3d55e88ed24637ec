// searchBatch with search threads and without, in turn: searches a second, recall, and what a lone search takes in each
// of the two databases. Durable on disk, through the public API.
//
//   npm run bench:batch [-- --data clustered --n 25000 --dimension 768 --threads 1 --rounds 7 --recall 0.99]

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { open, type Collection, type Database, type Hit } from "omendb";
import { readArguments } from "./arguments.js";
import { dataFolderDefaults, openAskedDataSet } from "./data-set-arguments.js";
import { neighborCount, queryVectors, rowOf } from "./data-set.js";
import { insertBatches } from "./insert-batches.js";
import { cpuOfOthers, cpuTimes, machineLine, median, percentile, recallOf } from "./measure.js";

const settings = readArguments({
  data: "clustered",
  n: 25_000,
  dimension: 768,
  queries: 1000,
  threads: 1,
  rounds: 7,
  recall: 0.99,
  seed: 1,
  ...dataFolderDefaults,
});
const { threads, rounds, recall } = settings;

/** One database, and what was measured of it. */
interface Side {
  readonly threads: number;
  readonly folder: string;
  readonly db: Database;
  readonly points: Collection;
  readonly perSecond: number[];
  readonly aloneMs: number[];
  recall: number;
}

const data = await openAskedDataSet(settings);
const requests = queryVectors(data).map((vector) => ({ vector, limit: neighborCount, recall, include: [] }));
const sides = [await makeSide(0), await makeSide(threads)];
// Walks are tried in the background for a second or so after linking.
await sleep(3000);
const before = cpuTimes();
const begin = performance.now();
for (const side of sides) await searchAll(side);
for (const side of sides) side.perSecond.length = side.aloneMs.length = 0;
for (let round = 0; round < rounds; round++) for (const side of sides) await searchAll(side);
const others = cpuOfOthers(before, cpuTimes(), performance.now() - begin);
print();
for (const { db, folder } of sides) {
  await db.close();
  await rm(folder, { recursive: true });
}

async function makeSide(searchThreads: number): Promise<Side> {
  const folder = await mkdtemp(join(tmpdir(), "omendb-bench-"));
  const db = await open(folder, { searchThreads });
  const { dimension, metric } = data;
  const points = await db.createCollection("points", { dimension, metric });
  await insertBatches(data, 1000, async ({ ids, vectors }) => {
    await points.upsert({ ids, vectors });
  });
  await points.waitForIndex();
  return { threads: searchThreads, folder, db, points, perSecond: [], aloneMs: [], recall: 0 };
}

/** All queries in one call, then each alone. */
async function searchAll(side: Side): Promise<void> {
  const start = performance.now();
  const all = await side.points.searchBatch(requests);
  side.perSecond.push((requests.length / (performance.now() - start)) * 1000);
  side.recall = recallOfAll(all);
  for (const request of requests) {
    const from = performance.now();
    await side.points.search(request);
    side.aloneMs.push(performance.now() - from);
  }
}

function recallOfAll(all: readonly Hit[][]): number {
  const shares = all.map((hits, i) => {
    const wanted = data.neighbors.subarray(i * neighborCount, (i + 1) * neighborCount);
    return recallOf(
      hits.map(({ id }) => rowOf(String(id))),
      wanted,
    );
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function print(): void {
  const [alone, shared] = sides;
  console.log(machineLine());
  console.log(
    `${data.name}, ${data.n} x ${data.dimension}, ${requests.length} queries in one searchBatch, limit ${neighborCount}, recall ${recall} asked for, ` +
      `seed ${settings.seed}; medians of ${rounds} rounds in turn; others used ${others} of the machine`,
  );
  for (const side of sides) {
    const microseconds = (share: number): string => (percentile(side.aloneMs, share) * 1000).toFixed(0);
    console.log(
      `${side.threads} search threads: ${median(side.perSecond).toFixed(0)} searches a second, recall ${side.recall.toFixed(4)}; alone p50 ${microseconds(0.5)} µs, p99 ${microseconds(0.99)} µs`,
    );
  }
  console.log(
    `with ${shared!.threads} threads ${(median(shared!.perSecond) / median(alone!.perSecond)).toFixed(2)} x`,
  );
}
