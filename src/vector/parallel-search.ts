// Searches that wait together, answered by the host and the search threads side by side, within one turn of the event
// loop: it begins with searches that nobody works on and ends with all of them answered. So every search sees the rows
// of this turn, and nothing can be written, dropped or closed while a thread has part of one.
//
// The host lays queries on the desk, rescores what threads found, and searches itself while they have found nothing.
// It never sleeps: a thread that does not come back, because it waits for a processor or has died, costs one search
// done twice.

import { deskWord, type DeskSlot, type SearchDesk } from "./search-desk.js";
import type { CandidateSearch, FoundCandidates, IndexHits, IndexQuery } from "./searcher.js";

/** A search that waits. */
export interface QueuedSearch {
  readonly vector: Float32Array;
  readonly query: IndexQuery;
  /** Called with the hits, whose arrays are reused afterwards. What it throws goes to `failed`. */
  readonly found: (hits: IndexHits) => void;
  readonly failed: (error: unknown) => void;
}

/** Gives the next search to begin, or undefined if none is left, or none shall begin in this turn. */
export type NextSearch = () => QueuedSearch | undefined;

/** What an index does of searches that are shared with threads. */
export interface SharedSearcher {
  /** What a thread can do of a search, or undefined where the host does all of it. */
  candidateSearch(query: IndexQuery): CandidateSearch | undefined;
  search(vector: Float32Array, query: IndexQuery): IndexHits;
  /** Ends a search whose candidates a thread found. */
  finish(vector: Float32Array, query: IndexQuery, found: FoundCandidates): IndexHits;
}

/**
 * The host looks for a thread's answer at least so long before it searches itself, and as long as its longest search of
 * this run took: then waiting costs at most as much as it could have saved.
 */
const patienceMsMin = 0.05;

/** What a run works with. */
export interface ParallelParts {
  readonly desk: SearchDesk;
  /** The number of the index on the desk. */
  readonly index: number;
  readonly searcher: SharedSearcher;
  readonly next: NextSearch;
}

/** Answers searches of one index until `next` gives none and all that were begun are answered. */
export function searchInParallel(parts: ParallelParts): void {
  new ParallelRun(parts).run();
}

class ParallelRun {
  readonly #parts: ParallelParts;
  /** Searches by the slot in which they lie. A thread may still be at work in a slot that has none: see `#await`. */
  readonly #laid: (QueuedSearch | undefined)[];
  #laidCount = 0;
  #longestMs = 0;

  constructor(parts: ParallelParts) {
    this.#parts = parts;
    this.#laid = parts.desk.slots.map(() => undefined);
  }

  run(): void {
    const { desk } = this.#parts;
    try {
      do {
        this.#lay();
      } while (this.#finish(desk.foundSlot()) || this.#searchLaid(desk.takeBack()) || this.#await());
    } finally {
      // What an assertion left behind must not meet the next run.
      while (desk.takeBack() >= 0);
    }
  }

  /** Fills the free slots. */
  #lay(): void {
    const { desk, next, searcher } = this.#parts;
    let added = 0;
    for (let slot = desk.freeSlot(); slot >= 0; slot = desk.freeSlot()) {
      const search = next();
      if (search === undefined) break;
      const part = searcher.candidateSearch(search.query);
      if (part === undefined) {
        this.#search(search);
        continue;
      }
      this.#write(desk.slots[slot]!, search.vector, part);
      this.#laid[slot] = search;
      this.#laidCount++;
      added++;
      desk.queue(slot);
    }
    if (added > 0) desk.ring();
  }

  #write({ words, floats, query }: DeskSlot, vector: Float32Array, part: CandidateSearch): void {
    const { limit, depth, rowEnd, walk } = part;
    words[deskWord.index] = this.#parts.index;
    words[deskWord.limit] = limit;
    words[deskWord.depth] = depth;
    words[deskWord.rowEnd] = rowEnd;
    words[deskWord.walks] = walk === undefined ? 0 : 1;
    if (walk !== undefined) {
      words[deskWord.ef] = walk.ef;
      words[deskWord.fine] = Number(walk.fine);
      floats[deskWord.slack] = walk.slack;
    }
    query.set(vector);
  }

  /** Ends the search in a slot in which a thread found rows; false without a slot. */
  #finish(slot: number): boolean {
    if (slot < 0) return false;
    const { desk, searcher } = this.#parts;
    const search = this.#take(slot);
    if (search !== undefined) {
      const { words, rows } = desk.slots[slot]!;
      const count = words[deskWord.count]!;
      const distances = words[deskWord.distances]! >>> 0;
      const isWalk = words[deskWord.walks] === 1;
      if (count < 0) this.#search(search);
      else
        answer(search, () =>
          searcher.finish(search.vector, search.query, { count, rows, isWalk, distances }),
        );
    }
    desk.release(slot);
    return true;
  }

  /** Searches here for what lies in a slot; false without a slot. */
  #searchLaid(slot: number): boolean {
    const search = slot < 0 ? undefined : this.#take(slot);
    if (search !== undefined) this.#search(search);
    return slot >= 0;
  }

  /**
   * Looks for a thread's answer for a while, then searches for what a thread was to find; false if all is answered. The slot
   * stays the thread's until it has found something after all.
   */
  #await(): boolean {
    if (this.#laidCount === 0) return false;
    const { desk } = this.#parts;
    const end = performance.now() + Math.max(patienceMsMin, this.#longestMs);
    while (performance.now() < end) if (desk.foundSlot() >= 0) return true;
    return this.#searchLaid(this.#laid.findIndex((search) => search !== undefined));
  }

  #take(slot: number): QueuedSearch | undefined {
    const search = this.#laid[slot];
    if (search === undefined) return undefined;
    this.#laid[slot] = undefined;
    this.#laidCount--;
    return search;
  }

  #search(search: QueuedSearch): void {
    const begin = performance.now();
    answer(search, () => this.#parts.searcher.search(search.vector, search.query));
    this.#longestMs = Math.max(this.#longestMs, performance.now() - begin);
  }
}

/** One search that fails takes no other with it. */
export function answer({ found, failed }: QueuedSearch, find: () => IndexHits): void {
  try {
    found(find());
  } catch (error) {
    failed(error);
  }
}
