// Answers searches: the index ranks rows, the store turns them into hits. A search without a filter is done in one
// turn, without a promise.

import type { ResolvedGroupedSearch } from "../model/decode-grouped-search.js";
import type { ResolvedSearch } from "../model/decode-requests.js";
import type { ResolvedVectorField } from "../model/collection-config.js";
import type { ExplainedSearch, Hit, SearchGroup } from "../model/requests.js";
import type { IndexHits, SearchCourse } from "../vector/searcher.js";
import type { VectorIndex } from "../vector/vector-index.js";
import type { CollectionMonitor } from "./collection-monitor.js";
import type { AnswerViews, PointViews } from "./point-views.js";
import type { RowSet } from "../metadata/row-set.js";
import { compareScores } from "../model/score-order.js";
import { withEligibleRows, type EligibleSources, type FilterFinding } from "./eligible-rows.js";
import { searchGroups } from "./group-search.js";
import { describeCourse, explainFilter, explainSearch } from "./search-explanation.js";
import { Gathering } from "./search-gathering.js";
import { planOf, recordSearch, searchWayOf } from "./search-recording.js";
import { indexQueryOf, searchTogether, type WaitingSearch } from "./search-together.js";
import { nextTurn, sliceMs } from "./time-slices.js";

/** What searches read. */
export interface SearchParts extends EligibleSources {
  readonly monitor: CollectionMonitor;
  readonly fields: readonly ResolvedVectorField[];
  readonly indexes: readonly VectorIndex[];
  readonly views: PointViews;
}

