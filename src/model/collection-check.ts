// What `verify` tells of a collection: plain data, which JSON holds. docs/reference/verify.md explains it.

import type { CheckProblem } from "./check-problem.js";

/** A path at which the index over metadata differs from the points. */
export interface MetadataProblem {
  /** In the form that filters have it in. */
  readonly path: string;
  /** Points of which the index does not say, or not only, what they have here. */
  readonly wrongRows: number;
  /** Rows that the index has here, or under a value, a word or a place, although no point has it. */
  readonly strayRows: number;
}

/** How the index over metadata compares with the points. */
export interface MetadataCheck {
  /** False while the index is being filled, or is out of use because it could not take a write: then nothing was compared. */
  readonly isChecked: boolean;
  readonly checkedPoints: number;
  /** Points that the index does not know. */
  readonly missingPoints: number;
  /** Rows that the index takes for points and that are none. */
  readonly strayPoints: number;
  /** None if all is well. */
  readonly problems: readonly MetadataProblem[];
}

/** What was read of the durable points. */
export interface StoreCheck {
  /** False where not every table could be read to its end. */
  readonly isChecked: boolean;
  /** True if another process read the file, so that damage that ends a process could do no harm here. */
  readonly inOtherProcess: boolean;
  /** Number of the last operation in what was read. */
  readonly sequence: number;
  readonly points: number;
  /** Records read, by table. */
  readonly records: { readonly [table: string]: number };
}

/** A checkpoint file: how an index looked some time ago, so that it need not be made anew at opening. */
export interface CheckpointCheck {
  readonly file: string;
  readonly field: string;
  /** `none` and `other settings`, as of another version, are no problems: the index is made from the points then. */
  readonly state: "whole" | "none" | "damaged" | "other settings" | "ahead";
  readonly bytes: number;
  /** The operation that it stands for; `null` where that is not known. */
  readonly sequence: number | null;
}

/** How the index of a vector field compares with the points. */
export interface VectorIndexCheck {
  readonly field: string;
  /** Rows whose presence and codes were compared with the stored vector. */
  readonly checkedRows: number;
  /** Rows whose links were followed. */
  readonly linkedRows: number;
  /** Live linked rows to which no way leads. */
  readonly unreachableRows: number;
  /** The share of the nearest points that searches found, of a sample; `null` if there is nothing to search. */
  readonly recall: RecallSample | null;
}

/** Searches at the default recall for points' own vectors, against exact ones. */
export interface RecallSample {
  readonly recall: number;
  readonly queries: number;
  readonly limit: number;
  readonly seed: number;
  /** Searches of the sample that compared every point anyway. */
  readonly scans: number;
}

/** What `verify` found, by part. */
export interface CollectionCheck {
  readonly name: string;
  /** True if every part was looked at and nothing is wrong. */
  readonly isSound: boolean;
  /** Every problem of every part. */
  readonly problems: readonly CheckProblem[];
  /** Parts that could not be looked at, each with the reason. */
  readonly unchecked: readonly string[];
  readonly store: StoreCheck;
  readonly checkpoints: readonly CheckpointCheck[];
  readonly indexes: readonly VectorIndexCheck[];
  readonly metadata: MetadataCheck;
}
