// Answers `count`: exactly, or by what the index over metadata tells without any point being read.

import type { ResolvedCount } from "../model/decode-counting.js";
import { withEligibleRows, type EligibleSources } from "./eligible-rows.js";
import { findCandidates } from "./matching-points.js";

/** Counts points. An approximate count is never too low. */
export function countPoints(
  sources: EligibleSources,
  { filter, accuracy }: ResolvedCount,
): number | Promise<number> {
  const { store, metadata, writer } = sources;
  if (filter === undefined) return store.state.pointCount;
  if (accuracy === "exact") return withEligibleRows(sources, filter, (rows) => rows.count);
  // Where an index could not take a write, only the store is right.
  const candidates = writer.failure === undefined ? findCandidates(store, metadata, filter) : undefined;
  return candidates?.rows.count ?? store.state.pointCount;
}
