// The calls that share one transaction, applied one after another to what they will have done together. Each sees
// what those before it did. Nothing here touches the store or an index: the result is a plan.

import type { DecodedPoint } from "../model/decode-points.js";
import type { DecodedVectorUpdate } from "../model/decode-vector-update.js";
import type { PointId } from "../model/point.js";
import type { FilterNode } from "../model/filter-tree.js";
import type { ResolvedChange, UpsertCondition } from "../model/decode-change.js";
import type { ResolvedSelector } from "../model/decode-requests.js";
import type { ConditionalUpsertResult, UpsertResult } from "../model/requests.js";
import type { PointStore, StoreChange } from "../store/point-store.js";
import { pointsBetweenPauses } from "../model/limits.js";
import { assert } from "../base/assert.js";
import { PreparedFilter } from "../metadata/prepared-filter.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";
import { matchingPoints, type MatchingPoint } from "./matching-points.js";
import { changedMetadata } from "./metadata-change.js";
import { PointJudge } from "./point-judge.js";
import type { RowAllocator } from "./row-allocator.js";

/** What becomes of one id. */
interface PendingPoint {
  readonly id: PointId;
  /** The row in the store before this group; -1 if there was none. */
  readonly storedRow: number;
  /** The row after this group; -1 if the point is gone. Differs from `storedRow` exactly if vectors are written. */
  row: number;
  /** JSON text; `undefined` while it is as stored. */
  metadata: string | undefined;
  /** `undefined` while they are as stored. */
  vectors: DecodedPoint["vectors"] | undefined;
  /** The last call that counted this id, so that a call counts it once. */
  countedBy: number;
}

/** A row to be written into the indexes. */
export interface RowWrite {
  readonly row: number;
  readonly vectors: DecodedPoint["vectors"];
}

/** What a group does: the batch for the store, and the rows that come and go. */
export interface WritePlan {
  readonly changes: readonly StoreChange[];
  readonly written: readonly RowWrite[];
  readonly removedRows: readonly number[];
  /** Rows that stay and get other metadata. */
  readonly changedRows: readonly number[];
}

/** What a group is an overlay over, and where its rows come from. */
export interface GroupParts {
  readonly store: PointStore;
  readonly metadata: MetadataIndexes;
  readonly rows: RowAllocator;
  /** Components of the vectors, in the order of the fields. */
  readonly dimensions: readonly number[];
}

/**
 * The overlay of one group over the store. Every method looks up first, where the store may throw, and changes only
 * then: a call that fails leaves nothing behind. Methods pause often (see time-slices.ts); the store must not change
 * until the group is committed or given up.
 */
export class WriteGroup {
  readonly #store: PointStore;
  readonly #metadata: MetadataIndexes;
  readonly #rows: RowAllocator;
  readonly #dimensions: readonly number[];
  readonly #pending = new Map<PointId, PendingPoint>();
  #callCount = 0;

  constructor({ store, metadata, rows, dimensions }: GroupParts) {
    this.#store = store;
    this.#metadata = metadata;
    this.#rows = rows;
    this.#dimensions = dimensions;
  }

  /** Writes points. There must be room for as many rows. */
  *upsert(points: readonly DecodedPoint[]): Generator<void, UpsertResult> {
    const call = ++this.#callCount;
    const found = yield* this.#lookUp(points.map((point) => point.id));
    let inserted = 0;
    let replaced = 0;
    for (let i = 0; i < points.length; i++) {
      const pending = found[i]!;
      if (pending.countedBy !== call) {
        if (pending.row < 0) inserted++;
        else replaced++;
        pending.countedBy = call;
      }
      this.#put(pending, points[i]!);
      if (i % pointsBetweenPauses === 0) yield;
    }
    return { inserted, replaced };
  }

  /** Writes those of the points that meet the condition. There must be room for as many rows. */
  *upsertIf(
    points: readonly DecodedPoint[],
    condition: UpsertCondition,
  ): Generator<void, ConditionalUpsertResult> {
    const found = yield* this.#lookUp(points.map((point) => point.id));
    // All are judged before any is written, because a call that fails must leave nothing behind.
    const judge = new PointJudge<PendingPoint>(condition, {
      has: (pending) => pending.row >= 0,
      metadataOf: (pending) => this.#metadataOf(pending),
    });
    const written: DecodedPoint[] = [];
    const skipped: PointId[] = [];
    for (let i = 0; i < points.length; i++) {
      if (judge.takes(found[i]!, points[i]!)) written.push(points[i]!);
      else skipped.push(points[i]!.id);
      if (i % pointsBetweenPauses === 0) yield;
    }
    return { ...(yield* this.upsert(written)), skipped };
  }

