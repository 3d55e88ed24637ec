// Summarises the runs of a data set: medians over repetitions, the cheapest setting that reaches a recall, how memory
// grows, and what a reader must be warned of.

import { memoryFileSystem } from "../conditions.js";
import type { SearchFigures } from "../contender-protocol.js";
import { fitLine, type LinearFit } from "../linear-fit.js";
import { median } from "../measure.js";
import type { ScaleResults, ScaleRun, ScaleSet } from "./results.js";

/** Recall at 10 that searches are compared at. */
export const recallTargets = [0.95, 0.99] as const;
/** More than this share of the machine used by others makes times doubtful. */
const othersMax = 0.1;

/** One size: medians over its repetitions. */
export interface SizeSummary {
  readonly n: number;
  readonly acknowledgedPerSecond: number;
  readonly linkedPerSecond: number;
  /** Medians of each setting, ascending. */
  readonly curve: readonly SearchFigures[];
  readonly atDefault: SearchFigures | undefined;
  /** The smallest setting that reaches each of recallTargets; undefined where none does. */
  readonly atTargets: readonly (SearchFigures | undefined)[];
  /** How searches are done by default, of each repetition; none where it is not told. */
  readonly plans: readonly string[];
  readonly linkedRows: number;
  readonly reachableRows: number;
  /** Bytes of memory by component, as the contender tells. */
  readonly components: Readonly<Record<string, number>>;
  /** RssAnon + RssShmem without the data set, whole process; NaN where it is not known. */
  readonly residentBytes: number;
  /** The same before the first insert. */
  readonly residentAtStart: number;
  /** RssFile: pages of files, which the system takes back when it needs to. */
  readonly fileBackedBytes: number;
  readonly bytesOnDisk: number;
  readonly closeMs: number;
  readonly reopenMs: number;
  /** The largest share of the machine that others used during a repetition; undefined where it is not known. */
  readonly others: number | undefined;
}

/** One data set. */
export interface SetSummary {
  readonly set: ScaleSet;
  readonly sizes: readonly SizeSummary[];
  /** Resident bytes over n; undefined of a single size. */
  readonly residentFit: LinearFit | undefined;
  readonly diskFit: LinearFit | undefined;
}

/** Summarises one data set. */
export function summarise(set: ScaleSet): SetSummary {
  const all = [...new Set(set.runs.map(({ n }) => n))].sort((a, b) => a - b);
  const sizes = all.map((n) =>
    summariseSize(
      n,
      set.runs.filter((run) => run.n === n),
      set.contender.parameterDefault,
    ),
  );
  const known = sizes.filter(({ residentBytes }) => Number.isFinite(residentBytes));
  return {
    set,
    sizes,
    residentFit: fitLine(known.map(({ n, residentBytes }) => ({ x: n, y: residentBytes }))),
    diskFit: fitLine(sizes.map(({ n, bytesOnDisk }) => ({ x: n, y: bytesOnDisk }))),
  };
}

function summariseSize(n: number, runs: readonly ScaleRun[], parameterDefault: number): SizeSummary {
  const of = (pick: (run: ScaleRun) => number): number => median(runs.map(pick));
  const curve = medianCurve(runs);
  const atTargets = recallTargets.map((target) => curve.find(({ recall }) => recall >= target));
  const others = runs.map((run) => run.others).filter((share) => share !== undefined);
  return {
    n,
    acknowledgedPerSecond: of(({ build }) => (n / build.acknowledgedMs) * 1000),
    linkedPerSecond: of(({ build }) => (n / build.linkedMs) * 1000),
    curve,
    atDefault: curve.find(({ parameter }) => parameter === parameterDefault),
    atTargets,
    plans: [...new Set(runs.flatMap(({ details }) => details.plan ?? []))],
    linkedRows: of(({ details }) => details.linkedRows),
    // The worst of the repetitions: one row that cannot be found must not hide behind a median.
    reachableRows: Math.min(...runs.map(({ details }) => details.linkedRows - details.unreachableRows)),
    components: medianComponents(runs),
    residentBytes: of(({ memory }) => (memory.resident?.owned ?? Number.NaN) - memory.dataSetBytes),
    residentAtStart: of(({ memory }) => (memory.atStart?.owned ?? Number.NaN) - memory.dataSetBytes),
    fileBackedBytes: of(({ memory }) => memory.resident?.fileBacked ?? Number.NaN),
    bytesOnDisk: of(({ bytesOnDisk }) => bytesOnDisk),
    closeMs: of(({ reopen }) => reopen.closeMs),
    reopenMs: of(({ reopen }) => reopen.openMs),
    others: others.length === 0 ? undefined : Math.max(...others),
  };
}

