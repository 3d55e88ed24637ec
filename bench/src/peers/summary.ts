// From rounds to the figures of the table: medians, and each as a ratio to OmenDB's.

import type { SearchOutcome } from "../contender-protocol.js";
import { median, type ResidentBytes } from "../measure.js";
import type { ContenderResults, PeersResults } from "./results.js";

/** Searches with one setting: recall, and medians of the rounds. */
export interface SearchSummary {
  readonly parameter: number;
  readonly recall: number;
  readonly returned: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

/** Medians of the rounds with one setting; undefined if there was none. */
export function summariseSearches(
  rounds: readonly SearchOutcome[],
  parameter: number,
): SearchSummary | undefined {
  const own = rounds.filter((one) => one.parameter === parameter);
  if (own.length === 0) return undefined;
  const of = (figure: (one: SearchOutcome) => number): number => median(own.map(figure));
  return {
    parameter,
    recall: of(({ recall }) => recall),
    returned: of(({ returned }) => returned),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p95Ms: of(({ p95Ms }) => p95Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    perSecond: of(({ perSecond }) => perSecond),
  };
}

/** What a contender costs, for each row. */
export interface CostSummary {
  readonly acknowledgedPerSecond: number;
  readonly linkedPerSecond: number;
  /** Undefined where memory cannot be read. */
  readonly residentBytes: number | undefined;
  readonly fileBackedBytes: number | undefined;
  readonly diskBytes: number;
  readonly reopenMs: number | undefined;
}

/** Memory is what was added since before the first insert: Node and the code of the contender are left out. */
export function summariseCosts(
  { build, memory, reopen, bytesOnDisk }: ContenderResults,
  n: number,
): CostSummary {
  const { resident, atStart } = memory;
  const grown = (of: (bytes: ResidentBytes) => number): number | undefined =>
    resident === undefined || atStart === undefined ? undefined : Math.max(0, of(resident) - of(atStart)) / n;
  return {
    acknowledgedPerSecond: (n / build.acknowledgedMs) * 1000,
    linkedPerSecond: (n / build.linkedMs) * 1000,
    residentBytes: grown(({ owned }) => owned),
    fileBackedBytes: grown(({ fileBacked }) => fileBacked),
    diskBytes: bytesOnDisk / n,
    reopenMs: reopen?.openMs,
  };
}

/** Searches of every contender at a recall, in the order of the contenders. */
export function searchesAtTarget(
  { contenders }: PeersResults,
  target: number,
): (SearchSummary | { readonly bestRecall: number })[] {
  return contenders.map(({ choices, searches }) => {
    const choice = choices[target]!;
    if (choice.kind === "not reached") return { bestRecall: choice.best.recall };
    return summariseSearches(searches, choice.trial.parameter)!;
  });
}

/** A figure as a ratio to OmenDB's, as text; "–" where one of them is not there. */
export function ratioText(figure: number | undefined, omendb: number | undefined): string {
  if (figure === undefined || omendb === undefined || omendb === 0) return "–";
  const ratio = figure / omendb;
  return ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2);
}
