// OmenDB beside hnswlib-node on sentence embeddings of WordNet, in one run, in turn: linked rows a second, and the
// latency of one search at equal recall through the public API (hits with ids, no metadata).
//
//   npm run bench:wordnet [-- --data-folder <folder> --rounds 3 --threads 2]

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, type Collection } from "omendb";
import { readArguments } from "./arguments.js";
import { cpuOfOthers, cpuTimes, machineLine, percentile, recallOf } from "./measure.js";
import { loadHnswlib, type HnswIndex } from "./peers.js";
import { defaultCacheFolder, openDataSet } from "./data-set-cache.js";
import { rowOf, type DataSet } from "./data-set.js";
import { DataUnavailable } from "./data-sets/data-source.js";
import { insertBatches } from "./insert-batches.js";

const settings = readArguments({
  "data-folder": "../shared/data/wordnet-use-512",
  "cache-folder": defaultCacheFolder,
  rounds: 3,
  threads: 2,
  originals: "disk",
  m: 16,
  efConstruction: 200,
});
const limit = 10;
const efs = {
  omendb: [24, 32, 40, 48, 52, 56, 64, 96, 128],
  hnswlib: [24, 32, 40, 48, 52, 56, 64, 96, 128],
};

/** One index under test: answers a query with rows. */
interface Contender {
  readonly name: string;
  readonly efs: readonly number[];
  readonly search: (query: number, ef: number) => Promise<readonly number[]>;
}

interface Outcome {
  readonly ef: number;
  recall: number;
  readonly p50: number[];
  readonly p99: number[];
}

const dimension = 512;
const data = await openData();
console.log(machineLine());
console.log(
  `WordNet sentence embeddings, ${data.n} x ${dimension}, cosine, ${data.queryCount} held-out queries, recall@${limit}`,
);

const folder = await mkdtemp(join(tmpdir(), "omendb-bench-"));
const db = await open(folder, { linkingThreads: settings.threads });
try {
  const { collection, linkedPerSecond } = await buildOmendb(data);
  const peer = loadHnswlib();
  const built =
    peer === undefined ? undefined : buildHnswlib(new peer.HierarchicalNSW("cosine", dimension), data);
  console.log(`\nlinked rows a second   OmenDB ${linkedPerSecond.toFixed(0)} (${settings.threads} threads)`);
  if (built !== undefined) {
    const ratio = linkedPerSecond / built.linkedPerSecond;
    console.log(
      `                       hnswlib-node ${built.linkedPerSecond.toFixed(0)} (M ${settings.m}, efConstruction ${settings.efConstruction})   OmenDB ${ratio.toFixed(2)} x`,
    );
  }
  const contenders = [omendbContender(collection, data)];
  if (built !== undefined) contenders.push(hnswlibContender(built.index, data));
  await compare(contenders, data);
  const { indexes } = await collection.stats();
  console.log(`\nOmenDB's graph: ${JSON.stringify(indexes[0])}`);
} finally {
  await db.close();
  await rm(folder, { recursive: true });
}

/** Opens the set; says where it belongs and ends the process if it is not there. */
async function openData(): Promise<DataSet> {
  const { "data-folder": dataFolder, "cache-folder": cacheFolder } = settings;
  try {
    const request = {
      name: "wordnet",
      n: 50_000,
      dimension,
      queryCount: 1000,
      seed: 1,
      dataFolder,
      cacheFolder,
    };
    return await openDataSet(request);
  } catch (error) {
    if (!(error instanceof DataUnavailable)) throw error;
    console.log(`SKIPPED: ${error.message}`);
    return process.exit(0);
  }
}

async function buildOmendb(rows: DataSet): Promise<{ collection: Collection; linkedPerSecond: number }> {
  const originals = settings.originals === "memory" ? "memory" : "disk";
  const collection = await db.createCollection("glosses", { dimension, originals });
  const { n } = rows;
  const begin = performance.now();
  const step = 1000;
  const acknowledged = await insertBatches(rows, step, async ({ ids, vectors }) => {
    await collection.upsert({ ids, vectors });
  });
  await collection.waitForIndex();
  const linked = performance.now() - begin;
  console.log(
    `\nOmenDB acknowledged ${((n / acknowledged) * 1000).toFixed(0)} durable rows a second, in batches of ${step}`,
  );
  return { collection, linkedPerSecond: (n / linked) * 1000 };
}

