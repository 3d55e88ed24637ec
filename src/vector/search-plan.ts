// How a target recall becomes a way of searching: walks of growing slack were tried on the collection's own rows, and
// the cheapest that finds enough is taken, or a scan where none does or where it costs no more.

import type { SearchEffort } from "../model/search-effort.js";

/** Settings of a walk; see walk() in kernels/assembly/walk.ts. */
export interface WalkSettings {
  /** Most candidates kept. */
  readonly ef: number;
  /** How much further than the last wanted row the walk still looks; negative: as far as `ef` candidates reach. */
  readonly slack: number;
  /** Goes by all bits of codes. */
  readonly fine: boolean;
}

/** A walk, and the distances it was found to compute where it was tried; or a comparison of every row. */
export type SearchPlan =
  | { readonly kind: "walk"; readonly walk: WalkSettings; readonly distances?: number }
  | { readonly kind: "scan" };

const scanPlan: SearchPlan = Object.freeze({ kind: "scan" });

/** What trials of one setting found. */
export interface TrialOutcome {
  /** Share of the wanted rows that was found. */
  readonly recall: number;
  /** Distances computed by one walk. */
  readonly distances: number;
}

/** Trials of every setting in `trialWalks`, in its order. */
export interface Calibration {
  /** Linked rows at the time. */
  readonly linkedRows: number;
  readonly outcomes: readonly TrialOutcome[];
}

/** Rows wanted in a trial; plans for other limits keep as many more candidates as there are more wanted. */
export const trialLimit = 10;

/**
 * Candidates are capped so that hard queries, which are those that reach the cap, do not take much longer than others. On
 * WordNet 50,000 × 512, at a recall of 0.99, a cap of 64 computes 656 distances in the middle and 1,356 at the 99th
 * percentile, one of 96 623 and 1,633, and one of 56 774 and 1,248. At 0.995 a cap of 96 has 839 and 1,827, one of 128
 * 748 and 2,136. Where hard queries are few, as in the other sets, no cap is reached at 0.99.
 */
const steps = [
  { slack: 0.02, ef: 32 },
  { slack: 0.04, ef: 48 },
  { slack: 0.06, ef: 64 },
  { slack: 0.08, ef: 104 },
  { slack: 0.11, ef: 160 },
  { slack: 0.15, ef: 224 },
  { slack: 0.22, ef: 352 },
  { slack: 0.32, ef: 512 },
] as const;

/** The settings tried: coarse ones from narrow to wide, then fine ones. */
export const trialWalks: readonly WalkSettings[] = [false, true].flatMap((fine) =>
  steps.map((step) => ({ ...step, fine })),
);

/** Used until there is a calibration, where scanning takes too long: recall 0.99 and more on the sets below. */
const untriedWalk: WalkSettings = { slack: 0.11, ef: 192, fine: false };
/** Without a calibration, a scan of so many nanoseconds is preferred to a walk of unknown recall. */
const untriedScanNsMax = 2_000_000;

/** Bytes of a row's codes: those that a coarse walk reads, and all. */
export interface PlanBytes {
  readonly coarse: number;
  readonly fine: number;
}

/** What plans are made from. */
export interface PlanInput {
  readonly recall: number;
  readonly limit: number;
  readonly liveRows: number;
  /** See PlanBytes. */
  readonly coarseBytes: number;
  readonly fineBytes: number;
  readonly calibration: Calibration | undefined;
}

/** Chooses how to search for `limit` rows with at least the target recall. */
export function planSearch(input: PlanInput): SearchPlan {
  const { calibration } = input;
  const scan = scanNs(input);
  if (calibration === undefined) {
    return scan <= untriedScanNsMax ? scanPlan : widened({ walk: untriedWalk }, input.limit);
  }
  let best: (TriedWalk & { readonly ns: number }) | undefined;
  for (const fine of [false, true]) {
    const found = narrowestWalk(calibration, fine, input.recall);
    if (found === undefined) continue;
    const ns = found.distances * distanceNs(fine ? input.fineBytes : input.coarseBytes);
    if (best === undefined || ns < best.ns) best = { ...found, ns };
  }
  return best === undefined || best.ns > scan ? scanPlan : widened(best, input.limit);
}

interface TriedWalk {
  readonly walk: WalkSettings;
  readonly distances: number;
}

