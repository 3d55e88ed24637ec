// How to search under a filter: comparing the rows that it lets through, or walking the graph among them. Both are
// right under every filter; which is faster depends on how many rows there are, and on their share of all.
//
// Constants are fitted to WordNet 50,000 x 512, clustered 25,000 x 768 and clustered 100,000 x 128, for filters
// independent of the vectors and for those that select one part of the space, Node 20.20, Intel Xeon with AVX-512.

import type { PlanBytes, SearchPlan, WalkSettings } from "./search-plan.js";
import { distanceNs } from "./search-plan.js";

/** A way to search among the rows that a filter lets through. */
export type FilteredPlan =
  | { readonly kind: "scan" }
  | {
      readonly kind: "walk";
      readonly walk: WalkSettings;
      /** After so many distances comparing every allowed row would have been as fast: the walk is given up. */
      readonly distanceMax: number;
    };

const scanPlan: FilteredPlan = Object.freeze({ kind: "scan" });

/** What is known of the rows. */
export interface FilteredRows {
  readonly allowedRows: number;
  readonly liveRows: number;
}

/** So few allowed rows are compared: the sample that a walk begins with costs as much. */
const scanRowsMax = 512;
/** Distances that a walk of a given `ef` computes for each candidate it keeps. */
const distancesPerCandidate = 10;

/** Chooses, given the plan of the same search without a filter. */
export function planFiltered(
  unfiltered: SearchPlan,
  { allowedRows, liveRows }: FilteredRows,
  bytes: PlanBytes,
): FilteredPlan {
  // Where no walk is worth its while among all rows, none is among fewer.
  if (unfiltered.kind === "scan" || allowedRows <= scanRowsMax) return scanPlan;
  const { walk, distances = walk.ef * distancesPerCandidate } = unfiltered;
  const share = Math.min(1, allowedRows / liveRows);
  const ns = distanceNs(walk.fine ? bytes.fine : bytes.coarse);
  const scanNs = allowedRows * gatheredNs(bytes.fine);
  if (distances * ns * relativeTime(share) > scanNs) return scanPlan;
  return { kind: "walk", walk: widened(walk, share), distanceMax: Math.ceil(scanNs / ns) };
}

/** How much longer a walk takes under a filter: lists of passed rows are read too, and it looks further. */
function relativeTime(share: number): number {
  return 2.5 + 0.005 / (share * share);
}

/**
 * Neighbors of neighbors make up for those that a filter takes away, as long as there are some: of a small share a walk
 * looks further for a recall that is the same.
 */
function widened(walk: WalkSettings, share: number): WalkSettings {
  if (walk.slack < 0) return walk;
  // Half of it gave 0.96 for a domain of WordNet with 6 % of the rows, which lie together: more than for any made-up filter.
  const further = 0.0002 / (share * share);
  const ef = Math.ceil(walk.ef * (1 + further * 12));
  return { ...walk, slack: walk.slack + 0.01 + further, ef };
}

/** Nanoseconds of one distance where rows lie apart: 27 to 40, 75 and 86 in the order of the sets by bytes. */
function gatheredNs(bytes: number): number {
  return 25 + 0.08 * bytes;
}
