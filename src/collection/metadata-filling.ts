// Fills the index over metadata after a collection is opened: all points are read in the background, in slices. Until it is
// done filters read metadata themselves. Why it is not kept in a file: docs/internals/metadata-index.md.

import type { MetadataIndex } from "../metadata/metadata-index.js";
import type { PointStore } from "../store/point-store.js";
import { runInSlices } from "./time-slices.js";

const pointsBetweenPauses = 64;

export class MetadataFilling {
  #isStopped = false;
  readonly #done: Promise<void>;

  /** Begins at once, unless the index is filled. */
  constructor(store: PointStore, metadata: MetadataIndex) {
    this.#done = metadata.isFilled ? Promise.resolve() : this.#run(store, metadata);
  }

  /** Resolves when every point is in the index, or filling was given up. */
  whenDone(): Promise<void> {
    return this.#done;
  }

  /** Gives up; resolves when the store is not read any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }

  async #run(store: PointStore, metadata: MetadataIndex): Promise<void> {
    try {
      // The walk begins in the turn in which writes begin to be noted, so that none falls between.
      await runInSlices(this.#fill(store, metadata));
      if (!this.#isStopped) metadata.endFilling();
    } catch (error) {
      // Filters go on reading metadata, and meet the damage themselves if it concerns them.
      process.emitWarning(`The index over metadata could not be filled: ${String(error)}`, "OmenDBWarning");
    }
  }

  *#fill(store: PointStore, metadata: MetadataIndex): Generator<void, void> {
    let count = 0;
    for (const { row, point } of store.points()) {
      if (this.#isStopped) return;
      metadata.fill(row, point.metadata);
      if (++count % pointsBetweenPauses === 0) yield;
    }
  }
}
