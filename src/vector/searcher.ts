// Searching one index: candidates from the kernel, then exact scores on the original vectors.
// Everything here is synchronous and reuses its arrays; nothing is allocated for an ordinary search.

import { OmenError } from "../base/omen-error.js";
import { candidatesMax, rescoreRowsMax } from "../kernel/kernel-settings.js";
import type { SearchEffort } from "../model/search-effort.js";
import type { IndexMemory } from "./index-memory.js";
import type { IndexMeters } from "./index-meters.js";
import { deskRowsMax } from "./search-desk.js";
import { planFiltered } from "./filtered-plan.js";
import type { RowCounts, SearchPlan, SearchPlanner, WalkSettings } from "./search-plan.js";

/** Reads exact vectors. */
export interface OriginalReader {
  /** Copies the vector of a row into `target[offset …]`; false if there is none. Throws if it is damaged. */
  read(row: number, target: Float32Array, offset: number): boolean;
  /**
   * The same without looking whether it is damaged; returns its checksum, XXH32 seeded with the row, or -1 if there is no
   * vector. Undefined where vectors have no checksums.
   */
  readonly readUnchecked: ((row: number, target: Float32Array, offset: number) => number) | undefined;
}

/** What is asked of an index. */
export interface IndexQuery {
  /** Best rows wanted: 1 to 20,000. */
  readonly limit: number;
  /** A recall to be reached, candidates kept by a walk (1 to 10,000), or a comparison of every eligible row. */
  readonly effort: SearchEffort;
  /** If given, only these rows are eligible; those that are not live are passed over. */
  readonly allowed?: AllowedRows;
}

/** The rows that a filter lets through. */
export interface AllowedRows {
  readonly count: number;
  /** One bit a row, 32 rows a word; undefined where the rows are few. */
  readonly bits: Uint32Array | undefined;
  /** The rows, ascending. */
  sorted(): Uint32Array;
}

/** Found rows, best first, with public scores. The arrays are reused by the next search of this index. */
export interface IndexHits {
  count: number;
  rows: Uint32Array;
  scores: Float64Array;
  /** How they were found. */
  readonly course: SearchCourse;
}

/** What a search did; overwritten by the next search of the index. */
export interface SearchCourse {
  /** A walk that came up short or took too long is followed by a scan. */
  way: "scan" | "walk" | "walk, then scan";
  /** There for a walk. */
  walk: WalkSettings | undefined;
  /** Distances computed from codes. */
  distances: number;
  /** Rows whose links a walk read. */
  followed: number;
  /** Exact vectors that were compared. */
  rescored: number;
}

/** The part of a search that reads nothing but the index, so that any thread can do it: finding candidates. */
export interface CandidateSearch {
  readonly limit: number;
  /** Most candidates that a walk may find. */
  readonly depth: number;
  /** Undefined for an exact scan of the rows below `rowEnd`. */
  readonly walk: WalkSettings | undefined;
  readonly rowEnd: number;
}

/** What a thread found: live rows, those of a scan ascending. */
export interface FoundCandidates {
  readonly count: number;
  readonly rows: Uint32Array;
  readonly isWalk: boolean;
  /** Distances computed from codes. */
  readonly distances: number;
}

/** Most candidates rescored for `limit` hits; the kernel leaves out those that codes rule out. */
function rescoringDepth(limit: number): number {
  return Math.min(candidatesMax, Math.max(limit * 2, limit + 40));
}
/** In a smaller index a search takes less time than handing it to a thread and back. */
const sharedRowsMin = 512;
/** Rows handed to a scan at once: their codes are still in the cache when their bounds are computed. 0.87 of the time of all at once. */
const scanStep = 512;
/** Rows up to which insertion sorts faster than anything clever. */
const insertionMax = 256;

/** What a searcher works with. */
export interface SearcherParts {
  readonly memory: IndexMemory;
  readonly planner: SearchPlanner;
  readonly originals: OriginalReader;
  readonly meters: IndexMeters;
}

