// Searches under filters that select a known share of the rows, independent of the vectors, nearest to one of them, or by the
// columns that WordNet has: OmenDB, its own scan, zvec and LanceDB in turn, with recall and the hits that came. Durable on disk,
// public API.
//
//   npm run bench:filters [-- --data clustered --n 100000 --dimension 128 --queries 200 --rounds 3 --peers zvec,lancedb]
//   npm run bench:filters -- --data wordnet --n 50000 [--columns own]

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { readArguments } from "./arguments.js";
import { dataFolderDefaults, openAskedDataSet } from "./data-set-arguments.js";
import { queryVectors } from "./data-set.js";
import {
  makeLancedb,
  makeOmendb,
  makeZvec,
  type FilteredContender,
  type MakeContender,
} from "./filters/filtered-contender.js";
import {
  type AskedColumns,
  everyRow,
  madeUpColumns,
  type RowFilter,
  withAnswers,
} from "./filters/row-filters.js";
import { wordnetColumns } from "./filters/wordnet-filters.js";
import { cpuOfOthers, cpuTimes, machineLine, median, percentile, recallOf } from "./measure.js";
import { installPeer } from "./peers/install-peer.js";
import { knownPeers } from "./peers/known-peers.js";
import { textTable } from "./text-table.js";

const settings = readArguments({
  data: "clustered",
  n: 100_000,
  dimension: 128,
  queries: 200,
  rounds: 3,
  limit: 10,
  shares: "0.0001,0.001,0.01,0.1,0.5,0.9",
  columns: "made,own",
  peers: "zvec,lancedb",
  "zvec-ef": 300,
  "lancedb-ef": 100,
  seed: 1,
  ...dataFolderDefaults,
});
const { limit, rounds } = settings;
const shares = settings.shares.split(",").map(Number);
const peerMakers: Readonly<Record<string, MakeContender>> = {
  zvec: makeZvec(settings["zvec-ef"]),
  lancedb: makeLancedb(settings["lancedb-ef"]),
};

/** What one way of searching showed under one filter. */
interface Cell {
  readonly p50Us: number[];
  readonly p99Us: number[];
  recall: number;
  returned: number;
}

const data = await openAskedDataSet(settings);
const queries = queryVectors(data);
const sources = askedColumns();
const columns = sources.flatMap((source) => source.columns);
const [unfiltered, ...filters] = withAnswers(
  data,
  [everyRow(data.n), ...sources.flatMap((source) => source.filters)],
  limit,
);
/** What is measured, `undefined` for searches without a filter. */
const cases = [undefined, ...filters];
const folder = await mkdtemp(join(tmpdir(), "omendb-bench-"));
const contenders: FilteredContender[] = [await makeOmendb(data, columns, folder)];
for (const name of settings.peers.split(",").filter((one) => one !== "")) await addPeer(name);
const ways = contenders.flatMap(({ name, search, scan }) => [
  { name, search },
  ...(scan === undefined ? [] : [{ name: `${name}, scan`, search: scan }]),
]);
const cells = ways.map(() => cases.map((): Cell => ({ p50Us: [], p99Us: [], recall: 0, returned: 0 })));
const before = cpuTimes();
const begin = performance.now();
for (let round = 0; round <= rounds; round++) {
  for (const [place, filter] of cases.entries())
    for (const [i, way] of ways.entries())
      await pass(way.search, filter, { cell: cells[i]![place]!, isKept: round > 0 });
}
const others = cpuOfOthers(before, cpuTimes(), performance.now() - begin);
print();
for (const contender of contenders) await contender.close();
await rm(folder, { recursive: true });

function askedColumns(): AskedColumns[] {
  const wanted = settings.columns.split(",");
  return [
    ...(wanted.includes("made") ? [madeUpColumns(data, shares, settings.seed)] : []),
    ...(wanted.includes("own") && settings.data === "wordnet"
      ? [wordnetColumns(settings["data-folder"], data.n)]
      : []),
  ];
}

async function addPeer(name: string): Promise<void> {
  const peer = knownPeers.find((one) => one.name === name);
  const make = peerMakers[name];
  if (peer === undefined || make === undefined)
    throw new Error(`No peer ${name}: ${Object.keys(peerMakers).join(", ")}`);
  try {
    const missing = installPeer(peer, "missing");
    if (missing !== undefined) throw new Error(missing);
    contenders.push(await make(data, columns, folder));
  } catch (error) {
    console.log(`${name}: LEFT OUT: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** All queries under one filter. The first round warms up. */
async function pass(
  search: FilteredContender["search"],
  filter: RowFilter | undefined,
  { cell, isKept }: { readonly cell: Cell; readonly isKept: boolean },
): Promise<void> {
  const times = new Float64Array(queries.length);
  let recall = 0;
  let returned = 0;
  const { nearest } = filter ?? unfiltered!;
  for (const [i, query] of queries.entries()) {
    const start = performance.now();
    const found = await search(query, limit, filter);
    times[i] = (performance.now() - start) * 1000;
    const wanted = nearest[i]!;
    returned += wanted.length === 0 ? Number(found.length === 0) : found.length / wanted.length;
    recall += wanted.length === 0 ? 1 : recallOf(found, wanted);
  }
  if (!isKept) return;
  cell.p50Us.push(percentile(times, 0.5));
  cell.p99Us.push(percentile(times, 0.99));
  cell.recall = recall / queries.length;
  cell.returned = returned / queries.length;
}

function print(): void {
  console.log(
    `${data.title}, ${data.n} x ${data.dimension}, ${data.metric}, limit ${limit}, ${queries.length} queries, ${rounds} rounds in turn`,
  );
  console.log(`${machineLine()}; CPU taken by others: ${others}`);
  for (const { name, settings: how } of contenders) console.log(`${name}: ${how}`);
  const heads = ["p50 µs", "p99 µs", "recall", "hits"];
  const rows = cases.map((filter, place) => ({
    name: filter === undefined ? "no filter" : nameOf(filter),
    cells: ways.flatMap((_, i) => cellsOf(cells[i]![place]!)),
  }));
  const table = {
    corner: "filter",
    columns: ways.flatMap(({ name }) => heads.map((head) => ({ group: name, head }))),
    rows,
  };
  for (const line of textTable(table)) console.log(line);
  console.log(
    "recall: of the nearest eligible rows, exact over f32; hits: share of min(limit, eligible rows) that came",
  );
}

function nameOf({ title, share, rowCount }: RowFilter): string {
  return `${title} (${rowCount} rows, ${(100 * share).toFixed(2)} %)`;
}

function cellsOf({ p50Us, p99Us, recall, returned }: Cell): string[] {
  return [median(p50Us).toFixed(0), median(p99Us).toFixed(0), recall.toFixed(3), returned.toFixed(2)];
}
