// Answers searches: the index ranks rows, the store turns them into hits. A search without a filter is done in one
// turn, without a promise.

import type { ResolvedSearch } from "../model/decode-requests.js";
import type { ResolvedVectorField } from "../model/collection-config.js";
import type { Hit } from "../model/requests.js";
import type { IndexHits } from "../vector/searcher.js";
import type { VectorIndex } from "../vector/vector-index.js";
import type { PointViews } from "./point-views.js";
import { OmenError } from "../base/omen-error.js";
import { withEligibleRows, type EligibleSources } from "./eligible-rows.js";
import { nextTurn, sliceMs } from "./time-slices.js";

/** What searches read. */
export interface SearchParts extends EligibleSources {
  readonly fields: readonly ResolvedVectorField[];
  readonly indexes: readonly VectorIndex[];
  readonly views: PointViews;
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
    if (filter === undefined) return this.#find(request);
    return withEligibleRows(this.#parts, filter, (rows) =>
      rows.length === 0 ? [] : this.#find(request, rows),
    );
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

  #find(request: ResolvedSearch, allowed?: Uint32Array): Hit[] {
    const { limit, offset, effort, vector, fieldIndex } = request;
    const query = { limit: limit + offset, effort };
    const index = this.#parts.indexes[fieldIndex]!;
    return this.#view(index.search(vector, allowed === undefined ? query : { ...query, allowed }), request);
  }

  /** Hits for the found rows behind the offset. */
  #view({ count, rows, scores }: IndexHits, request: ResolvedSearch): Hit[] {
    const { views, fields } = this.#parts;
    const { offset, include, scoreThreshold } = request;
    const isSmallerBetter = fields[request.fieldIndex]!.metric === "euclidean";
    const hits: Hit[] = [];
    for (let i = offset; i < count; i++) {
      const score = scores[i]!;
      if (scoreThreshold !== undefined && (isSmallerBetter ? score > scoreThreshold : score < scoreThreshold))
        break;
      const hit = views.hit(rows[i]!, score, include);
      if (hit === undefined) throw rowMissing();
      hits.push(hit);
    }
    return hits;
  }
}

/** Store and indexes change in one moment, so this is damage: of the store's pages, or of a checkpoint. */
function rowMissing(): OmenError {
  const message =
    "A row of the index has no point in the store; close the database, remove the index-*.omen files and open it.";
  return new OmenError("corrupt", "row_missing", message);
}