export class Searcher {
  readonly #parts: SearchParts;
  readonly #gathering = new Gathering<WaitingSearch>((waiting) => {
    void this.#answerGathered(waiting);
  });

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** The hits: at once if there is no filter and no other search was called just before. */
  search(request: ResolvedSearch): Hit[] | Promise<Hit[]> {
    const begin = performance.now();
    if (this.#gathering.begin() || !this.#canShare(request)) return this.#answer(request, begin);
    // The caller may change its vector in the meantime.
    const own = { ...request, vector: request.vector.slice() };
    return new Promise((found, failed) => {
      this.#gathering.add({ request: own, begin, found, failed });
    });
  }

  /** The hits of many searches, with turns of the event loop between them. */
  async searchAll(requests: readonly ResolvedSearch[]): Promise<Hit[][]> {
    const begin = performance.now();
    const answer = this.#parts.views.answer();
    const all = await this.#searchShared(requests, begin, answer);
    let end = performance.now() + sliceMs;
    for (const [i, request] of requests.entries()) {
      if (all[i] !== undefined) continue;
      const hits = this.#answer(request, begin, answer);
      all[i] = hits instanceof Promise ? await hits : hits;
      if (performance.now() < end) continue;
      await nextTurn();
      this.#parts.assertOpen();
      end = performance.now() + sliceMs;
    }
    return all;
  }

  /** The hits of those searches that threads can share in, if there are several, each in the place of its request. */
  async #searchShared(
    requests: readonly ResolvedSearch[],
    begin: number,
    answer: AnswerViews,
  ): Promise<Hit[][]> {
    const all: Hit[][] = [];
    const errors: unknown[] = [];
    const waiting = requests.flatMap((request, i): WaitingSearch[] =>
      this.#canShare(request)
        ? [{ request, begin, found: (hits) => (all[i] = hits), failed: (error) => errors.push(error) }]
        : [],
    );
    const check = (): void => {
      this.#parts.assertOpen();
      if (errors.length > 0) throw errors[0];
    };
    if (waiting.length > 1) await this.#answerTogether(waiting, check, () => answer);
    if (errors.length > 0) throw errors[0];
    return all;
  }

  #answer(
    request: ResolvedSearch,
    begin: number,
    answer = this.#parts.views.answer(),
  ): Hit[] | Promise<Hit[]> {
    this.#parts.writer.assertSound();
    const { filter } = request;
    if (filter === undefined) {
      const found = this.#rank(request);
      const hits = this.#view(found, request, answer);
      this.#record(request, begin, found.course);
      return hits;
    }
    return withEligibleRows(this.#parts, filter, (rows, finding) => {
      const found = rows.count === 0 ? undefined : this.#rank(request, rows);
      const hits = found === undefined ? [] : this.#view(found, request, answer);
      this.#record(request, begin, found?.course, { rows, ...finding });
      return hits;
    });
  }

  /** `course` is of the last search of its index. */
  #record(
    request: ResolvedSearch,
    begin: number,
    course: SearchCourse | undefined,
    finding?: FilterFinding & { readonly rows: RowSet },
  ): void {
    const way = searchWayOf(request, course?.way ?? "none");
    recordSearch(this.#parts, {
      request,
      way,
      begin,
      explainPlan: () => {
        const { filter } = request;
        const isFiltered = filter !== undefined && finding !== undefined;
        const told = isFiltered ? explainFilter(this.#parts.metadata, filter, finding) : undefined;
        return planOf(told, describeCourse(course));
      },
    });
  }

  #canShare(request: ResolvedSearch): boolean {
    return (
      request.filter === undefined && this.#parts.indexes[request.fieldIndex]!.canShare(indexQueryOf(request))
    );
  }

  /** Searches that were called one by one are answered even if the collection is closed meanwhile: closing waits. */
  async #answerGathered(waiting: readonly WaitingSearch[]): Promise<void> {
    const [first] = waiting;
    try {
      if (waiting.length === 1) first!.found(await this.#answer(first!.request, first!.begin));
      else
        await this.#answerTogether(
          waiting,
          () => {},
          () => this.#parts.views.answer(),
        );
    } catch (error) {
      // Rejecting one that was told already does nothing.
      for (const { failed } of waiting) failed(error);
    }
  }

  async #answerTogether(
    waiting: readonly WaitingSearch[],
    check: () => void,
    answer: () => AnswerViews,
  ): Promise<void> {
    this.#parts.writer.assertSound();
    const { indexes } = this.#parts;
    const view = (found: IndexHits, { request, begin }: WaitingSearch): Hit[] => {
      const hits = this.#view(found, request, answer());
      this.#record(request, begin, found.course);
      return hits;
    };
    const afterTurn = (): void => {
      check();
      this.#parts.writer.assertSound();
    };
    await searchTogether({ indexes, view, afterTurn }, waiting);
  }

  /** The hits, and how they were found. */
  async explain(request: ResolvedSearch): Promise<ExplainedSearch> {
    this.#parts.writer.assertSound();
    const begin = performance.now();
    const explained = await explainSearch(this.#parts, request, {
      rank: (search, allowed) => this.#rank(search, allowed),
      view: (found, search) => this.#view(found, search, this.#parts.views.answer()),
    });
    const { filter, milliseconds: _, ...course } = explained.plan;
    const way = searchWayOf(request, course.way);
    recordSearch(this.#parts, { request, way, begin, explainPlan: () => planOf(filter, course) });
    return explained;
  }

  /** The best hits of the best groups. */
  async searchGroups(request: ResolvedGroupedSearch): Promise<SearchGroup[]> {
    const begin = performance.now();
    const groups = await searchGroups(this.#parts, request);
    const { search } = request;
    recordSearch(this.#parts, {
      request: search,
      way: "grouped",
      begin,
      explainPlan: () => undefined,
    });
    return groups;
  }

  #rank(request: ResolvedSearch, allowed?: RowSet): IndexHits {
    const index = this.#parts.indexes[request.fieldIndex]!;
    const query = indexQueryOf(request);
    return index.search(request.vector, allowed === undefined ? query : { ...query, allowed });
  }

  /** Hits for the found rows behind the offset. */
  #view({ count, rows, scores }: IndexHits, request: ResolvedSearch, answer: AnswerViews): Hit[] {
    const { fields } = this.#parts;
    const { offset, include, scoreThreshold } = request;
    const { metric } = fields[request.fieldIndex]!;
    const hits: Hit[] = [];
    for (let i = offset; i < count; i++) {
      const score = scores[i]!;
      if (scoreThreshold !== undefined && compareScores(metric, score, scoreThreshold) > 0) break;
      hits.push(answer.hit(rows[i]!, score, include));
    }
    return hits;
  }
}
