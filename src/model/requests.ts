// What callers ask of a collection, and what they get back, as plain data.

import type { Filter, FilterScalar } from "./filter.js";
import type { Metadata, Point, PointId, PointInput, VectorInput } from "./point.js";

/** Which paths of the metadata come back: those named, or all but those named. */
export type MetadataSelector = { readonly keep: readonly string[] } | { readonly drop: readonly string[] };

/** Which parts of a point come back beside its id: a list of parts, or an object that selects within them. */
export type Include =
  | readonly ("metadata" | "vector")[]
  | { readonly metadata?: boolean | MetadataSelector; readonly vector?: boolean };

/** A search for the nearest points. */
export interface SearchRequest {
  readonly vector: VectorInput;
  /** The vector field searched; required where fields are named and there is more than one. */
  readonly using?: string;
  /** Hits wanted: 1 to 10,000. Default 10. */
  readonly limit?: number;
  /** Best hits left out before the first one returned: 0 to 10,000. Default 0. */
  readonly offset?: number;
  readonly filter?: Filter;
  /**
   * Share of the nearest points that searches should find on average: 0.5 to 0.999, default 0.99. What it takes is
   * tried on the collection's own points as it grows; where no walk of the graph finds so many, all are compared.
   * `stats()` shows what was chosen.
   */
  readonly recall?: number;
  /** Instead of `recall`: candidates kept while the graph is walked, 1 to 10,000. More is slower and finds more. */
  readonly ef?: number;
  /** Instead of both: compares every eligible point. Default false. */
  readonly exact?: boolean;
  /** Default `["metadata"]`. */
  readonly include?: Include;
  /** Leaves out hits that score worse: below it for cosine and dot, above it for euclidean. */
  readonly scoreThreshold?: number;
}

/** A search that also tells how it was done. Not in a batch, and not with `groupBy`. */
export interface ExplainedSearchRequest extends SearchRequest {
  readonly explain: true;
}

/** Hits, and how they were found. */
export interface ExplainedSearch {
  readonly hits: Hit[];
  readonly plan: SearchExplanation;
}

/** How a search was done. */
export interface SearchExplanation {
  /** There if the search has a filter. */
  readonly filter?: FilterExplanation;
  /**
   * `"none"` where no point is eligible; `"scan"` compares every eligible point; `"walk"` goes through the graph. A walk that finds
   * fewer points than there are, or takes longer than a scan would have, is followed by one.
   */
  readonly way: "none" | "scan" | "walk" | "walk, then scan";
  /** The settings of the walk, as in `stats()`; there if there was one. */
  readonly walk?: { readonly ef: number; readonly slack: number; readonly fine: boolean };
  /** Distances computed from codes. */
  readonly distances: number;
  /** Rows whose links the walk read; 0 for a scan. */
  readonly visitedRows: number;
  /** Exact vectors that were compared. */
  readonly rescoredRows: number;
  /** Milliseconds of each stage: finding eligible points, searching the index, and reading the hits. */
  readonly milliseconds: { readonly filter: number; readonly index: number; readonly hits: number };
}

/** How a filter was answered. */
export interface FilterExplanation {
  /** Points that match. */
  readonly matches: number;
  /** Points that the index over metadata could not rule out: how many were expected to match before any was read. */
  readonly estimatedMatches: number;
  /** Points whose metadata was read to judge them; 0 where the index told all. */
  readonly judgedPoints: number;
  /** Paths of the filter that no index knows, or none that is filled yet. */
  readonly unindexed: readonly string[];
}

/** One found point. */
export interface Hit extends Point {
  /** Cosine similarity, inner product, or euclidean distance, computed on the exact vectors. */
  readonly score: number;
}

/** Options of `get`. */
export interface GetOptions {
  /** Default `["metadata", "vector"]`. */
  readonly include?: Include;
}

/** How found points are put into groups by a path of their metadata. */
export interface GroupBy {
  /** The path: points without a scalar there are in no group, one with an array is in the group of each element. */
  readonly field: string;
  /** Groups wanted: 1 to 1,000. Default 10. */
  readonly groups?: number;
  /** Hits a group: 1 to 1,000, and at most 10,000 in all groups. Default 3. */
  readonly perGroup?: number;
}

/** A search whose hits come in groups. `groupBy` says how many there are, in the place of `limit` and `offset`. */
export interface GroupedSearchRequest extends Omit<SearchRequest, "limit" | "offset"> {
  readonly groupBy: GroupBy;
}

/** The best hits among the points that share a value. */
export interface SearchGroup {
  readonly value: FilterScalar;
  /** Best first. */
  readonly hits: Hit[];
}

