// The index over the metadata of a collection: every field that is seen, up to a number of fields and of values. It speaks
// rows, is changed in the moment in which the store shows a write, and is filled in the background after opening: from an
// image of it, or from all points.

import type { FilterNode, IdTest, MetadataPath } from "../model/filter-tree.js";
import { parseMetadata } from "../model/decode-metadata.js";
import type { FieldIndex } from "./field-index.js";
import type { CandidateRows } from "./field-rows.js";
import { candidateRows } from "./filter-rows.js";
import { imageSections, restoreImage } from "./index-image.js";
import type { ImageSection, SectionReading } from "./image-section.js";
import { type MetadataFacts, MetadataFields, type WantedFields } from "./metadata-fields.js";
import { type CheckedPoint, checkMetadataIndex, type MetadataCheck } from "./metadata-check.js";
import { RowSet } from "./row-set.js";

/** What is told of one field. */
export interface FieldIndexStats {
  readonly path: MetadataPath;
  readonly rows: number;
  readonly values: number;
  readonly words: number;
  readonly bytes: number;
}

const nothing: MetadataFacts = Object.freeze({ indexes: [], values: [], words: [] });

export class MetadataIndex {
  readonly wanted: WantedFields;
  readonly #fields: MetadataFields;
  readonly #all = new RowSet();
  /** Rows that writes have touched while the index is being filled; `undefined` once it is. */
  #touched: Set<number> | undefined;
  /** Rows that came, changed or went since an image of it was kept. */
  unsavedChanges = 0;

  /** An index of all fields, or of those named or declared; filled with `fill` before it is asked, unless there are no points yet. */
  constructor(wanted: WantedFields, state: "filling" | "filled") {
    this.wanted = wanted;
    this.#fields = new MetadataFields(wanted);
    this.#touched = state === "filling" ? new Set() : undefined;
  }

  /** Whether every point is in it: only then may it be asked. */
  get isFilled(): boolean {
    return this.#touched === undefined;
  }

  /** Points in it. */
  get rowCount(): number {
    return this.#all.count;
  }

  /** Takes metadata apart, ahead of the moment in which it is set. */
  prepare(text: string): MetadataFacts {
    return this.#fields.isNothing ? nothing : this.#fields.factsOf(parseMetadata(text));
  }

  /** Replaces what is known of a row. */
  set(row: number, facts: MetadataFacts): void {
    this.#touched?.add(row);
    this.unsavedChanges++;
    this.#put(row, facts);
  }

  /** Forgets a row. */
  remove(row: number): void {
    this.#touched?.add(row);
    this.unsavedChanges++;
    this.#take(row);
  }

  /** Adds a row as it was when filling began, unless a write has come since. */
  fill(row: number, text: string): void {
    if (this.#touched?.has(row) === true) return;
    this.unsavedChanges++;
    this.#put(row, this.prepare(text));
  }

  /** The same for a row that has changed since the image was begun: whatever of it is in any field goes. */
  refill(row: number, text: string | undefined): void {
    if (this.#touched?.has(row) === true) return;
    this.unsavedChanges++;
    this.#all.remove(row);
    for (const { index } of this.#fields.all) index.remove(row);
    if (text !== undefined) this.#put(row, this.prepare(text));
  }

  /** The pieces of an image, begun after the operation of this number; see index-image.ts. */
  image(sequence: number): Generator<ImageSection, void> {
    return imageSections({ fields: this.#fields, all: this.#all, wanted: this.wanted }, sequence);
  }

  /** Reads the pieces into an index that is still empty; the sequence, or undefined if they are of other settings. */
  restore(): SectionReading<number | undefined> {
    return restoreImage({ fields: this.#fields, all: this.#all, wanted: this.wanted });
  }

  /** Reads what is left of an image, piece by piece; a field that is asked for meanwhile is read at once. */
  *waking(): Generator<void, void> {
    for (const { index } of this.#fields.all) while (!index.wakeStep()) yield;
  }

  /** Ends filling: every row of the store has been given to `fill`. */
  endFilling(): void {
    this.#touched = undefined;
  }

  /** Rows of which none that passes the filter is missing; valid until the next write. Not before the index is filled. */
  candidates(node: FilterNode, rowsOfIds: (test: IdTest) => RowSet | undefined): CandidateRows {
    return candidateRows(node, {
      all: this.#all,
      indexAt: (path) => this.fieldAt(path),
      rowsOfIds,
    });
  }

  /** The index of a path: `"empty"` where no point has anything there, `"unknown"` where there is none. */
  fieldAt(path: MetadataPath): FieldIndex | "empty" | "unknown" {
    return this.#fields.at(path) ?? (this.#fields.isComplete ? "empty" : "unknown");
  }

  /** Looks for differences from the store, whose points are given one by one with their rows; see metadata-check.ts. */
  check(points: Iterable<CheckedPoint>): Generator<void, MetadataCheck> {
    return checkMetadataIndex({ fields: this.#fields, all: this.#all }, points);
  }

  fieldStats(): FieldIndexStats[] {
    return this.#fields.all.map(({ path, index }) => ({
      path,
      ...index.summary,
      bytes: index.byteCount,
    }));
  }

  /** Bytes held, about. Looks at every distinct value. */
  get byteCount(): number {
    return this.#fields.all.reduce((sum, { index }) => sum + index.byteCount, 0);
  }

  /** Whether every field ever seen is indexed. */
  get isComplete(): boolean {
    return this.#fields.isComplete;
  }

  #put(row: number, { indexes, values, words: texts }: MetadataFacts): void {
    if (this.#all.has(row)) this.#take(row);
    this.#all.add(row);
    for (let i = 0; i < indexes.length; i++) indexes[i]!.add(row, values[i]!);
    for (const { index, words } of texts) index.addWords(row, words);
  }

  #take(row: number): void {
    if (!this.#all.has(row)) return;
    this.#all.remove(row);
    for (const { index } of this.#fields.all) index.remove(row);
  }
}
