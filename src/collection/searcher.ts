// Answers searches: the index ranks rows, the store turns them into hits. A search without a filter is done in one
// turn, without a promise.

import type { ResolvedSearch } from "../model/decode-requests.js";
import type { ResolvedVectorField } from "../model/collection-config.js";
import type { Hit } from "../model/requests.js";
import type { IndexHits, VectorIndex } from "../vector/vector-index.js";
import type { MissingOriginals } from "./missing-originals.js";
import type { PointViews } from "./point-views.js";
import { OmenError } from "../base/omen-error.js";
import { withEligibleRows, type EligibleSources } from "./eligible-rows.js";
import { nextTurn, sliceMs } from "./time-slices.js";

/** What searches read. */
export interface SearchParts extends EligibleSources {
  readonly fields: readonly ResolvedVectorField[];
  readonly indexes: readonly VectorIndex[];
  readonly views: PointViews;
  readonly missing: MissingOriginals;
}

export class Searcher {
  readonly #parts: SearchParts;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** The hits, at once if there is no filter. */
  search(request: ResolvedSearch): Hit[] | Promise<Hit[]> {
    const { writer } = this.#parts;
    if (writer.failure !== undefined) throw writer.failure;
    const { filter } = request;
    if (filter !== undefined) {
      return withEligibleRows(this.#parts, filter, (rows) => (rows.length === 0 ? [] : this.#find(request, rows)));
    }
    for (;;) {
      const hits = this.#find(request, undefined);
      if (hits !== undefined) return hits;
    }
  }

  /** The hits of many searches, with turns of the event loop between them. */
  async searchAll(requests: readonly ResolvedSearch[]): Promise<Hit[][]> {
    const all: Hit[][] = [];
    let end = performance.now() + sliceMs;
    for (const request of requests) {
      const hits = this.search(request);
      all.push(hits instanceof Promise ? await hits : hits);
      if (performance.now() < end) continue;
      await nextTurn();
      this.#parts.assertOpen();
      end = performance.now() + sliceMs;
    }
    return all;
  }

  /** Searches once; `undefined` if a commit showed in the store meanwhile and the answer is out of date. */
  #find(request: ResolvedSearch, allowed: Uint32Array | undefined): Hit[] | undefined {
    const { indexes, missing } = this.#parts;
    const { limit, offset, ef, exact, vector, fieldIndex } = request;
    missing.isMissing = false;
    const query = { limit: limit + offset, ef, exact };
    const found = indexes[fieldIndex]!.search(vector, allowed === undefined ? query : { ...query, allowed });
    const hits = missing.isMissing ? undefined : this.#view(found, request);
    if (hits !== undefined) return hits;
    if (this.#parts.writer.publishIfVisible()) return undefined;
    const message = "A row of the index has no point in the store; close and reopen the database to rebuild the index.";
    throw new OmenError("corrupt", "row_missing", message);
  }

  /** Hits for the found rows behind the offset; `undefined` if the store lacks one of them. */
  #view({ count, rows, scores }: IndexHits, request: ResolvedSearch): Hit[] | undefined {
    const { views, fields } = this.#parts;
    const { offset, include, scoreThreshold } = request;
    const isSmallerBetter = fields[request.fieldIndex]!.metric === "euclidean";
    const hits: Hit[] = [];
    for (let i = offset; i < count; i++) {
      const score = scores[i]!;
      if (scoreThreshold !== undefined && (isSmallerBetter ? score > scoreThreshold : score < scoreThreshold)) break;
      const hit = views.hit(rows[i]!, score, include);
      if (hit === undefined) return undefined;
      hits.push(hit);
    }
    return hits;
  }
}
