// Searches that tell how they were done: the same steps as any search, with a look at the clock between them.

import type { ResolvedSearch } from "../model/decode-requests.js";
import type { FilterNode } from "../model/filter-tree.js";
import type { ExplainedSearch, FilterExplanation, Hit, SearchExplanation } from "../model/requests.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";
import type { RowSet } from "../metadata/row-set.js";
import type { IndexHits, SearchCourse } from "../vector/searcher.js";
import { formatMetadataPath } from "../model/metadata-path.js";
import { withEligibleRows, type EligibleSources, type FilterFinding } from "./eligible-rows.js";
import { planOf } from "./search-recording.js";

/** The steps of a search. */
export interface SearchSteps {
  readonly rank: (request: ResolvedSearch, allowed?: RowSet) => IndexHits;
  readonly view: (found: IndexHits, request: ResolvedSearch) => Hit[];
}

/** Answers a search and tells how. */
export async function explainSearch(
  sources: EligibleSources,
  request: ResolvedSearch,
  steps: SearchSteps,
): Promise<ExplainedSearch> {
  const begin = performance.now();
  const { filter } = request;
  if (filter === undefined) return explained(request, steps, { begin });
  return withEligibleRows(sources, filter, (rows, { candidates, judged }) => {
    const told = explainFilter(sources.metadata, filter, { rows, candidates, judged });
    return explained(request, steps, { begin, rows, filter: told });
  });
}

interface Found {
  readonly begin: number;
  readonly rows?: RowSet;
  readonly filter?: FilterExplanation;
}

function explained(
  request: ResolvedSearch,
  { rank, view }: SearchSteps,
  { begin, rows, filter }: Found,
): ExplainedSearch {
  const filtered = performance.now();
  const found = rows?.count === 0 ? undefined : rank(request, rows);
  const ranked = performance.now();
  const hits = found === undefined ? [] : view(found, request);
  const milliseconds = {
    filter: filter === undefined ? 0 : filtered - begin,
    index: ranked - filtered,
    hits: performance.now() - ranked,
  };
  const plan = planOf(filter, describeCourse(found?.course));
  return { hits, plan: { ...plan, milliseconds } };
}

type Course = Omit<SearchExplanation, "filter" | "milliseconds">;

const nothingDone: Course = { way: "none", distances: 0, visitedRows: 0, rescoredRows: 0 };

/** What a search in the index did; `undefined` for one that was not made, since nothing was eligible. */
export function describeCourse(course: SearchCourse | undefined): Course {
  if (course === undefined) return nothingDone;
  const { way, walk, distances, followed, rescored } = course;
  return {
    way,
    ...(walk === undefined ? {} : { walk: { ...walk } }),
    distances,
    visitedRows: followed,
    rescoredRows: rescored,
  };
}

/** How a filter was answered. */
export function explainFilter(
  metadata: MetadataIndexes,
  filter: FilterNode,
  { rows, candidates, judged }: FilterFinding & { readonly rows: RowSet },
): FilterExplanation {
  return {
    matches: rows.count,
    estimatedMatches: candidates,
    judgedPoints: judged,
    unindexed: unindexedOf(metadata, filter),
  };
}

function unindexedOf(metadata: MetadataIndexes, filter: FilterNode): string[] {
  return metadata.unansweredPaths(filter).map(formatMetadataPath);
}
