// Compacts the file of a collection's store in the background, one at a time and never beside a checkpoint. Writes wait
// for it in the queue, reads do not.

import type { PointStore } from "../store/point-store.js";
import type { Checkpoints } from "./checkpoints.js";
import type { CollectionMonitor } from "./collection-monitor.js";
import type { Writer } from "./writer.js";
import { isCompactionDue, isLookDue, publicationsAfterFailure } from "./compaction-policy.js";

/** What compacting is made of. */
export interface CompactionParts {
  readonly folder: string;
  readonly store: PointStore;
  readonly writer: Writer;
  readonly checkpoints: Checkpoints;
  readonly monitor: CollectionMonitor;
  /** Smallest file that is compacted; the policy's own if not given. For tests. */
  readonly fileBytesMin: number | undefined;
}

export class Compaction {
  readonly #parts: CompactionParts;
  #running: Promise<void> | undefined;
  #isClosing = false;
  /** Publications since the file was last looked at. Less than 0 after a failure. */
  #publications = 0;
  #pointCountMax: number;

  constructor(parts: CompactionParts) {
    this.#parts = parts;
    this.#pointCountMax = parts.store.state.pointCount;
  }

  /** Told after each publication. */
  published(): void {
    this.#publications++;
    this.consider();
  }

  /** Begins to compact in the background if that is due. */
  consider(): void {
    const { store, checkpoints } = this.#parts;
    const { pointCount } = store.state;
    this.#pointCountMax = Math.max(this.#pointCountMax, pointCount);
    // A checkpoint that is under way considers it again when it is done.
    if (this.#running !== undefined || this.#isClosing || checkpoints.isRunning) return;
    const since = { publications: this.#publications, pointCount, pointCountMax: this.#pointCountMax };
    if (this.#publications < 0 || !isLookDue(since)) return;
    this.#publications = 0;
    this.#pointCountMax = pointCount;
    if (!this.#isDue()) return;
    this.#running = this.#orTell(this.#compact()).finally(() => {
      this.#running = undefined;
    });
  }

  /** Waits for one that is under way, gives up one that has not begun, and begins no other. */
  async stop(): Promise<void> {
    this.#isClosing = true;
    await this.#running;
  }

  #isDue(): boolean {
    const { store, fileBytesMin } = this.#parts;
    return isCompactionDue({ fileBytes: store.fileBytes(), usedBytes: store.usedBytes() }, fileBytesMin);
  }

  /** Without a commit in flight, and again only if still due: writes that came first may have used the free pages. */
  #compact(): Promise<void> {
    return this.#parts.writer.exclusively(async () => {
      if (this.#isClosing || !this.#isDue()) return;
      const { store, monitor } = this.#parts;
      const begin = performance.now();
      const bytes = store.fileBytes();
      await store.compact();
      monitor.compacted(bytes - store.fileBytes(), performance.now() - begin);
    });
  }

  /** A file that stays as large as it was harms nobody: it is told, and tried again much later. */
  async #orTell(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#publications = -publicationsAfterFailure;
      const { folder, monitor } = this.#parts;
      monitor.failed("compaction", error, `The store in ${folder} could not be compacted: ${String(error)}`);
    }
  }
}
