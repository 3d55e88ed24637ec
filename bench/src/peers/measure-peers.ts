// Measures OmenDB and its peers: built one after the other, each in a fresh process that has the machine to itself, then
// searched in turn, round by round, so that what changes on the machine meanwhile meets all of them.

import { performance } from "node:perf_hooks";
import { readConditions } from "../conditions.js";
import { ContenderDriver } from "../contender-driver.js";
import type { SearchOutcome } from "../contender-protocol.js";
import type { BuildTimes } from "../contender.js";
import { openDataSet } from "../data-set-cache.js";
import { neighborCount } from "../data-set.js";
import { cpuTimes, shareOfOthers, type CpuTimes } from "../measure.js";
import type { Progress } from "../progress.js";
import { chooseSetting, type Choice } from "./choose-setting.js";
import { installPeer } from "./install-peer.js";
import type { KnownPeer } from "./known-peers.js";
import type { PeersPlan } from "./plan.js";
import type { ContenderResults, LeftOut, PeersResults } from "./results.js";

const limit = neighborCount;

/** A contender that was built and is alive. */
interface Built {
  readonly name: string;
  readonly driver: ContenderDriver;
  readonly build: BuildTimes;
  readonly choices: Choice<SearchOutcome>[];
  readonly searches: SearchOutcome[];
  readonly filteredSearches: SearchOutcome[];
}

/** Parts of the work, for the progress bar: a build, choosing, each round, and what comes after. */
export function workOf({ peers, rounds }: PeersPlan): number {
  return (peers.length + 1) * (rounds + 3);
}

/** Measures all. Throws DataUnavailable if the set is not on this machine; a peer that fails is left out, with the reason. */
export async function measurePeers(plan: PeersPlan, progress: Progress): Promise<PeersResults> {
  const conditions = readConditions("bench:peers");
  const data = await openDataSet(plan.data, (what, share) => {
    progress.show(`making ${what}, ${(share * 100).toFixed(0)} %`);
  });
  const leftOut: LeftOut[] = [];
  const contenders: Built[] = [];
  try {
    const building = stopwatch();
    contenders.push(
      await buildContender({ name: "omendb", module: "omendb", options: plan.options }, plan, progress),
    );
    for (const peer of plan.peers) await buildPeer(peer, plan, { contenders, leftOut, progress });
    const buildingOthers = building();
    const searching = stopwatch();
    await inTurn(contenders, leftOut, (one) => choose(one, plan, progress));
    for (let round = 1; round <= plan.rounds; round++) {
      progress.show(`round ${round} of ${plan.rounds}`);
      await inTurn(contenders, leftOut, (one) =>
        searchRound(one, progress, `round ${round} of ${plan.rounds}`),
      );
    }
    const searchingOthers = searching();
    const finished: ContenderResults[] = [];
    await inTurn(contenders, leftOut, async (one) => {
      finished.push(await finish(one, progress));
    });
    const { title, metric, filtered } = data;
    return {
      conditions,
      data: { ...plan.data, title, metric },
      filtered: { rowCount: filtered.rowCount, share: filtered.share },
      limit,
      rounds: plan.rounds,
      targets: plan.targets,
      others: {
        ...(buildingOthers === undefined ? {} : { building: buildingOthers }),
        ...(searchingOthers === undefined ? {} : { searching: searchingOthers }),
      },
      contenders: finished,
      leftOut,
    };
  } finally {
    // One whose process has crashed cannot be closed, which was said before.
    for (const { driver } of contenders) await driver.close().catch(() => undefined);
  }
}

/** Gives the share of the machine that others used since. */
function stopwatch(): () => number | undefined {
  const before: CpuTimes = cpuTimes();
  const begin = performance.now();
  return () => shareOfOthers(before, cpuTimes(), performance.now() - begin);
}

interface Progressing {
  readonly contenders: Built[];
  readonly leftOut: LeftOut[];
  readonly progress: Progress;
}

async function buildPeer(
  peer: KnownPeer,
  plan: PeersPlan,
  { contenders, leftOut, progress }: Progressing,
): Promise<void> {
  progress.show(`${peer.name}: looking for its packages`);
  const missing = installPeer(peer, plan.install);
  if (missing !== undefined) {
    leave(peer.name, missing, { leftOut, progress });
    return;
  }
  try {
    contenders.push(await buildContender(peer, plan, progress));
  } catch (error) {
    leave(peer.name, firstLine(error), { leftOut, progress });
  }
}

