// Answers searches whose hits come in groups. The nearest points are asked for first; where they do not fill the groups,
// those points that may still belong to one are searched exactly, in rounds with turns of the event loop between them, until
// nothing is missing. Rows that writes touch in between are judged and searched again, so that the answer is of one moment.

import type { Metric } from "../model/collection-config.js";
import { compareScores } from "../model/score-order.js";
import type { FilterScalar } from "../model/filter.js";
import type { FilterNode } from "../model/filter-tree.js";
import type { ResolvedGroupedSearch } from "../model/decode-grouped-search.js";
import type { SearchGroup } from "../model/requests.js";
import type { SearchEffort } from "../model/search-effort.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";
import { compileScalarReader, type ScalarReader } from "../metadata/path-scalars.js";
import { compareScalars } from "../model/scalar-order.js";
import { subtract, unite } from "../metadata/row-algebra.js";
import { RowSet } from "../metadata/row-set.js";
import { withEligibleRows } from "./eligible-rows.js";
import { groupsOf, isComplete, type Groups, type SeenRow } from "./group-filling.js";
import { rowsThatMayHelp } from "./group-rows.js";
import { rowMissing } from "./point-views.js";
import type { SearchParts } from "./searcher.js";
import { nextTurn, sliceMs } from "./time-slices.js";

const firstHitsMin = 64;
/** More hits than these are not looked at in one turn. */
const hitsMax = 10_000;
const growth = 8;
/** Rounds that walk the graph for all groups before points are searched exactly. */
const walksMax = 2;
/** After so many turns nothing is passed over any more: writes that change groups again and again must not hold up the end. */
const choosyTurnsMax = 32;

/** Finds the best points of each of the best groups. */
export async function searchGroups(
  parts: SearchParts,
  request: ResolvedGroupedSearch,
): Promise<SearchGroup[]> {
  const touched = parts.writer.watch();
  try {
    return await new GroupSearch(parts, request, touched).run();
  } finally {
    parts.writer.unwatch(touched);
  }
}

class GroupSearch {
  readonly #parts: SearchParts;
  readonly #request: ResolvedGroupedSearch;
  readonly #read: ScalarReader;
  readonly #eligible: FilterNode;
  readonly #judge: PreparedFilter;
  /** Rows that writes have touched; the first `#settledCount` of them are taken into account. */
  readonly #touched: readonly number[];
  #settledCount = 0;
  #limit: number;
  #turnCount = 0;
  /** Hits, best first. */
  #seen: SeenRow[] = [];
  /** Eligible rows that are not seen yet. */
  #open = new RowSet();
  /** Those of them that a write has brought: they may be better than what was seen. */
  #fresh = new RowSet();

  constructor(parts: SearchParts, request: ResolvedGroupedSearch, touched: readonly number[]) {
    this.#parts = parts;
    this.#request = request;
    this.#touched = touched;
    this.#read = compileScalarReader(request.path);
    const exists: FilterNode = { kind: "field", path: request.path, test: { kind: "exists" } };
    const { filter } = request.search;
    this.#eligible = filter === undefined ? exists : { kind: "and", parts: [filter, exists] };
    this.#judge = new PreparedFilter(this.#eligible);
    this.#limit = Math.min(hitsMax, Math.max(firstHitsMin, 2 * request.groups * request.perGroup));
  }