/** The narrowest walk of a precision that reaches the target; between two that were tried it is interpolated. */
function narrowestWalk({ outcomes }: Calibration, fine: boolean, recall: number): TriedWalk | undefined {
  const first = fine ? steps.length : 0;
  for (let i = 0; i < steps.length; i++) {
    const outcome = outcomes[first + i]!;
    if (outcome.recall < recall) continue;
    const before = outcomes[first + i - 1];
    const step = steps[i]!;
    if (i === 0 || before === undefined) return { walk: { ...step, fine }, distances: outcome.distances };
    const share = (recall - before.recall) / (outcome.recall - before.recall);
    const narrower = steps[i - 1]!;
    const slack = between(narrower.slack, step.slack, share);
    const ef = Math.ceil(between(narrower.ef, step.ef, share));
    return {
      walk: { slack, ef, fine },
      distances: between(before.distances, outcome.distances, share),
    };
  }
  return undefined;
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** A walk for another limit than was tried keeps candidates in proportion. */
function widened(
  { walk, distances }: Partial<TriedWalk> & { readonly walk: WalkSettings },
  limit: number,
): SearchPlan {
  const times = Math.max(limit, trialLimit) / trialLimit;
  const wide = { ...walk, ef: Math.ceil(walk.ef * times) };
  return distances === undefined
    ? { kind: "walk", walk: wide }
    : { kind: "walk", walk: wide, distances: distances * times };
}

/**
 * Nanoseconds of one distance of a walk, misses included. Fitted to WordNet 50,000 × 512, Fashion-MNIST 60,000 × 784 and
 * clustered 25,000 × 768, coarse and fine, Node 20.20, Intel Xeon with AVX-512: 62 and 105, 108 and 180, 74 and 124.
 */
export function distanceNs(bytes: number): number {
  return 25 + 0.15 * bytes;
}

/** Nanoseconds of an exact scan. The same sets and machine: 31, 50 and 48 ns a row. */
function scanNs({ liveRows, fineBytes }: PlanInput): number {
  return liveRows * (5 + 0.055 * fineBytes);
}

/** What is planned. */
export interface PlannedQuery {
  readonly effort: SearchEffort;
  /** Best rows wanted. */
  readonly limit: number;
}

/** How many rows an index has. */
export interface RowCounts {
  readonly liveRows: number;
  /** In the graph, dead ones included. */
  readonly linkedRows: number;
}

/** Below so many live rows a scan is as fast as a walk, and exact. */
const scanRowsMax = 512;
/** A walk of a given `ef` keeps at least so many candidates for each row wanted. */
const candidatesPerHit = 1.5;

/** Plans for one index; the last one is kept, since most searches ask for the same. */
export class SearchPlanner {
  readonly #calibrator: { readonly calibration: Calibration | undefined };
  readonly bytes: PlanBytes;
  #input: PlanInput | undefined;
  #plan = scanPlan;

  constructor(calibrator: { readonly calibration: Calibration | undefined }, bytes: PlanBytes) {
    this.#calibrator = calibrator;
    this.bytes = bytes;
  }

  /** The plan for a search; made anew only where something it depends on has changed. */
  plan({ effort, limit }: PlannedQuery, { liveRows, linkedRows }: RowCounts): SearchPlan {
    if (effort.kind === "exact" || linkedRows === 0 || liveRows <= scanRowsMax) return scanPlan;
    if (effort.kind === "ef") {
      const ef = Math.max(effort.ef, Math.ceil(limit * candidatesPerHit));
      return { kind: "walk", walk: { ef, slack: -1, fine: false } };
    }
    return this.#planFor(effort.recall, limit, liveRows);
  }

  #planFor(recall: number, limit: number, liveRows: number): SearchPlan {
    const { calibration } = this.#calibrator;
    const last = this.#input;
    const isSame =
      last?.recall === recall &&
      last.limit === limit &&
      last.calibration === calibration &&
      last.liveRows === liveRows;
    if (isSame) return this.#plan;
    const { coarse: coarseBytes, fine: fineBytes } = this.bytes;
    this.#input = { recall, limit, liveRows, coarseBytes, fineBytes, calibration };
    this.#plan = planSearch(this.#input);
    return this.#plan;
  }
}
