// What callers ask of a collection, and what they get back, as plain data.

import type { Filter } from "./filter.js";
import type { Metadata, Point, PointId, VectorInput } from "./point.js";

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

/** A page of points in the order of their ids: integers ascending, then strings by their UTF-8 bytes. */
export interface ListRequest {
  readonly filter?: Filter;
  /** Points a page: 1 to 10,000. Default 100. */
  readonly limit?: number;
  /** The page starts behind this id, whether or not the point still exists. */
  readonly after?: PointId;
  /** Default `["metadata"]`. */
  readonly include?: Include;
}

/** A page of points. `next` is there while more may follow: pass it as `after`. */
export interface ListResult {
  readonly points: Point[];
  readonly next?: PointId;
}

/** Which points an update speaks of. */
export type PointSelector = readonly PointId[] | { readonly filter: Filter };

/**
 * How metadata changes: `set` replaces all of it; or `merge` writes the given top-level keys over the old ones and
 * `unset` removes top-level keys (`merge` is applied first).
 */
export type MetadataChange =
  { readonly set: Metadata } | { readonly merge?: Metadata; readonly unset?: readonly string[] };

/** What an upsert did: points that were new, and points that took the place of one with the same id. */
export interface UpsertResult {
  readonly inserted: number;
  readonly replaced: number;
}
