// Counts a search by the way it was done, with the time it took, and tells of it if it was slow. On the path of every
// search: two looks at the clock and a few additions, and nothing is made unless the search was slow.

import type { ResolvedSearch } from "../model/decode-requests.js";
import type { ResolvedVectorField } from "../model/collection-config.js";
import type { SlowQueryEvent } from "../model/database-events.js";
import type { FilterExplanation, SearchExplanation } from "../model/requests.js";
import type { SearchWay } from "../model/metrics.js";
import type { CollectionMonitor } from "./collection-monitor.js";

/** What searches are recorded with. */
export interface RecordingParts {
  readonly monitor: CollectionMonitor;
  readonly fields: readonly ResolvedVectorField[];
}

/** The way by which a search is counted. */
export function searchWayOf({ effort, filter }: ResolvedSearch, way: SearchExplanation["way"]): SearchWay {
  if (effort.kind === "exact") return "exact";
  switch (way) {
    case "none":
      return "none";
    case "walk, then scan":
      return "walkThenScan";
    case "walk":
      return filter === undefined ? "walk" : "filteredWalk";
    case "scan":
      return filter === undefined ? "scan" : "filteredScan";
    default:
      return way satisfies never;
  }
}

/** A search that has found its hits. `explainPlan` is called in this turn, if at all. */
export interface FoundSearch {
  readonly request: ResolvedSearch;
  readonly way: SearchWay;
  /** The clock when it was called. */
  readonly begin: number;
  readonly explainPlan: () => SlowQueryEvent["plan"];
}

/** Records a search. */
export function recordSearch(
  { monitor, fields }: RecordingParts,
  { request, way, begin, explainPlan }: FoundSearch,
): void {
  const durationMs = performance.now() - begin;
  monitor.meters.searches[way].record(durationMs);
  if (durationMs < monitor.slowQueryMs) return;
  monitor.slowQuery(() => {
    const plan = explainPlan();
    const { limit, offset, filter, fieldIndex } = request;
    const field = fields[fieldIndex]!.name;
    const hasFilter = filter !== undefined;
    return { field, durationMs, limit, offset, hasFilter, ...(plan === undefined ? {} : { plan }) };
  });
}

/** The plan of a search: how its filter was answered, if it has one, and the rest. */
export function planOf(
  filter: FilterExplanation | undefined,
  course: Omit<SearchExplanation, "filter" | "milliseconds">,
): Omit<SearchExplanation, "milliseconds"> {
  return { ...(filter === undefined ? {} : { filter }), ...course };
}