/** Answers searches on one index. */
export class Searcher {
  readonly #memory: IndexMemory;
  readonly #planner: SearchPlanner;
  readonly #originals: OriginalReader;
  readonly #originalsAtHand: boolean;
  /** Euclidean distances are better when smaller. */
  readonly #smallerIsBetter: boolean;
  readonly #course: SearchCourse = { way: "scan", walk: undefined, distances: 0, followed: 0, rescored: 0 };
  readonly #hits: IndexHits = {
    count: 0,
    rows: new Uint32Array(64),
    scores: new Float64Array(64),
    course: this.#course,
  };
  readonly #counters = { searches: 0, distances: 0 };
  readonly #meters: IndexMeters;

  constructor({ memory, planner, originals, meters }: SearcherParts) {
    this.#meters = meters;
    this.#memory = memory;
    this.#planner = planner;
    this.#originals = originals;
    this.#originalsAtHand = memory.settings.originalsInMemory || memory.settings.fullPrecision;
    this.#smallerIsBetter = memory.settings.metric === "euclidean";
  }

  /** Searches answered, and the distances computed for them from codes. */
  get counters(): Readonly<{ searches: number; distances: number }> {
    return this.#counters;
  }

  /** Finds the best rows. `counts` are the index's as of now. */
  search(query: Float32Array, request: IndexQuery, counts: RowCounts): IndexHits {
    const { kernel } = this.#memory;
    kernel.resetCounters();
    const hits = this.#search(query, request, counts);
    if (this.#course.walk !== undefined) this.#course.followed = kernel.followedCount.value >>> 0;
    // The kernel's counter is a signed 32-bit integer to JavaScript.
    this.#count(kernel.distanceCount.value >>> 0);
    return hits;
  }

  #count(distances: number): void {
    this.#course.distances = distances;
    this.#counters.searches++;
    this.#counters.distances += distances;
    this.#meters.counts.distances += distances;
  }

  #search(query: Float32Array, request: IndexQuery, counts: RowCounts): IndexHits {
    const { liveRows } = counts;
    this.#begin(request.limit);
    if (liveRows === 0) return this.#hits;
    this.#memory.input.set(query);
    const { allowed } = request;
    const plan = this.#planner.plan(request, counts);
    if (allowed !== undefined) return this.#searchAllowed(request.limit, allowed, plan, liveRows);
    if (plan.kind === "scan") return this.#searchExact(request.limit);
    const { ef, slack, fine } = this.#beginWalk(plan.walk);
    const depth = rescoringDepth(request.limit);
    const candidates = Math.min(candidatesMax, ef);
    const count = this.#memory.kernel.search(candidates, request.limit, depth, slack, Number(fine));
    return this.#finishWalk(count, request.limit, liveRows);
  }

  #searchAllowed(limit: number, allowed: AllowedRows, unfiltered: SearchPlan, liveRows: number): IndexHits {
    const rows = { allowedRows: allowed.count, liveRows };
    const plan = planFiltered(unfiltered, rows, this.#planner.bytes);
    if (plan.kind === "scan") return this.#searchExact(limit, allowed.sorted());
    const { ef, slack, fine } = this.#beginWalk(plan.walk);
    this.#memory.setAllowed(allowed);
    const count = this.#memory.kernel.searchAllowed(
      Math.min(candidatesMax, ef),
      limit,
      rescoringDepth(limit),
      slack,
      Number(fine),
      plan.distanceMax,
    );
    return this.#finishWalk(count, limit, allowed.count, allowed);
  }

  #beginWalk(walk: WalkSettings): WalkSettings {
    this.#course.way = "walk";
    this.#course.walk = walk;
    return walk;
  }

  /** Rescores the first `count` host rows, which a walk found among `eligible` rows. */
  #finishWalk(count: number, limit: number, eligible: number, allowed?: AllowedRows): IndexHits {
    // Dead rows take places in the pool, and in a graph of many duplicates a walk may end early.
    if (count < Math.min(limit, eligible)) {
      this.#course.way = "walk, then scan";
      return this.#searchExact(limit, allowed?.sorted());
    }
    if (!this.#originalsAtHand) this.#sortHostRows(count);
    this.#rescore(count, limit);
    return this.#hits;
  }

  /** What another thread can do of a search in this turn, or undefined where it is little or needs the host. */
  candidateSearch(request: IndexQuery, counts: RowCounts): CandidateSearch | undefined {
    const { limit, allowed } = request;
    if (allowed !== undefined || counts.liveRows < sharedRowsMin) return undefined;
    const plan = this.#planner.plan(request, counts);
    const { rowEnd } = this.#memory;
    if (plan.kind === "scan") return { limit, depth: 0, walk: undefined, rowEnd };
    const depth = rescoringDepth(limit);
    if (depth > deskRowsMax) return undefined;
    return { limit, depth, walk: { ...plan.walk, ef: Math.min(candidatesMax, plan.walk.ef) }, rowEnd };
  }

  /** Ends a search whose candidates were found by another thread in this turn: the answer is that of `search`. */
  finish(query: Float32Array, { limit }: IndexQuery, counts: RowCounts, found: FoundCandidates): IndexHits {
    const { rows, count, isWalk, distances } = found;
    this.#begin(limit);
    this.#count(distances);
    this.#memory.input.set(query);
    if (!isWalk) {
      this.#rescoreRows(rows.subarray(0, count), limit);
      return this.#hits;
    }
    const { hostRows } = this.#memory;
    for (let i = 0; i < count; i++) hostRows[i] = rows[i]!;
    this.#course.way = "walk";
    return this.#finishWalk(count, limit, counts.liveRows);
  }

  #begin(limit: number): void {
    const hits = this.#hits;
    hits.count = 0;
    const course = this.#course;
    course.way = "scan";
    course.walk = undefined;
    course.followed = 0;
    course.rescored = 0;
    if (hits.rows.length > limit) return;
    hits.rows = new Uint32Array(limit + 1);
    hits.scores = new Float64Array(limit + 1);
  }

  #searchExact(limit: number, allowed?: Uint32Array): IndexHits {
    const { kernel, rowEnd } = this.#memory;
    kernel.beginExact(limit);
    if (allowed === undefined) kernel.exactLive(0, rowEnd);
    else this.#scanAllowed(allowed);
    const count = kernel.endExact();
    if (count >= 0) {
      this.#rescoreRows(new Uint32Array(this.#memory.memory.buffer, kernel.exactAddress(), count), limit);
    } else {
      // Too many rows are as near as the best, as far as codes tell: compare every one.
      const rows = allowed ?? Uint32Array.from({ length: rowEnd }, (_, row) => row);
      this.#rescoreRows(
        rows.filter((row) => kernel.isLive(row) !== 0),
        limit,
      );
    }
    return this.#hits;
  }

  #scanAllowed(allowed: Uint32Array): void {
    const { kernel, gather, rowEnd } = this.#memory;
    let end = allowed.length;
    while (end > 0 && allowed[end - 1]! >= rowEnd) end--;
    for (let from = 0; from < end; from += scanStep) {
      const part = allowed.subarray(from, Math.min(end, from + scanStep));
      gather.set(part);
      kernel.exactGathered(part.length);
    }
  }

  /** Rescores rows that are already ascending, in parts. */
  #rescoreRows(rows: Uint32Array, limit: number): void {
    const step = rescoreRowsMax * 16;
    for (let from = 0; from < rows.length; from += step) {
      const part = rows.subarray(from, from + step);
      this.#memory.hostRows.set(part);
      this.#rescore(part.length, limit);
    }
  }

  #sortHostRows(count: number): void {
    if (count <= insertionMax) this.#memory.kernel.sortHostRows(count);
    else this.#memory.hostRows.set(this.#memory.hostRows.slice(0, count).sort());
  }

  /** Scores the first `count` host rows on their exact vectors, and keeps the best among them and the hits so far. */
  #rescore(count: number, limit: number): void {
    const { kernel, hostRows, hostScores } = this.#memory;
    this.#course.rescored += count;
    if (this.#originalsAtHand) kernel.rescoreRows(0, count);
    else this.#rescoreFromStore(count);
    if (limit > insertionMax) {
      this.#mergeSorted(count, limit);
      return;
    }
    for (let i = 0; i < count; i++) this.#offer(hostRows[i]!, hostScores[i]!, limit);
  }

  #rescoreFromStore(count: number): void {
    for (let from = 0; from < count; from += rescoreRowsMax) {
      const size = Math.min(rescoreRowsMax, count - from);
      this.#readVectors(from, size);
      this.#memory.kernel.rescoreVectorsAt(from, size);
    }
  }

  /** Reads the vectors of host rows from `from` on; the kernel checks them, in a third of the time that the store takes. */
  #readVectors(from: number, size: number): void {
    const { kernel, hostRows, rescoreVectors, rescoreSums, originalStride } = this.#memory;
    const { readUnchecked } = this.#originals;
    if (readUnchecked === undefined) {
      for (let i = 0; i < size; i++) this.#readVector(hostRows[from + i]!, i);
      return;
    }
    for (let i = 0; i < size; i++) {
      const row = hostRows[from + i]!;
      const sum = readUnchecked(row, rescoreVectors, i * originalStride);
      if (sum < 0) throw missingVector(row);
      rescoreSums[i] = sum;
    }
    const damaged = kernel.firstDamaged(from, size);
    // The store, which looks at each again, says which is damaged and how.
    for (let i = damaged; i < size; i++) this.#readVector(hostRows[from + i]!, i);
  }

  #readVector(row: number, place: number): void {
    const { rescoreVectors, originalStride } = this.#memory;
    if (!this.#originals.read(row, rescoreVectors, place * originalStride)) throw missingVector(row);
  }

  /** Equal scores are in the order of their rows. */
  #isBetter(score: number, row: number, than: number, thanRow: number): boolean {
    if (score === than) return row < thanRow;
    return this.#smallerIsBetter ? score < than : score > than;
  }

  #offer(row: number, score: number, limit: number): void {
    const hits = this.#hits;
    const { rows, scores } = hits;
    let i = hits.count;
    if (i === limit) {
      if (!this.#isBetter(score, row, scores[i - 1]!, rows[i - 1]!)) return;
      i--;
    } else {
      hits.count++;
    }
    for (; i > 0 && this.#isBetter(score, row, scores[i - 1]!, rows[i - 1]!); i--) {
      scores[i] = scores[i - 1]!;
      rows[i] = rows[i - 1]!;
    }
    scores[i] = score;
    rows[i] = row;
  }

  /** For large limits: sorts the hits so far and the host rows together. */
  #mergeSorted(count: number, limit: number): void {
    const { hostRows, hostScores } = this.#memory;
    const hits = this.#hits;
    const all: { row: number; score: number }[] = [];
    for (let i = 0; i < hits.count; i++) all.push({ row: hits.rows[i]!, score: hits.scores[i]! });
    for (let i = 0; i < count; i++) all.push({ row: hostRows[i]!, score: hostScores[i]! });
    all.sort((a, b) => (this.#isBetter(a.score, a.row, b.score, b.row) ? -1 : 1));
    hits.count = Math.min(limit, all.length);
    for (let i = 0; i < hits.count; i++) {
      hits.rows[i] = all[i]!.row;
      hits.scores[i] = all[i]!.score;
    }
  }
}

function missingVector(row: number): OmenError {
  const text = `The store has no vector for row ${row}, which the index holds. Reopen the database to rebuild the index.`;
  return new OmenError("corrupt", "vector_missing_in_store", text);
}
