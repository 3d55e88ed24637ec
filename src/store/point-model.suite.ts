// A naive model of a point store: plain maps, every question answered by looking at everything.

import assert from "node:assert/strict";
import type { PointId } from "../model/point.js";
import { idKey, readIdKey } from "./id-key.js";
import type { PointStore, PutPoint, StoreChange } from "./point-store.js";

/** A point of the model. */
export interface ModelPoint {
  readonly id: PointId;
  readonly row: number;
  readonly metadata: string;
  readonly vectors: PutPoint["vectors"];
}

/** What a random change wants; `resolve` makes it fit the points there are. */
export interface ChangePick {
  readonly id: PointId;
  readonly kind: string;
  readonly metadata: string;
  readonly vectors: PutPoint["vectors"];
  readonly gap: number;
  readonly useFreeRow: boolean;
}

interface ModelChanges {
  readonly sequence: number;
  readonly added: readonly number[];
  readonly removed: readonly number[];
  readonly changed: readonly number[];
}

/** Applies the same batches as a store, and compares all that can be read of it. */
export class PointModel {
  /** By the hexadecimal key of the id, which sorts as ids do. */
  readonly #points = new Map<string, ModelPoint>();
  #changes: ModelChanges[] = [];
  #sequence = 0;
  #trimmedTo = 0;
  #rowEnd = 0;
  /** Rows let go of by earlier batches. */
  #freeRows: number[] = [];

  /** Changes that may go into the next batch: each id and row once, rows that are free. */
  resolve(picks: readonly ChangePick[]): StoreChange[] {
    const changes: StoreChange[] = [];
    const seen = new Set<string>();
    let nextRow = this.#rowEnd;
    for (const pick of picks) {
      const key = hex(pick.id);
      const found = this.#points.get(key);
      if (seen.has(key)) continue;
      seen.add(key);
      const { id, metadata, vectors } = pick;
      if (pick.kind === "remove" || pick.kind === "metadata") {
        if (found === undefined) continue;
        const { row } = found;
        changes.push(
          pick.kind === "remove" ? { kind: "remove", id, row } : { kind: "metadata", id, row, metadata },
        );
        continue;
      }
      const free = pick.useFreeRow ? this.#freeRows.pop() : undefined;
      const stays = found !== undefined && pick.kind === "put" && free === undefined;
      const row = stays ? found.row : (free ?? (nextRow += pick.gap + 1) - 1);
      changes.push({ kind: "put", id, row, replacedRow: found?.row ?? -1, metadata, vectors });
    }
    return changes;
  }

  async commit(store: PointStore, changes: readonly StoreChange[]): Promise<void> {
    const sequence = this.#sequence + 1 + (changes.length % 3);
    await store.commit({ sequence, changes });
    this.#apply(sequence, changes);
  }

  #apply(sequence: number, changes: readonly StoreChange[]): void {
    const added: number[] = [];
    const removed: number[] = [];
    const changed: number[] = [];
    for (const change of changes) {
      const key = hex(change.id);
      const found = this.#points.get(key);
      if (change.kind === "metadata") {
        this.#points.set(key, { ...found!, metadata: change.metadata });
        changed.push(change.row);
        continue;
      }
      if (found !== undefined) removed.push(found.row);
      this.#points.delete(key);
      if (change.kind === "remove") continue;
      added.push(change.row);
      const id = readIdKey(idKey(change.id), 0, idKey(change.id).length);
      this.#points.set(key, { ...change, id });
      this.#rowEnd = Math.max(this.#rowEnd, change.row + 1);
    }
    this.#sequence = sequence;
    this.#freeRows = [...this.#freeRows, ...removed].filter((row) => !added.includes(row));
    if (added.length + removed.length + changed.length > 0) {
      const rows = { added: sorted(added), removed: sorted(removed), changed: sorted(changed) };
      this.#changes.push({ sequence, ...rows });
    }
  }

  async trim(store: PointStore, sequence: number): Promise<void> {
    await store.trimChanges(sequence);
    this.#trimmedTo = Math.max(this.#trimmedTo, sequence);
    this.#changes = this.#changes.filter((change) => change.sequence > this.#trimmedTo);
  }

  /** Compares everything. */
  check(store: PointStore): void {
    const byId = [...this.#points].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, point]) => point);
    const byRow = byId.toSorted((a, b) => a.row - b.row);
    const state = { sequence: this.#sequence, pointCount: byId.length, rowEnd: this.#rowEnd };
    assert.deepEqual(store.state, state);
    assert.deepEqual(
      [...store.ids()],
      byId.map(({ id, row }) => ({ id, row })),
    );
    assert.deepEqual(
      [...store.points()],
      byRow.map(({ id, row, metadata }) => ({ row, point: { id, metadata } })),
    );
    assert.deepEqual(
      [...store.rows()],
      byRow.map(({ row }) => row),
    );
    for (const point of byRow) checkPoint(store, point);
    for (const row of this.#freeRows) {
      assert.equal(store.readPoint(row), undefined);
      assert.equal(store.idOf(row), undefined);
    }
    for (let field = 0; field < 2; field++) this.#checkField(store, field, byRow);
    this.#checkChanges(store);
  }

  #checkField(store: PointStore, field: number, byRow: readonly ModelPoint[]): void {
    const rows = byRow.filter(({ vectors }) => vectors[field] !== undefined).map(({ row }) => row);
    assert.deepEqual([...store.rowsOf(field)], rows);
  }

  #checkChanges(store: PointStore): void {
    for (let sequence = 0; sequence <= this.#sequence; sequence++) {
      const changes = store.changesSince(sequence);
      if (sequence < this.#trimmedTo) {
        assert.equal(changes, undefined);
        continue;
      }
      assert.deepEqual(
        [...changes!].map(({ sequence, added, removed, changed }) => ({
          sequence,
          added: [...added],
          removed: [...removed],
          changed: [...changed],
        })),
        this.#changes.filter((change) => change.sequence > sequence),
      );
    }
  }
}

function checkPoint(store: PointStore, { id, row, metadata, vectors }: ModelPoint): void {
  assert.equal(store.rowOf(id), row);
  assert.deepEqual(store.readPoint(row), { id, metadata });
  assert.deepEqual([store.idOf(row), store.idOf(row)], [id, id]);
  for (const [field, vector] of vectors.entries()) {
    const target = new Float32Array(vector?.length ?? 0);
    assert.equal(store.readVector(field, row, target, 0), vector !== undefined);
    if (vector !== undefined) assert.deepEqual(target, vector);
  }
}

function sorted(rows: readonly number[]): number[] {
  return rows.toSorted((a, b) => a - b);
}

function hex(id: PointId): string {
  return idKey(id).toString("hex");
}
