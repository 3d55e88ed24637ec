// What a database says about itself.

import type { ResolvedVectorField } from "./collection-config.js";
import type { DurabilityMode } from "./durability.js";

/** State of the index of one vector field. Rows are slots of the index; each live row is one point's vector. */
export interface VectorIndexStats {
  readonly field: string;
  readonly dimension: number;
  readonly metric: ResolvedVectorField["metric"];
  /** Rows that searches can find. */
  readonly liveRows: number;
  /** Live rows in the graph. */
  readonly linkedRows: number;
  /** Live rows not yet in the graph, found by scanning. */
  readonly tailRows: number;
  /** Rows of deleted points that the graph still passes through, until consolidation frees them. */
  readonly deadRows: number;
  /** Live linked rows that a walk from the entry row does not reach: 0, or the index is at fault. */
  readonly unreachableRows: number;
  /**
   * How a search for ten points at the default recall is done as of now: by comparing all, or by a walk that keeps at
   * most `ef` candidates and looks 1 + `slack` times as far as the tenth best, going by all 8 bits of codes if it is
   * `fine`. `calibratedRows` is how many rows there were when walks were last tried; 0 if they never were.
   */
  readonly plan:
    | { readonly kind: "scan"; readonly calibratedRows: number }
    | {
        readonly kind: "walk";
        readonly calibratedRows: number;
        readonly ef: number;
        readonly slack: number;
        readonly fine: boolean;
      };
  /** Searches answered since the collection was opened. */
  readonly searches: number;
  /** Distances to rows that these searches computed from codes; exact scores of the best candidates come on top. */
  readonly distances: number;
  /** Bytes by component; the sum is what the index holds. */
  readonly bytes: {
    readonly codes: number;
    readonly links: number;
    readonly originals: number;
    readonly bitSets: number;
    readonly scratch: number;
  };
  /** Which build of the kernels runs. */
  readonly kernel: "baseline" | "relaxed";
}

/** State of the index of one field of the metadata. */
export interface FieldIndexStats {
  /** In the form that filters have it in. */
  readonly path: string;
  /** Points with anything there, null and objects included. */
  readonly rows: number;
  /** Distinct scalars. */
  readonly values: number;
  /** Distinct words; 0 where they are not held. */
  readonly words: number;
  /** Bytes of memory, about. */
  readonly bytes: number;
}

/** State of the index over metadata. */
export interface MetadataIndexStats {
  /** Whether filters use it: after a collection is opened it is filled in the background first. */
  readonly isFilled: boolean;
  /** Points in it. */
  readonly rows: number;
  /** Whether every field that any point had is in it. */
  readonly hasAllFields: boolean;
  readonly fields: readonly FieldIndexStats[];
  /** Points in the index that is being filled, this one or the one that takes its place; absent where none is. */
  readonly filledRows?: number;
}

/** State of one collection. */
export interface CollectionStats {
  readonly name: string;
  readonly points: number;
  /** Number of the last operation applied. */
  readonly sequence: number;
  readonly indexes: readonly VectorIndexStats[];
  readonly metadata: MetadataIndexStats;
  readonly store: {
    /** Bytes of the file on disk; 0 in memory. */
    readonly fileBytes: number;
    /** Rows below the greatest one ever used that hold no point: free, or held by an index until consolidation. */
    readonly freeRows: number;
  };
}

/** State of the whole database. */
export interface DatabaseStats {
  readonly path: string;
  /** What an acknowledged write means; `"none"` in memory. */
  readonly durability: DurabilityMode | "none";
  readonly collections: readonly CollectionStats[];
  /** Linking threads running now. */
  readonly linkingThreads: number;
  /** Search threads running now. */
  readonly searchThreads: number;
}