  async run(): Promise<SearchGroup[]> {
    this.#parts.writer.assertSound();
    const { filter, effort } = this.#request.search;
    const walked = filter === undefined ? await this.#walk() : undefined;
    if (walked !== undefined) return walked;
    let groups = await withEligibleRows(this.#parts, this.#eligible, (rows) => {
      this.#parts.writer.assertSound();
      this.#seen = [];
      this.#open = RowSet.fromSorted(rows.sorted().slice());
      this.#settledCount = this.#touched.length;
      return this.#rounds(filter === undefined ? { kind: "exact" } : effort);
    });
    while (groups === undefined) {
      await this.#turn();
      this.#settle();
      groups = this.#rounds({ kind: "exact" });
    }
    return groups;
  }

  /** Groups from the nearest of all points; `undefined` if these do not fill them. Each walk stands for itself. */
  async #walk(): Promise<SearchGroup[] | undefined> {
    for (let i = 0; i < walksMax; i++) {
      const { seen, isAll } = this.#search(this.#request.search.effort);
      const groups = groupsOf(seen, this.#request);
      if (isAll || isComplete(groups, this.#request)) return this.#view(groups);
      this.#grow();
      await this.#turn();
    }
    return undefined;
  }

  /** As many rounds as a slice of time has room for. */
  #rounds(effort: SearchEffort): SearchGroup[] | undefined {
    const end = performance.now() + sliceMs;
    let groups = this.#round(effort);
    while (groups === undefined && performance.now() < end) groups = this.#round({ kind: "exact" });
    return groups;
  }

  /** Looks for what is missing; the groups if nothing is missing then. */
  #round(effort: SearchEffort): SearchGroup[] | undefined {
    const helping = this.#helping();
    const { seen, isAll } = this.#search(effort, helping);
    // What is not seen of them has no vector here, or is worse than the threshold.
    const done = isAll ? helping : RowSet.fromRows(seen.map(({ row }) => row));
    this.#open = subtract(this.#open, done);
    this.#fresh = subtract(this.#fresh, done);
    this.#seen = this.#seen.concat(seen).sort((a, b) => this.#compare(a, b));
    this.#grow();
    return this.#helping().count === 0 ? this.#view(groupsOf(this.#seen, this.#request)) : undefined;
  }

  #helping(): RowSet {
    const groups = groupsOf(this.#seen, this.#request);
    if (this.#turnCount > choosyTurnsMax && !isComplete(groups, this.#request)) return this.#open;
    return unite([this.#fresh, rowsThatMayHelp(this.#parts, this.#request, { groups, open: this.#open })]);
  }

  #grow(): void {
    this.#limit = Math.min(hitsMax, this.#limit * growth);
  }

  async #turn(): Promise<void> {
    this.#turnCount++;
    await nextTurn();
    this.#parts.assertOpen();
    this.#parts.writer.assertSound();
  }

  /** Takes back what is known of touched rows; those that are eligible now are searched in the next round. */
  #settle(): void {
    const touched = new Set(this.#touched.slice(this.#settledCount));
    this.#settledCount = this.#touched.length;
    if (touched.size === 0) return;
    const rows = [...touched];
    this.#seen = this.#seen.filter(({ row }) => !touched.has(row));
    const fresh = RowSet.fromRows(
      rows.filter((row) => {
        const point = this.#parts.store.readPoint(row);
        return point !== undefined && this.#judge.matches(point);
      }),
    );
    const all = RowSet.fromRows(rows);
    this.#open = unite([subtract(this.#open, all), fresh]);
    this.#fresh = unite([subtract(this.#fresh, all), fresh]);
  }

  /** The best rows, all of them if `isAll`. */
  #search(effort: SearchEffort, allowed?: RowSet): { readonly seen: SeenRow[]; readonly isAll: boolean } {
    const { fieldIndex, vector, scoreThreshold } = this.#request.search;
    const query = { limit: this.#limit, effort };
    const index = this.#parts.indexes[fieldIndex]!;
    if (allowed?.count === 0) return { seen: [], isAll: true };
    const { count, rows, scores } = index.search(
      vector,
      allowed === undefined ? query : { ...query, allowed },
    );
    const seen: SeenRow[] = [];
    for (let i = 0; i < count; i++) {
      const found = { row: rows[i]!, score: scores[i]! };
      if (scoreThreshold !== undefined && compareScores(this.#metric, found.score, scoreThreshold) > 0)
        return { seen, isAll: true };
      const point = this.#parts.store.readPoint(found.row);
      if (point === undefined) throw rowMissing();
      seen.push({ ...found, values: this.#read(point.metadata).sort(compareScalars) });
    }
    return { seen, isAll: count < this.#limit };
  }

  #compare(a: SeenRow, b: SeenRow): number {
    return compareScores(this.#metric, a.score, b.score) || a.row - b.row;
  }

  get #metric(): Metric {
    return this.#parts.fields[this.#request.search.fieldIndex]!.metric;
  }

  #view(groups: Groups): SearchGroup[] {
    const answer = this.#parts.views.answer();
    return Array.from(groups, ([value, rows]: readonly [FilterScalar, readonly SeenRow[]]) => ({
      value,
      hits: rows.map(({ row, score }) => answer.hit(row, score, this.#request.search.include)),
    }));
  }
}
