// What bench:scale is asked to measure: data sets, sizes, repetitions.

import { readArguments } from "../arguments.js";
import { dataFolderDefaults, dataSetRequest } from "../data-set-arguments.js";
import type { DataSetRequest } from "../data-set.js";
import { sourceNamed } from "../data-sets/sources.js";

/** One data set in all its sizes. */
export interface PlannedSet {
  readonly sizes: readonly DataSetRequest[];
}

/** Everything a run measures. */
export interface ScalePlan {
  readonly sets: readonly PlannedSet[];
  readonly repetitions: number;
  readonly originals: string;
  /** Folder that results are written to. */
  readonly out: string;
  /** Results of an earlier run, whose report is written again instead of measuring; "" if none. */
  readonly from: string;
}

const fullDefaults = {
  data: "clustered,gaussian",
  sizes: "5000,10000,15000,20000,25000,50000,100000",
  dimension: 768,
  repetitions: 3,
  queries: 1000,
  seed: 1,
  originals: "disk",
  out: "bench/results",
  from: "",
  ...dataFolderDefaults,
  large: false,
  quick: false,
};

const quickDefaults = { ...fullDefaults, sizes: "5000,10000,25000", repetitions: 1, queries: 300 };

/** What `--large` adds: more rows than fit into any cache, with fewer queries, since each is compared with all rows. */
const large = { n: 1_000_000, dimension: 128, queries: 300 };

/** Reads the command line. Ends the process, saying why, if it makes no sense. */
export function readPlan(given: readonly string[] = process.argv.slice(2)): ScalePlan {
  const settings = readArguments(given.includes("--quick") ? quickDefaults : fullDefaults, given);
  const sizes = settings.sizes.split(",").map(Number);
  if (sizes.some((n) => !isCount(n, 10))) {
    refuse(`--sizes ${settings.sizes}: sizes are integers from 10 on, with commas between.`);
  }
  for (const name of ["repetitions", "queries", "dimension"] as const) {
    if (!isCount(settings[name], 1)) refuse(`--${name} ${settings[name]}: at least 1.`);
  }
  const sets = settings.data.split(",").map((data): PlannedSet => {
    const own = sizesOf(sizes, sourceNamed(data).rowCountMax);
    return { sizes: own.map((n) => dataSetRequest({ ...settings, data, n })) };
  });
  if (settings.large) sets.push({ sizes: [dataSetRequest({ ...settings, data: "clustered", ...large })] });
  const { repetitions, originals, out, from } = settings;
  return { sets, repetitions, originals, out, from };
}

function isCount(value: number, min: number): boolean {
  return Number.isInteger(value) && value >= min;
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

/** The sizes asked for, ascending, as far as the set has the rows; where it has not, all its rows instead. */
function sizesOf(sizes: readonly number[], rowCountMax: number): number[] {
  return [...new Set(sizes.map((n) => Math.min(n, rowCountMax)))].sort((a, b) => a - b);
}
