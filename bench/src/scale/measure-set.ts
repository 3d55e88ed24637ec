// Measures one data set: each size in a fresh process, all sizes once, then again, so that what changes on the machine
// meanwhile shows as a spread and not as growth.

import { performance } from "node:perf_hooks";
import { ContenderDriver } from "../contender-driver.js";
import type { ContenderFacts, SearchFigures } from "../contender-protocol.js";
import { openDataSet } from "../data-set-cache.js";
import { neighborCount, type DataSetRequest } from "../data-set.js";
import { cpuTimes, shareOfOthers } from "../measure.js";
import type { Progress } from "../progress.js";
import type { PlannedSet } from "./plan.js";
import type { ScaleRun, ScaleSet } from "./results.js";

/** A sweep ends at the first setting, from the default one on, that finds so much: all after it is slower for nothing. */
const recallEnough = 0.999;
/** And at the first that compares such a share of all rows: a scan compares them faster, and finds everything. */
const scanShare = 0.95;

/** What all runs of a set share. */
export interface SetRequest {
  readonly planned: PlannedSet;
  readonly repetitions: number;
  readonly originals: string;
  readonly progress: Progress;
}

/** Measures it. Throws DataUnavailable if the set is not on this machine. */
export async function measureSet({
  planned,
  repetitions,
  originals,
  progress,
}: SetRequest): Promise<ScaleSet> {
  for (const data of planned.sizes) await prepare(data, progress);
  const [first] = planned.sizes;
  const { title, metric } = await openDataSet(first!);
  const { name, dimension, queryCount, seed } = first!;
  const runs: ScaleRun[] = [];
  let contender: ContenderFacts | undefined;
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const data of planned.sizes) {
      // Later repetitions take the settings of the first, so that there is a median of each.
      const settings = runs.find(({ n }) => n === data.n)?.searches.map(({ parameter }) => parameter);
      const label = `${labelOf(data)}, repetition ${repetition} of ${repetitions}`;
      const measured = await measureSize({ data, originals, settings, label, progress, repetition });
      contender = measured.facts;
      runs.push(measured.run);
      progress.line(`${label}: ${summaryOf(measured.run)}`);
    }
  }
  return { name, title, metric, dimension, queryCount, seed, contender: contender!, runs };
}

/** Weight of a run for the progress bar: building is about linear in n, searching has a part that is not. */
export function weightOf({ n }: DataSetRequest): number {
  return n + 5000;
}

function labelOf({ name, n, dimension }: DataSetRequest): string {
  return `${name} ${n.toLocaleString("en")} × ${dimension}`;
}

async function prepare(data: DataSetRequest, progress: Progress): Promise<void> {
  await openDataSet(data, (what, share) => {
    progress.show(`${data.name}: making ${what}, ${(share * 100).toFixed(0)} %`);
  });
}

/** One size, once. */
interface SizeRequest {
  readonly data: DataSetRequest;
  readonly originals: string;
  /** Settings to search with; undefined to find them by the sweep. */
  readonly settings: readonly number[] | undefined;
  readonly label: string;
  readonly progress: Progress;
  readonly repetition: number;
}

async function measureSize(request: SizeRequest): Promise<{ run: ScaleRun; facts: ContenderFacts }> {
  const { data, originals, label, progress, repetition } = request;
  const before = cpuTimes();
  const begin = performance.now();
  const driver = await ContenderDriver.start({ module: "omendb", options: { originals }, data });
  try {
    progress.show(`${label}: inserting and linking`);
    const build = await driver.build();
    progress.advance(weightOf(data) * 0.4);
    const searches = await sweep(driver, request);
    progress.show(`${label}: memory, reopening`);
    // Behind the searches: a database that is in use holds what they need too.
    const memory = await driver.memory();
    const details = await driver.details();
    const reopen = await driver.reopen();
    const bytesOnDisk = await driver.bytesOnDisk();
    const others = shareOfOthers(before, cpuTimes(), performance.now() - begin);
    const run = { n: data.n, repetition, build, memory, searches, details, reopen, bytesOnDisk };
    return { run: others === undefined ? run : { ...run, others }, facts: driver.facts };
  } finally {
    await driver.close();
  }
}

async function sweep(
  driver: ContenderDriver,
  { data, settings, label, progress }: SizeRequest,
): Promise<SearchFigures[]> {
  const { parameter, parameterDefault, sweep } = driver.facts;
  const found: SearchFigures[] = [];
  const all = settings ?? sweep;
  for (const value of all) {
    progress.show(`${label}: searching, ${parameter} ${value}`);
    const figures = await driver.search({ how: "single", parameter: value, limit: neighborCount });
    found.push(figures);
    progress.advance((weightOf(data) * 0.6) / all.length);
    if (settings === undefined && value >= parameterDefault && isEnough(figures, data.n)) {
      progress.advance(weightOf(data) * 0.6 * (1 - found.length / all.length));
      break;
    }
  }
  return found;
}

function isEnough({ recall, distances = 0 }: SearchFigures, n: number): boolean {
  return recall >= recallEnough || distances >= n * scanShare;
}

function summaryOf({ n, build, searches, others }: ScaleRun): string {
  const linked = ((n / build.linkedMs) * 1000).toFixed(0);
  const best = searches.at(-1)!;
  const cpu = others === undefined ? "" : `, others ${(others * 100).toFixed(0)} % CPU`;
  return `${linked} linked a second, recall up to ${best.recall.toFixed(4)} in ${(best.p50Ms * 1000).toFixed(0)} µs${cpu}`;
}
