// Searches without a filter that wait together: the indexes answer them with the search threads, in slices of time with
// turns of the event loop between them.

import type { ResolvedSearch } from "../model/decode-requests.js";
import type { Hit } from "../model/requests.js";
import type { IndexHits, IndexQuery } from "../vector/searcher.js";
import type { QueuedSearch } from "../vector/parallel-search.js";
import type { VectorIndex } from "../vector/vector-index.js";
import { nextTurn, sliceMs } from "./time-slices.js";

/** A search that waits, and whom to tell. */
export interface WaitingSearch {
  readonly request: ResolvedSearch;
  /** The clock when it was called. */
  readonly begin: number;
  readonly found: (hits: Hit[]) => void;
  readonly failed: (error: unknown) => void;
}

/** What searches are answered with. */
export interface TogetherParts {
  readonly indexes: readonly VectorIndex[];
  readonly view: (found: IndexHits, search: WaitingSearch) => Hit[];
  /** Runs after each turn of the event loop, and ends the searching by throwing. */
  readonly afterTurn: () => void;
}

/** What a request asks of its index, its filter aside. */
export function indexQueryOf({ limit, offset, effort }: ResolvedSearch): IndexQuery {
  return { limit: limit + offset, effort };
}

/** Answers all; each is told alone. Rejects with what `afterTurn` throws, and then the rest is not told. */
export async function searchTogether(
  { indexes, view, afterTurn }: TogetherParts,
  waiting: readonly WaitingSearch[],
): Promise<void> {
  for (const [fieldIndex, index] of indexes.entries()) {
    const own = waiting.filter(({ request }) => request.fieldIndex === fieldIndex);
    for (let i = 0; i < own.length;) {
      const end = performance.now() + sliceMs;
      const next = (): QueuedSearch | undefined =>
        i < own.length && performance.now() < end ? queuedSearch(own[i++]!, view) : undefined;
      index.searchAll(next);
      if (i === own.length) break;
      await nextTurn();
      afterTurn();
    }
  }
}

function queuedSearch(search: WaitingSearch, view: TogetherParts["view"]): QueuedSearch {
  const { request, found, failed } = search;
  return {
    vector: request.vector,
    query: indexQueryOf(request),
    found: (hits) => found(view(hits, search)),
    failed,
  };
}
