// What a run of the crash test did, in numbers: a run in which the kills struck nothing must be seen from it.

import type { Ending, Phase } from "./crash-process.js";

/** What a run did. */
export interface CrashReport {
  /** Cycles by what the child was doing when it ended. */
  readonly phases: Readonly<Record<Phase, number>>;
  readonly ackedCount: number;
  /** Operations in flight at a kill that the database had made durable, and those of which nothing was left. */
  readonly survivedCount: number;
  readonly vanishedCount: number;
  /** Cycles in which operations were in flight at the kill. */
  readonly inFlightCycles: number;
  readonly comparedPointCount: number;
  /** Kills by what they struck: a system call, or work that one in five was aimed at. */
  readonly struck: Readonly<Record<string, number>>;
}

export const emptyReport: CrashReport = {
  phases: { starting: 0, opening: 0, opened: 0, closing: 0, closed: 0 },
  ackedCount: 0,
  survivedCount: 0,
  vanishedCount: 0,
  inFlightCycles: 0,
  comparedPointCount: 0,
  struck: {},
};

export function sumOfReports(a: CrashReport, b: CrashReport): CrashReport {
  return {
    phases: {
      starting: a.phases.starting + b.phases.starting,
      opening: a.phases.opening + b.phases.opening,
      opened: a.phases.opened + b.phases.opened,
      closing: a.phases.closing + b.phases.closing,
      closed: a.phases.closed + b.phases.closed,
    },
    ackedCount: a.ackedCount + b.ackedCount,
    survivedCount: a.survivedCount + b.survivedCount,
    vanishedCount: a.vanishedCount + b.vanishedCount,
    inFlightCycles: a.inFlightCycles + b.inFlightCycles,
    comparedPointCount: a.comparedPointCount + b.comparedPointCount,
    struck: sumOfCounts(a.struck, b.struck),
  };
}

type Counts = Readonly<Record<string, number>>;

/** Adds up counts by name. */
export function sumOfCounts(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** What one end of a child struck. A cycle whose call did not come counts as that, whatever ended it. */
export function struckBy(ending: Ending, asked: { readonly call: boolean; readonly drop: boolean }): Counts {
  const { phase, struck, isConsolidating } = ending;
  const call = struck?.slice(0, struck.indexOf("("));
  return {
    [call !== undefined ? `at ${call}` : asked.call ? "call not reached" : "at a moment"]: 1,
    ...(phase === "opening" ? { "during recovery": 1 } : {}),
    ...(struck?.includes(".omen") === true ? { "during a checkpoint": 1 } : {}),
    ...(isConsolidating ? { "during consolidation": 1 } : {}),
    ...(asked.drop ? { "during a drop": 1 } : {}),
  };
}
