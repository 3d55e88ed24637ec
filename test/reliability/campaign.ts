// The command of long runs:
//
//   npm run reliability -- <rig> [--seed <n>] [--count <n>] [--minutes <n>]
//
// Runs the rig with the seed, and with `--minutes` again with the next seeds until the time is over. Each run is appended
// to the ledger, a failed one too, and ends with exit code 1.

import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { appendToLedger, testedCommit } from "./reliability-ledger.js";
import type { Rig, RigReport } from "./rig.js";
import { rigs } from "./rigs.js";

const { name, rig, seed, count, minutes } = readCommand();
const reason = rig.unavailable();
if (reason !== undefined) {
  console.error(`reliability: ${name} cannot run here: ${reason}`);
  process.exit(3);
}
const endMs = performance.now() + minutes * 60_000;
let failureCount = 0;
for (let next = seed; next === seed || performance.now() < endMs; next++) failureCount += await runOnce(next);
process.exit(failureCount > 0 ? 1 : 0);

async function runOnce(seed: number): Promise<number> {
  console.log(`reliability: ${name} --seed ${seed} --count ${count} (${rig.unit})`);
  const startMs = performance.now();
  const report = await reportOf(seed);
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  const { version: node, platform, arch } = process;
  appendToLedger({
    rig: name,
    at: new Date().toISOString(),
    commit: testedCommit(),
    node,
    platform: `${platform}-${arch}`,
    seed,
    count,
    seconds,
    ...report,
  });
  const counts = Object.entries(report.counts).map(([what, number]) => `${what} ${number}`);
  console.log(`  ${seconds} s: ${counts.join(", ")}; failures ${report.failures.length}`);
  for (const failure of report.failures) console.log(`  FAILURE ${failure}`);
  return report.failures.length;
}

/** A rig that throws has failed. */
async function reportOf(seed: number): Promise<RigReport> {
  let shownMs = performance.now();
  const onProgress = (done: number): void => {
    if (performance.now() - shownMs < 10_000) return;
    shownMs = performance.now();
    console.log(`  ${done} of ${count} ${rig.unit}`);
  };
  try {
    return await rig.run({ seed, count, onProgress });
  } catch (error) {
    return {
      counts: {},
      failures: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    };
  }
}

interface Command {
  readonly name: string;
  readonly rig: Rig;
  readonly seed: number;
  readonly count: number;
  readonly minutes: number;
}

function readCommand(): Command {
  const text = { type: "string" } as const;
  try {
    const { values, positionals } = parseArgs({
      options: { seed: text, count: text, minutes: text },
      allowPositionals: true,
    });
    const [name = "", ...more] = positionals;
    const rig = Object.hasOwn(rigs, name) ? rigs[name] : undefined;
    if (rig === undefined || more.length > 0) throw new Error(`name one of ${Object.keys(rigs).join(", ")}`);
    return {
      name,
      rig,
      seed: numberOf(values.seed, "seed") ?? randomInt(2 ** 31),
      count: numberOf(values.count, "count") ?? rig.longCount,
      minutes: numberOf(values.minutes, "minutes") ?? 0,
    };
  } catch (error) {
    console.error(`reliability: ${error instanceof Error ? error.message : String(error)}`);
    console.error("usage: npm run reliability -- <rig> [--seed <n>] [--count <n>] [--minutes <n>]");
    return process.exit(2);
  }
}

function numberOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/u.test(text)) throw new Error(`--${name} must be an integer, not ${text}`);
  return Number(text);
}