/** Every setting that all repetitions searched with. */
function medianCurve(runs: readonly ScaleRun[]): SearchFigures[] {
  const [first] = runs;
  return first!.searches.flatMap(({ parameter }) => {
    const same = runs.map(({ searches }) => searches.find((one) => one.parameter === parameter));
    const all = same.filter((one) => one !== undefined);
    if (all.length < runs.length) return [];
    const of = (pick: (figures: SearchFigures) => number): number => median(all.map(pick));
    return {
      parameter,
      recall: of(({ recall }) => recall),
      p50Ms: of(({ p50Ms }) => p50Ms),
      p95Ms: of(({ p95Ms }) => p95Ms),
      p99Ms: of(({ p99Ms }) => p99Ms),
      perSecond: of(({ perSecond }) => perSecond),
      distances: all.some(({ distances }) => distances === undefined)
        ? undefined
        : of(({ distances }) => distances!),
    };
  });
}

function medianComponents(runs: readonly ScaleRun[]): Record<string, number> {
  const names = Object.keys(runs[0]!.details.bytes);
  return Object.fromEntries(
    names.map((name) => [name, median(runs.map(({ details }) => details.bytes[name] ?? 0))]),
  );
}

/** What is doubtful about the results, one sentence each. */
export function warningsOf(results: ScaleResults, summaries: readonly SetSummary[]): string[] {
  const warnings: string[] = [];
  if (results.conditions.fileSystem === memoryFileSystem) {
    warnings.push("The databases were on a file system in memory: what was acknowledged was not on a disk.");
  }
  return [...warnings, ...summaries.flatMap(setWarnings)];
}

function setWarnings({ set, sizes }: SetSummary): string[] {
  const { parameter, parameterDefault } = set.contender;
  // Who is asked for a recall must keep it; of another setting the least is expected.
  const aim = parameter === "recall" ? parameterDefault : recallTargets[0];
  return sizes.flatMap((size) => {
    const where = `${set.name}, ${size.n.toLocaleString("en")} × ${set.dimension}`;
    const warnings: string[] = [];
    for (const [i, target] of recallTargets.entries()) {
      if (size.atTargets[i] !== undefined) continue;
      const last = size.curve.at(-1)!;
      warnings.push(
        `${where}: recall ${target} is not reached; asked for ${parameter} ${last.parameter} it is ${last.recall.toFixed(3)}.`,
      );
    }
    const { atDefault } = size;
    if (atDefault !== undefined && atDefault.recall < aim) {
      warnings.push(
        `${where}: the default, ${parameter} ${atDefault.parameter}, gives a recall of ${atDefault.recall.toFixed(4)}, below ${aim}.`,
      );
    }
    if (size.others !== undefined && size.others > othersMax) {
      warnings.push(
        `${where}: others used up to ${(size.others * 100).toFixed(0)} % of the machine; times are doubtful.`,
      );
    }
    const lost = size.linkedRows - size.reachableRows;
    if (lost > 0) warnings.push(`${where}: ${lost} linked rows cannot be reached by any search.`);
    return warnings;
  });
}
