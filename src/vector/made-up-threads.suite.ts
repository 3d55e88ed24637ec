// Threads that tests make up: they act on a desk in the moments in which the host calls something, and leave undone
// what they are told to leave. Searches here look for nothing: the first component of a vector is the row it finds.

import assert from "node:assert/strict";
import type { QueuedSearch, SharedSearcher } from "./parallel-search.js";
import { searchInParallel } from "./parallel-search.js";
import { deskWord, type SearchDesk } from "./search-desk.js";
import type { IndexHits } from "./searcher.js";

/** What becomes of one search. */
export interface Fate {
  /** The host does all of it. */
  readonly isForHost: boolean;
  /** The thread leaves it to the host after all. */
  readonly isGivenBack: boolean;
  readonly fails: boolean;
}

/** What threads do in one moment: take a slot, hand over the first of those taken, or nothing. */
export type Step = "take" | "tell" | "rest";

/** The number of the index on the desk. */
const indexNumber = 5;

/** Takes and tells as the steps say, over a view of its own of the host's desk. */
export class MadeUpThreads {
  /** Those of the searches under way. What was taken before them is told too late. */
  fates: readonly Fate[] = [];
  readonly #desk: SearchDesk;
  readonly #steps: readonly Step[];
  readonly #taken: number[] = [];
  #moment = 0;

  constructor(desk: SearchDesk, steps: readonly Step[]) {
    this.#desk = desk;
    this.#steps = steps;
  }

  act(): void {
    const step = this.#steps[this.#moment++];
    if (step === "take") {
      const slot = this.#desk.claim(1);
      if (slot >= 0) this.#taken.push(slot);
    } else if (step === "tell") {
      const slot = this.#taken.shift();
      if (slot !== undefined) this.#tell(slot);
    }
  }

  #tell(slot: number): void {
    const { words, query, rows } = this.#desk.slots[slot]!;
    assert.equal(words[deskWord.index], indexNumber);
    const row = query[0]!;
    words[deskWord.count] = this.fates[row]?.isGivenBack === true ? -1 : 1;
    rows[0] = row;
    this.#desk.tell(slot);
  }
}

function searcherOf(fates: readonly Fate[], act: () => void): SharedSearcher {
  const hits = (row: number): IndexHits => {
    act();
    if (fates[row]!.fails) throw new Error(`${row} fails`);
    const course = { way: "scan", walk: undefined, distances: 0, followed: 0, rescored: 1 } as const;
    return { count: 1, rows: Uint32Array.of(row), scores: Float64Array.of(0), course };
  };
  return {
    candidateSearch: ({ limit }) => {
      act();
      return fates[limit]!.isForHost ? undefined : { limit, depth: 1, walk: undefined, rowEnd: 1 };
    },
    search: (vector) => hits(vector[0]!),
    finish: (vector, _, { count, rows }) => {
      assert.deepEqual([count, rows[0]], [1, vector[0]]);
      return hits(vector[0]!);
    },
  };
}

/** Searches as often as there are fates, and returns what each search was told. `act` runs in every moment. */
export function searchForAll(desk: SearchDesk, fates: readonly Fate[], act: () => void): string[][] {
  const told = fates.map((): string[] => []);
  let row = -1;
  const next = (): QueuedSearch | undefined => {
    act();
    if (++row >= fates.length) return undefined;
    const own = told[row]!;
    return {
      vector: Float32Array.of(row),
      query: { limit: row, effort: { kind: "exact" } },
      found: ({ rows }) => own.push(`${[...rows].join(" ")} found`),
      failed: (error) => own.push(error instanceof Error ? error.message : "?"),
    };
  };
  searchInParallel({ desk, index: indexNumber, searcher: searcherOf(fates, act), next });
  return told;
}