function buildHnswlib(
  index: HnswIndex,
  { n, readRows }: DataSet,
): { index: HnswIndex; linkedPerSecond: number } {
  index.initIndex({
    maxElements: n,
    m: settings.m,
    efConstruction: settings.efConstruction,
    randomSeed: 100,
  });
  const vectors = Array.from({ length: n }, (_, row) => Array.from(readRows(row, row + 1)));
  const begin = performance.now();
  for (const [row, vector] of vectors.entries()) index.addPoint(vector, row);
  return { index, linkedPerSecond: (n / (performance.now() - begin)) * 1000 };
}

function omendbContender(collection: Collection, { queries }: DataSet): Contender {
  return {
    name: "OmenDB",
    efs: efs.omendb,
    search: async (query, ef) => {
      const vector = queries.subarray(query * dimension, (query + 1) * dimension);
      const hits = await collection.search({ vector, limit, ef, include: [] });
      return hits.map(({ id }) => rowOf(String(id)));
    },
  };
}

function hnswlibContender(index: HnswIndex, { queries, queryCount }: DataSet): Contender {
  const vectors = Array.from({ length: queryCount }, (_, query) =>
    Array.from(queries.subarray(query * dimension, (query + 1) * dimension)),
  );
  return {
    name: "hnswlib-node",
    efs: efs.hnswlib,
    search: (query, ef) => {
      index.setEf(ef);
      return Promise.resolve(index.searchKnn(vectors[query]!, limit).neighbors);
    },
  };
}

/** Every contender takes each of its settings in every round; the median of the rounds counts. */
async function compare(contenders: readonly Contender[], { neighbors, queryCount }: DataSet): Promise<void> {
  const outcomes = contenders.map(({ efs: own }) =>
    own.map((ef): Outcome => ({ ef, recall: 0, p50: [], p99: [] })),
  );
  const begin = performance.now();
  const before = cpuTimes();
  for (let round = 0; round < settings.rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      for (const outcome of outcomes[i]!) {
        const times: number[] = [];
        let recall = 0;
        for (let query = 0; query < queryCount; query++) {
          const start = performance.now();
          const found = await contender.search(query, outcome.ef);
          times.push(performance.now() - start);
          recall += recallOf(found, neighbors.subarray(query * limit, (query + 1) * limit));
        }
        outcome.recall = recall / queryCount;
        outcome.p50.push(percentile(times, 0.5));
        outcome.p99.push(percentile(times, 0.99));
      }
    }
  }
  const others = cpuOfOthers(before, cpuTimes(), performance.now() - begin);
  console.log(
    `\nsearch, limit ${limit}, one at a time, median of ${settings.rounds} rounds in turn; others used ${others} of the machine`,
  );
  for (const [i, { name }] of contenders.entries()) {
    for (const { ef, recall, p50, p99 } of outcomes[i]!) {
      console.log(
        `  ${name.padEnd(13)} ef ${String(ef).padStart(3)}   recall ${recall.toFixed(4)}   p50 ${microseconds(p50)}   p99 ${microseconds(p99)}`,
      );
    }
  }
  for (const target of [0.95, 0.99]) report(target, contenders, outcomes);
}

function microseconds(rounds: number[]): string {
  return `${(percentile(rounds, 0.5) * 1000).toFixed(0).padStart(5)} µs`;
}

/** The fastest setting of each at a recall of at least `target`, and their ratio. */
function report(
  target: number,
  contenders: readonly Contender[],
  outcomes: readonly (readonly Outcome[])[],
): void {
  const best = outcomes.map((own) => {
    const enough = own.filter(({ recall }) => recall >= target).map(({ p50 }) => percentile(p50, 0.5));
    return enough.length === 0 ? undefined : Math.min(...enough);
  });
  const parts = contenders.map(
    ({ name }, i) => `${name} ${best[i] === undefined ? "not reached" : `${(best[i] * 1000).toFixed(0)} µs`}`,
  );
  const [own, peer] = best;
  const ratio =
    own === undefined || peer === undefined ? "" : `   OmenDB ${(peer / own).toFixed(2)} x as fast`;
  console.log(`at recall >= ${target}: ${parts.join(", ")}${ratio}`);
}
