// Judges the points of a conditional upsert one after another, each by what those before it will have left.

import type { UpsertCondition } from "../model/decode-change.js";
import type { DecodedPoint } from "../model/decode-points.js";
import type { PointId } from "../model/point.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";

/** What is at a place before the call: whether a point, and its metadata as JSON text. */
export interface PlacesBefore<Place> {
  readonly has: (place: Place) => boolean;
  readonly metadataOf: (place: Place) => string;
}

export class PointJudge<Place extends { readonly id: PointId }> {
  readonly #condition: UpsertCondition;
  readonly #filter: PreparedFilter | undefined;
  readonly #before: PlacesBefore<Place>;
  /** Metadata of the points that the call writes. */
  readonly #written = new Map<Place, string>();

  constructor(condition: UpsertCondition, before: PlacesBefore<Place>) {
    this.#condition = condition;
    this.#filter = typeof condition.present === "object" ? new PreparedFilter(condition.present) : undefined;
    this.#before = before;
  }

  /** Whether the point is to be written to its place; those that come later see it there. */
  takes(place: Place, { metadata }: DecodedPoint): boolean {
    const isTaken = this.#allows(place);
    if (isTaken) this.#written.set(place, metadata);
    return isTaken;
  }

  #allows(place: Place): boolean {
    const { absent, present } = this.#condition;
    const written = this.#written.get(place);
    if (written === undefined && !this.#before.has(place)) return absent === "insert";
    if (this.#filter === undefined) return present === "replace";
    return this.#filter.matches({ id: place.id, metadata: written ?? this.#before.metadataOf(place) });
  }
}