function leave(name: string, reason: string, { leftOut, progress }: Omit<Progressing, "contenders">): void {
  leftOut.push({ name, reason });
  progress.line(`${name}: LEFT OUT: ${reason}`);
}

async function buildContender(
  { name, module, options }: Pick<KnownPeer, "name" | "module" | "options">,
  { data }: PeersPlan,
  progress: Progress,
): Promise<Built> {
  progress.show(`${name}: building`);
  const driver = await ContenderDriver.start({ module, options, data });
  try {
    const build = await driver.build();
    progress.advance(1);
    const rate = ((data.n / build.linkedMs) * 1000).toFixed(0);
    progress.line(`${name} ${driver.facts.version}: built, ${rate} rows a second`);
    return { name, driver, build, choices: [], searches: [], filteredSearches: [] };
  } catch (error) {
    await driver.close().catch(() => undefined);
    throw error;
  }
}

/** One after the other; a peer that fails is left out from then on. Without OmenDB there is nothing to compare with. */
async function inTurn(
  contenders: Built[],
  leftOut: LeftOut[],
  work: (contender: Built) => Promise<void>,
): Promise<void> {
  const failed = new Set<Built>();
  for (const one of contenders) {
    try {
      await work(one);
    } catch (error) {
      if (one === contenders[0]) throw error;
      failed.add(one);
      leftOut.push({ name: one.name, reason: firstLine(error) });
      await one.driver.close().catch(() => undefined);
    }
  }
  const still = contenders.filter((one) => !failed.has(one));
  contenders.splice(0, contenders.length, ...still);
}

async function choose({ name, driver, choices }: Built, plan: PeersPlan, progress: Progress): Promise<void> {
  const { parameter: word, sweep } = driver.facts;
  const tried = new Map<number, SearchOutcome>();
  for (const target of plan.targets) {
    const choice = await chooseSetting(sweep, target, tried, (parameter) => {
      progress.show(`${name}: recall of ${word} ${parameter}`);
      return driver.search({ how: "single", parameter, limit });
    });
    choices.push(choice);
  }
  progress.advance(1);
}

/** Settings that rounds measure: those chosen, and the one its users get who set nothing. */
function settingsOf({ driver, choices }: Built): number[] {
  const chosen = choices.flatMap((choice) => (choice.kind === "reached" ? [choice.trial.parameter] : []));
  return [...new Set([...chosen, driver.facts.parameterDefault])].sort((a, b) => a - b);
}

/** The setting of filtered searches: the one for the highest recall that was reached, or the default one. */
export function filteredSetting(choices: readonly Choice<SearchOutcome>[], parameterDefault: number): number {
  const last = choices.findLast((choice) => choice.kind === "reached");
  return last?.kind === "reached" ? last.trial.parameter : parameterDefault;
}

async function searchRound(built: Built, progress: Progress, round: string): Promise<void> {
  const { name, driver, choices, searches, filteredSearches } = built;
  const { can, parameter: word, parameterDefault } = driver.facts;
  for (const parameter of settingsOf(built)) {
    progress.show(`${round}: ${name}, ${word} ${parameter}`);
    searches.push(await driver.search({ how: "single", parameter, limit }));
  }
  if (can.filter) {
    progress.show(`${round}: ${name}, filtered`);
    const parameter = filteredSetting(choices, parameterDefault);
    filteredSearches.push(await driver.search({ how: "filtered", parameter, limit }));
  }
  progress.advance(1);
}

/** Memory of a contender that was searched; then it is closed and opened, so that its files are what they are at rest. */
async function finish(
  { name, driver, build, choices, searches, filteredSearches }: Built,
  progress: Progress,
): Promise<ContenderResults> {
  progress.show(`${name}: memory, reopening`);
  const { facts } = driver;
  const memory = await driver.memory();
  const reopen = facts.can.reopen ? await driver.reopen() : undefined;
  const bytesOnDisk = await driver.bytesOnDisk();
  progress.advance(1);
  return {
    name,
    facts,
    build,
    choices,
    searches,
    filteredSearches,
    memory,
    ...(reopen === undefined ? {} : { reopen }),
    bytesOnDisk,
  };
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]!.replace(/^Error: /, "");
}
