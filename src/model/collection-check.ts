// What `verify` tells of a collection.

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

/** What `verify` found, by part. */
export interface CollectionCheck {
  readonly metadata: MetadataCheck;
}