/** A page of points in the order of their ids: integers ascending, then strings by their UTF-8 bytes. */
export interface ListRequest {
  readonly filter?: Filter;
  /** Points a page: 1 to 10,000. Default 100. */
  readonly limit?: number;
  /** The page starts behind this id, whether or not the point still exists. */
  readonly after?: PointId;
  /** Instead of `after`: the page starts at this id, or at the next one where there is no such point. */
  readonly from?: PointId;
  /** Default `["metadata"]`. */
  readonly include?: Include;
}

/** A page of points. `next` is there while more may follow: pass it as `after`. */
export interface ListResult {
  readonly points: Point[];
  readonly next?: PointId;
}

/**
 * An order by a path of the metadata: null, then false, true, numbers, texts by code points (so ISO dates of one offset by
 * time). A point stands once, by its least value there if ascending and by its greatest if descending; where these are
 * equal, ids ascend. Points without a scalar there are left out.
 */
export interface OrderBy {
  readonly field: string;
  /** Default `"asc"`. */
  readonly direction?: "asc" | "desc";
}

/** A page of points in the order of their metadata. */
export interface OrderedListRequest extends Omit<ListRequest, "after" | "from"> {
  readonly orderBy: OrderBy;
  /** The page starts behind the one that gave this as its `next`. */
  readonly after?: ListCursor;
}

/**
 * A place in an order, as plain JSON: the value and the id behind which a page starts, whether or not the point still
 * exists. To be passed back with the same `orderBy`, not to be looked into.
 */
export interface ListCursor {
  readonly field: string;
  readonly direction: "asc" | "desc";
  readonly value: FilterScalar;
  /** The id as text: integers by their digits, strings as JSON. */
  readonly id: string;
}

/**
 * A page in the order of metadata. `next` is there while more may follow: pass it as `after`. While points are written, a
 * page may hold fewer than `limit`.
 */
export interface OrderedListResult {
  readonly points: Point[];
  readonly next?: ListCursor;
}

/** Which values a path of the metadata has, and how often. */
export interface FacetsRequest {
  readonly field: string;
  readonly filter?: Filter;
  /** Most frequent values wanted: 1 to 10,000. Default 10. */
  readonly limit?: number;
}

/** A scalar, and how many points have it. */
export interface Facet {
  readonly value: FilterScalar;
  readonly count: number;
}

/** Facets, most frequent first; those that are equally frequent in the order of their values. */
export interface FacetsResult {
  readonly facets: Facet[];
  /** Whether every count is that of one moment: always true in this version. */
  readonly isExact: boolean;
}

/** Which points are counted, and how. */
export interface CountRequest {
  readonly filter?: Filter;
  /**
   * If true, no metadata is read: the count is that of the index over metadata where it tells, and otherwise of the
   * points that it cannot rule out, which are never too few. Default false.
   */
  readonly approximate?: boolean;
}

/** New vectors for a point that stays as it is otherwise: the unnamed one, or some of the named ones. */
export type VectorUpdate = Pick<PointInput, "id" | "vector" | "vectors">;

/** Which points an update speaks of. */
export type PointSelector = readonly PointId[] | { readonly filter: Filter };

/**
 * How metadata changes: `set` replaces all of it; or `merge` writes the given keys over the old ones and `unset` removes
 * what paths lead to (`merge` is applied first).
 */
export type MetadataChange = { readonly set: Metadata } | MetadataMerge;

/** A change of parts of the metadata. */
export interface MetadataMerge {
  /**
   * The path of the object that `merge` and `unset` begin in; default is the metadata itself. Where it meets an array, each
   * object of the array is changed. `merge` makes the objects on the way where there is none.
   */
  readonly at?: string;
  readonly merge?: Metadata;
  /** Paths as in filters: `author.name` is the key `name` of the object `author`, `author\\.name` one key with a dot. */
  readonly unset?: readonly string[];
}

/**
 * On which condition a point is written, judged in the moment of the write. `ifAbsent` excludes the others; `ifPresent` and
 * `where` together write points that are there and match.
 */
export interface UpsertOptions {
  /** Writes points that are not there yet, and leaves the others as they are. */
  readonly ifAbsent?: boolean;
  /** Replaces points that are there, and leaves the others out. */
  readonly ifPresent?: boolean;
  /** Replaces a point that is there only if, as it is stored, it matches. Points that are not there are written. */
  readonly where?: Filter;
}

/** What an upsert did: points that were new, and points that took the place of one with the same id. */
export interface UpsertResult {
  readonly inserted: number;
  readonly replaced: number;
}

/** What an upsert with a condition did. */
export interface ConditionalUpsertResult extends UpsertResult {
  /** The ids of the points that were not written, in the order of the call. */
  readonly skipped: PointId[];
}
