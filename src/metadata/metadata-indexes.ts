// The index over metadata that is in use, and the one that will take its place once it is filled. Both take every write.

import type { FilterNode, IdTest, MetadataPath } from "../model/filter-tree.js";
import type { FieldIndex } from "./field-index.js";
import type { CandidateRows } from "./field-rows.js";
import type { MetadataFacts } from "./metadata-fields.js";
import type { MetadataIndex } from "./metadata-index.js";
import type { RowSet } from "./row-set.js";
import { unansweredPaths } from "./unanswered-paths.js";

/** What metadata says, once for each index; both belong to the indexes that there were when it was prepared. */
export interface PreparedMetadata {
  readonly current: MetadataFacts;
  readonly next: MetadataFacts | undefined;
}

export class MetadataIndexes {
  #current: MetadataIndex;
  #next: MetadataIndex | undefined;

  constructor(current: MetadataIndex) {
    this.#current = current;
  }

  get current(): MetadataIndex {
    return this.#current;
  }

  /** The index that is being filled to take the place of the other one. */
  get next(): MetadataIndex | undefined {
    return this.#next;
  }

  /** Takes metadata apart, ahead of the moment in which it is set. */
  prepare(text: string): PreparedMetadata {
    return { current: this.#current.prepare(text), next: this.#next?.prepare(text) };
  }

  /** Replaces what is known of a row. Nothing may have been replaced since the metadata was prepared. */
  set(row: number, { current, next }: PreparedMetadata): void {
    this.#current.set(row, current);
    if (next !== undefined) this.#next?.set(row, next);
  }

  /** Forgets a row. */
  remove(row: number): void {
    this.#current.remove(row);
    this.#next?.remove(row);
  }

  /** Candidates of a filter, valid until the next write; `undefined` while no index is filled. */
  candidates(node: FilterNode, rowsOfIds: (test: IdTest) => RowSet | undefined): CandidateRows | undefined {
    return this.#current.isFilled ? this.#current.candidates(node, rowsOfIds) : undefined;
  }

  /** The index of a path: `"empty"` where no point has anything there, `"unknown"` where none is filled. */
  fieldAt(path: MetadataPath): FieldIndex | "empty" | "unknown" {
    return this.#current.isFilled ? this.#current.fieldAt(path) : "unknown";
  }

  /** Paths of a filter that are judged by the metadata of points; all of them while no index is filled. */
  unansweredPaths(node: FilterNode): MetadataPath[] {
    return unansweredPaths(node, (path) => this.fieldAt(path));
  }

  /** Lets another index take every write from now on; one that was to do so before is given up. */
  begin(next: MetadataIndex): void {
    this.#next = next;
  }

  /** Gives up the index that was to take the place of the other one. */
  giveUp(next: MetadataIndex): void {
    if (this.#next === next) this.#next = undefined;
  }

  /** Puts the index in use, if it is still the one that is to be. Not while a write is prepared. */
  finish(next: MetadataIndex): void {
    if (this.#next !== next) return;
    this.#current = next;
    this.#next = undefined;
  }
}
