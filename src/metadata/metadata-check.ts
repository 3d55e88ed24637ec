// Whether an index over metadata says what the store does, in both directions. Each step looks at one point or one value as
// both are in that moment, so that writes may go on between steps.

import type { MetadataPath } from "../model/filter-tree.js";
import type { JsonObject, JsonValue } from "../model/point.js";
import type { FieldIndex } from "./field-index.js";
import type { MetadataFields } from "./metadata-fields.js";
import type { RowSet } from "./row-set.js";

/** What the store says of a row now; `undefined` if it holds no point. */
export interface CheckedPoint {
  readonly row: number;
  readonly metadata: JsonObject | undefined;
}

/** A field in which rows are not known as the store has them. */
export interface MetadataProblem {
  readonly path: MetadataPath;
  /** Points of which the index does not say, or not only, what they have here. */
  readonly wrongRows: number;
  /** Rows that the index has here, or under a value, a word or a place, although no point has it. */
  readonly strayRows: number;
}

/** What a check found. */
export interface MetadataCheck {
  readonly checkedPoints: number;
  /** Points that the index does not know, and rows that it knows without a point. */
  readonly missingPoints: number;
  readonly strayPoints: number;
  readonly problems: readonly MetadataProblem[];
}

/** What is checked: every field, and the rows that are taken for points. */
export interface CheckedIndex {
  readonly fields: MetadataFields;
  readonly all: RowSet;
}

/** Compares the index with the points, which are read as they are asked for; pauses after each, and after each value. */
export function* checkMetadataIndex(
  { fields, all }: CheckedIndex,
  points: Iterable<CheckedPoint>,
): Generator<void, MetadataCheck> {
  for (const { index } of fields.all) while (!index.wakeStep()) yield;
  const counts = new ProblemCounts();
  let checkedPoints = 0;
  let missingPoints = 0;
  let strayPoints = 0;
  for (const { row, metadata } of points) {
    if (metadata === undefined) strayPoints += Number(all.has(row));
    else {
      checkedPoints++;
      missingPoints += Number(!all.has(row));
    }
    checkRow(fields, { row, metadata }, counts);
    yield;
  }
  for (const { path, index } of fields.all.slice()) {
    for (const part of [index, index.places, index.words]) {
      for (const strayRows of part?.strayRows() ?? []) {
        counts.add(path, { wrongRows: 0, strayRows });
        yield;
      }
    }
  }
  return { checkedPoints, missingPoints, strayPoints, problems: counts.problems() };
}

function checkRow(fields: MetadataFields, { row, metadata }: CheckedPoint, counts: ProblemCounts): void {
  const valuesOf = new Map<FieldIndex, JsonValue[]>();
  const wordsOf = new Map<FieldIndex, Set<string>>();
  if (metadata !== undefined) {
    const facts = fields.factsOf(metadata);
    facts.indexes.forEach((index, i) => {
      const values = valuesOf.get(index);
      if (values === undefined) valuesOf.set(index, [facts.values[i]!]);
      else values.push(facts.values[i]!);
    });
    for (const { index, words } of facts.words) {
      const known = wordsOf.get(index);
      if (known === undefined) wordsOf.set(index, new Set(words));
      else for (const word of words) known.add(word);
    }
  }
  for (const { path, index } of fields.all) {
    const values = valuesOf.get(index) ?? [];
    const isRight = index.isRight(row, values) && index.words?.isRight(row, wordsOf.get(index) ?? noWords);
    if (isRight !== false) continue;
    counts.add(path, values.length > 0 ? { wrongRows: 1, strayRows: 0 } : { wrongRows: 0, strayRows: 1 });
  }
}

const noWords: ReadonlySet<string> = new Set();

/** Problems by path. */
class ProblemCounts {
  readonly #byPath = new Map<MetadataPath, { wrongRows: number; strayRows: number }>();

  add(
    path: MetadataPath,
    { wrongRows, strayRows }: { readonly wrongRows: number; readonly strayRows: number },
  ): void {
    if (wrongRows + strayRows === 0) return;
    const counts = this.#byPath.get(path) ?? { wrongRows: 0, strayRows: 0 };
    this.#byPath.set(path, counts);
    counts.wrongRows += wrongRows;
    counts.strayRows += strayRows;
  }

  problems(): MetadataProblem[] {
    return [...this.#byPath].map(([path, counts]) => ({ path, ...counts }));
  }
}
