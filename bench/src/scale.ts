// How OmenDB scales: inserts, searches at equal recall, memory, disk and reopening at sizes from 5,000 to 100,000, each in
// a fresh process through the public API. Writes a table, a JSON file with every repetition, and a page with charts.
//
//   npm run bench:scale [-- --data clustered,gaussian --sizes 5000,25000 --dimension 768 --repetitions 3 --quick --large]

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readConditions } from "./conditions.js";
import { DataUnavailable } from "./data-sets/data-source.js";
import { Progress } from "./progress.js";
import { measureSet, weightOf } from "./scale/measure-set.js";
import { scalePage } from "./scale/page.js";
import { readPlan, type ScalePlan } from "./scale/plan.js";
import type { ScaleResults, ScaleSet } from "./scale/results.js";
import { summarise } from "./scale/summary.js";
import { terminalReport } from "./scale/terminal.js";

try {
  const plan = readPlan();
  const results = plan.from === "" ? await measure(plan) : readResults(plan.from);
  write(results, plan);
} catch (error) {
  if (!(error instanceof DataUnavailable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function measure({ sets: planned, repetitions, originals }: ScalePlan): Promise<ScaleResults> {
  const conditions = readConditions("bench:scale");
  const work = planned.flatMap(({ sizes }) => sizes.map(weightOf)).reduce((sum, weight) => sum + weight, 0);
  const progress = new Progress(work * repetitions);
  const sets: ScaleSet[] = [];
  for (const one of planned) {
    sets.push(await measureSet({ planned: one, repetitions, originals, progress }));
  }
  progress.clear();
  return { conditions, repetitions, sets };
}

function readResults(path: string): ScaleResults {
  // A file that `write` wrote.
  return JSON.parse(readFileSync(path, "utf8")) as ScaleResults;
}

function write(results: ScaleResults, { out, from }: ScalePlan): void {
  const summaries = results.sets.map(summarise);
  for (const line of terminalReport(results, summaries)) console.log(line);
  mkdirSync(out, { recursive: true });
  const stamp = results.conditions.date.slice(0, 16).replaceAll(":", "-");
  const path = resolve(join(out, `scale-${stamp}`));
  if (from === "") writeFileSync(`${path}.json`, `${JSON.stringify(results, undefined, 1)}\n`);
  writeFileSync(`${path}.html`, scalePage(results, summaries));
  console.log(`\n${path}.html`);
}