  #put(pending: PendingPoint, point: DecodedPoint): void {
    if (pending.vectors === undefined) pending.row = this.#rows.take();
    pending.vectors = point.vectors;
    pending.metadata = point.metadata;
  }

  /** Removes the selected points; returns how many there were. */
  *remove(selector: ResolvedSelector): Generator<void, number> {
    const found = yield* this.#select(selector);
    for (const pending of found) {
      // A row that this group took has never been written.
      if (pending.vectors !== undefined) this.#rows.free(pending.row);
      pending.row = -1;
      pending.vectors = undefined;
      pending.metadata = undefined;
    }
    return found.length;
  }

  /** Changes metadata of the selected points; returns how many there were. */
  *changeMetadata(selector: ResolvedSelector, change: ResolvedChange): Generator<void, number> {
    const found = yield* this.#select(selector);
    const texts: string[] = [];
    for (const pending of found) {
      texts.push(changedMetadata(this.#metadataOf(pending), change));
      if (texts.length % pointsBetweenPauses === 0) yield;
    }
    for (let i = 0; i < found.length; i++) found[i]!.metadata = texts[i];
    return found.length;
  }

  /** Replaces vectors of points that are there; returns how many there were. There must be room for as many rows. */
  *updateVectors(updates: readonly DecodedVectorUpdate[]): Generator<void, number> {
    const found = yield* this.#lookUp(updates.map((update) => update.id));
    const changed = new Map<PendingPoint, DecodedPoint>();
    for (let i = 0; i < updates.length; i++) {
      const pending = found[i]!;
      if (pending.row < 0) continue;
      const old = changed.get(pending) ?? this.#asPoint(pending);
      const vectors = old.vectors.map((vector, field) => updates[i]!.vectors[field] ?? vector);
      changed.set(pending, { ...old, vectors });
      if (i % pointsBetweenPauses === 0) yield;
    }
    for (const [pending, point] of changed) this.#put(pending, point);
    return changed.size;
  }

  /** Takes the vectors of some fields away; returns how many points there were. There must be room for as many rows. */
  *deleteVectors(selector: ResolvedSelector, fields: ReadonlySet<number>): Generator<void, number> {
    const found = yield* this.#select(selector);
    const changed: DecodedPoint[] = [];
    for (const pending of found) {
      const old = this.#asPoint(pending);
      changed.push({
        ...old,
        vectors: old.vectors.map((vector, field) => (fields.has(field) ? undefined : vector)),
      });
      if (changed.length % pointsBetweenPauses === 0) yield;
    }
    for (let i = 0; i < found.length; i++) this.#put(found[i]!, changed[i]!);
    return found.length;
  }

  /** A point as it is after what the group has done so far. */
  #asPoint(pending: PendingPoint): DecodedPoint {
    const vectors =
      pending.vectors ?? this.#dimensions.map((_, field) => this.#storedVector(field, pending.storedRow));
    return { id: pending.id, metadata: this.#metadataOf(pending), vectors };
  }

  #storedVector(field: number, row: number): Float32Array | undefined {
    const vector = new Float32Array(this.#dimensions[field]!);
    return this.#store.readVector(field, row, vector, 0) ? vector : undefined;
  }

  /** What the group does in all. */
  *plan(): Generator<void, WritePlan> {
    const changes: StoreChange[] = [];
    const written: RowWrite[] = [];
    const removedRows: number[] = [];
    const changedRows: number[] = [];
    let count = 0;
    for (const { id, storedRow, row, metadata, vectors } of this.#pending.values()) {
      if (++count % pointsBetweenPauses === 0) yield;
      if (vectors !== undefined) {
        assert(metadata !== undefined, "a written point has metadata");
        const put = { kind: "put", id, row, replacedRow: storedRow, metadata, vectors } as const;
        changes.push(put);
        written.push(put);
        if (storedRow >= 0) removedRows.push(storedRow);
      } else if (row < 0 && storedRow >= 0) {
        changes.push({ kind: "remove", id, row: storedRow });
        removedRows.push(storedRow);
      } else if (metadata !== undefined) {
        changes.push({ kind: "metadata", id, row, metadata });
        changedRows.push(row);
      }
    }
    return { changes, written, removedRows, changedRows };
  }

  /** Gives the rows back that the group took, because it will not be committed. */
  abandon(): void {
    for (const { row, vectors } of this.#pending.values()) if (vectors !== undefined) this.#rows.free(row);
    this.#pending.clear();
  }

  *#lookUp(ids: readonly PointId[]): Generator<void, PendingPoint[]> {
    const found: PendingPoint[] = [];
    for (const id of ids) {
      found.push(this.#pending.get(id) ?? this.#begin(id, this.#store.rowOf(id)));
      if (found.length % pointsBetweenPauses === 0) yield;
    }
    return found;
  }

  #begin(id: PointId, storedRow: number): PendingPoint {
    const pending: PendingPoint = {
      id,
      storedRow,
      row: storedRow,
      metadata: undefined,
      vectors: undefined,
      countedBy: 0,
    };
    this.#pending.set(id, pending);
    return pending;
  }

  /** The selected points that exist, each once. */
  *#select(selector: ResolvedSelector): Generator<void, PendingPoint[]> {
    if (selector.kind === "filter") return yield* this.#matching(selector.filter);
    const found = yield* this.#lookUp(selector.ids);
    return [...new Set(found)].filter((pending) => pending.row >= 0);
  }

  *#matching(node: FilterNode): Generator<void, PendingPoint[]> {
    const filter = new PreparedFilter(node);
    const touched = [...this.#pending.values()].filter((pending) => pending.row >= 0);
    const found = touched.filter((pending) =>
      filter.matches({ id: pending.id, metadata: this.#metadataOf(pending) }),
    );
    const matching: MatchingPoint[] = [];
    // Neither store nor index changes until the group is committed.
    for (const stored of matchingPoints(this.#store, this.#metadata, node)) {
      if (stored === undefined) yield;
      else if (!this.#pending.has(stored.id)) matching.push(stored);
    }
    for (const { id, row } of matching) found.push(this.#begin(id, row));
    return found;
  }

  #metadataOf({ metadata, storedRow }: PendingPoint): string {
    if (metadata !== undefined) return metadata;
    const stored = this.#store.readPoint(storedRow);
    assert(stored !== undefined, "the row of an id holds a point");
    return stored.metadata;
  }
}
