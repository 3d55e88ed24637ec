// Fills indexes over metadata: after a collection is opened, and when other fields are to be indexed. All points are read in the
// background, in slices. Why no index is kept in a file: docs/internals/metadata-index.md.

import type { MetadataIndex } from "../metadata/metadata-index.js";
import type { IndexedSources } from "./indexed-sources.js";
import { pointsBetweenPauses } from "../model/limits.js";
import { runInSlices } from "./time-slices.js";

export class MetadataFilling {
  readonly #parts: IndexedSources;
  /** The index that is being filled; another one makes the walk for it end. */
  #filled: MetadataIndex | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: IndexedSources) {
    this.#parts = parts;
  }

  /** Begins to fill the index in use, unless it is filled. No write may be in flight. */
  begin(): void {
    const { current } = this.#parts.metadata;
    if (!current.isFilled) this.#begin(current, () => Promise.resolve());
  }

  /** Lets an index take the place of the one in use once it is filled. Waits until no write is in flight. */
  async replace(next: MetadataIndex): Promise<void> {
    const { metadata, writer } = this.#parts;
    await writer.exclusively(async () => {
      metadata.begin(next);
      this.#begin(next, () =>
        writer.exclusively(async () => {
          metadata.finish(next);
        }),
      );
    });
  }

  /** Resolves when no index is being filled any more. */
  async whenDone(): Promise<void> {
    for (let running; running !== this.#running;) {
      running = this.#running;
      await running;
    }
  }

  /** Gives up; resolves when the store is not read any more. */
  stop(): Promise<void> {
    this.#filled = undefined;
    return this.whenDone();
  }

  /** The walk begins in this turn, from which on writes are noted, so that none falls between. */
  #begin(index: MetadataIndex, finish: () => Promise<void>): void {
    const before = this.#running;
    this.#filled = index;
    const filling = this.#fillAll(index, finish);
    this.#running = before.then(() => filling);
  }

  async #fillAll(index: MetadataIndex, finish: () => Promise<void>): Promise<void> {
    try {
      await runInSlices(this.#fill(index));
      if (this.#filled !== index) return;
      index.endFilling();
      await finish();
    } catch (error) {
      // Filters go on as before, and meet the damage themselves if it concerns them.
      process.emitWarning(`The index over metadata could not be filled: ${String(error)}`, "OmenDBWarning");
    }
  }

  *#fill(index: MetadataIndex): Generator<void, void> {
    let count = 0;
    for (const { row, point } of this.#parts.store.points()) {
      if (this.#filled !== index) return;
      index.fill(row, point.metadata);
      if (++count % pointsBetweenPauses === 0) yield;
    }
  }
}
