// Support for tests of the index over metadata: an index beside what it should know, under random writes.

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Filter } from "../model/filter.js";
import type { IdTest } from "../model/filter-tree.js";
import type { Metadata } from "../model/point.js";
import { decodeFilter } from "../model/decode-filter.js";
import { filterArbitrary, metadataArbitrary } from "./arbitrary-filters.suite.js";
import type { ImageSection } from "./image-section.js";
import type { WantedFields } from "./metadata-fields.js";
import { MetadataIndex } from "./metadata-index.js";
import { passesFilter } from "./reference-filter.suite.js";
import { RowSet } from "./row-set.js";

/** An index that is read from these pieces, all of them and none left. */
export function restoredIndex(sections: readonly ImageSection[], wanted: WantedFields): MetadataIndex {
  const index = new MetadataIndex(wanted, "filling");
  const reading = index.restore();
  let step = reading.next();
  for (const section of sections) {
    assert.equal(step.done, false);
    step = reading.next(section);
  }
  assert.deepEqual(step, { done: true, value: 7 });
  return index;
}

/** An index and what it should know. The id of a point is its row. */
export class MetadataTrial {
  index: MetadataIndex;
  readonly points = new Map<number, Metadata>();

  constructor(wanted: WantedFields = "all") {
    this.index = new MetadataIndex(wanted, "filled");
  }

  set(row: number, metadata: Metadata): void {
    this.index.set(row, this.index.prepare(JSON.stringify(metadata)));
    this.points.set(row, metadata);
  }

  remove(row: number): void {
    this.index.remove(row);
    this.points.delete(row);
  }

  rowsOfIds(ids: IdTest): RowSet | undefined {
    if (ids.kind !== "in") return undefined;
    const rows = [...ids.ids].filter((id): id is number => typeof id === "number" && this.points.has(id));
    return RowSet.fromSorted(Uint32Array.from(rows).sort());
  }

  /** Checks the candidates of a filter and returns whether they are exact. */
  check(filter: Filter): boolean {
    const node = decodeFilter(filter, "filter")!;
    const { rows, isExact } = this.index.candidates(node, (ids) => this.rowsOfIds(ids));
    const passing = [...this.points].filter(([id, metadata]) => passesFilter(filter, { id, metadata }));
    const expected = passing.map(([row]) => row).toSorted((a, b) => a - b);
    if (isExact) assert.deepEqual([...rows.sorted()], expected);
    for (const row of expected) assert.ok(rows.has(row), `row ${row} is missing`);
    for (const row of rows.sorted()) assert.ok(this.points.has(row), `row ${row} holds no point`);
    return isExact;
  }

  /** Goes on with an index that is read from the image of this one, as far awake as `steps` pieces. */
  reopen(wakeSteps = 0): void {
    const before = this.index;
    this.index = restoredIndex([...before.image(7)], before.wanted);
    this.index.endFilling();
    const waking = this.index.waking();
    for (let step = 0; step < wakeSteps; step++) waking.next();
  }

  /** Checks that the index is what the points say. */
  verify(): void {
    const points = Array.from({ length: 50 }, (_, row) => ({ row, metadata: this.points.get(row) }));
    const expected = { checkedPoints: this.points.size, missingPoints: 0, strayPoints: 0, problems: [] };
    assert.deepEqual(finished(this.index.check(points)), expected);
  }
}

function finished<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const write = fc.oneof(
  { weight: 3, arbitrary: fc.record({ row: fc.nat(40), metadata: metadataArbitrary }) },
  { weight: 1, arbitrary: fc.record({ row: fc.nat(40), metadata: fc.constant(undefined) }) },
);

export const trialRounds = fc.array(
  fc.tuple(fc.array(write, { maxLength: 30 }), fc.array(filterArbitrary, { maxLength: 5 })),
  { maxLength: 4 },
);

/** Writes and asks in turn, and returns which answers were exact. */
export function runTrial(
  trial: MetadataTrial,
  steps: typeof trialRounds extends fc.Arbitrary<infer Steps> ? Steps : never,
): boolean[] {
  const exact: boolean[] = [];
  for (const [writes, filters] of steps) {
    for (const { row, metadata } of writes) {
      if (metadata === undefined) trial.remove(row);
      else trial.set(row, metadata);
    }
    for (const filter of filters) exact.push(trial.check(filter));
    trial.verify();
  }
  return exact;
}
