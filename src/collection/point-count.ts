// Answers `count`: exactly, or by what the index over metadata tells without any point being read.

import type { ResolvedCount } from "../model/decode-counting.js";
import { withEligibleRows, type EligibleSources } from "./eligible-rows.js";
import { candidatesOf } from "./indexed-sources.js";

/** Counts points. An approximate count is never too low. */
export function countPoints(
  sources: EligibleSources,
  { filter, accuracy }: ResolvedCount,
): number | Promise<number> {
  const { store } = sources;
  if (filter === undefined) return store.state.pointCount;
  if (accuracy === "exact") return withEligibleRows(sources, filter, (rows) => rows.count);
  return candidatesOf(sources, filter)?.rows.count ?? store.state.pointCount;
}
