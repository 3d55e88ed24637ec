// OmenDB beside other vector indexes and databases that Node can use: the same rows and queries through each one's own
// API, at equal recall, in one run and in turn. Writes tables, and a JSON file with every round.
//
//   npm run bench:peers [-- --data wordnet --n 50000 --peers hnswlib,zvec --rounds 3 --recall 0.95,0.99]

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DataUnavailable } from "./data-sets/data-source.js";
import { measurePeers, workOf } from "./peers/measure-peers.js";
import { readPlan } from "./peers/plan.js";
import type { PeersResults } from "./peers/results.js";
import { terminalReport } from "./peers/terminal.js";
import { Progress } from "./progress.js";

try {
  const plan = readPlan();
  const progress = new Progress(workOf(plan));
  const results = await measurePeers(plan, progress);
  progress.clear();
  write(results, plan.out);
} catch (error) {
  if (!(error instanceof DataUnavailable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function write(results: PeersResults, out: string): void {
  for (const line of terminalReport(results)) console.log(line);
  mkdirSync(out, { recursive: true });
  const stamp = results.conditions.date.slice(0, 16).replaceAll(":", "-");
  const path = resolve(join(out, `peers-${stamp}.json`));
  writeFileSync(path, `${JSON.stringify(results, undefined, 1)}\n`);
  console.log(`\n${path}`);
}
