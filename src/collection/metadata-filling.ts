// Fills indexes over metadata: after a collection is opened, and when other fields are to be indexed. An index that was kept in
// a file is read and brought up to the store; else all points are read. Both in the background, in slices.

import type { MetadataIndex } from "../metadata/metadata-index.js";
import type { PointStore } from "../store/point-store.js";
import type { IndexedSources } from "./indexed-sources.js";
import { pointsBetweenPauses } from "../model/limits.js";
import { forgetMetadataIndex, type KeptMetadataIndex, loadMetadataIndex } from "./metadata-file.js";
import { runInSlices } from "./time-slices.js";

export class MetadataFilling {
  readonly #parts: IndexedSources;
  /** The index that is being filled; another one makes the walk for it end. */
  #filled: MetadataIndex | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: IndexedSources) {
    this.#parts = parts;
  }

  /** Begins to fill the index in use, unless it is filled, from this file if it is good. No write may be in flight. */
  begin(path: string | undefined): void {
    const { current } = this.#parts.metadata;
    if (current.isFilled) {
      // There are no points yet: a file that is there is of another history.
      if (path !== undefined) this.#running = forgetMetadataIndex(path).catch(() => {});
      return;
    }
    this.#begin(current, async () => {
      if (path !== undefined && (await this.#isReplacedByKept(current, path))) return;
      if (await this.#isFilledByWalk(current)) current.endFilling();
    });
  }

  /** Lets an index take the place of the one in use once it is filled. Waits until no write is in flight. */
  async replace(next: MetadataIndex): Promise<void> {
    const { metadata, writer } = this.#parts;
    await writer.exclusively(async () => {
      metadata.begin(next);
      this.#begin(next, async () => {
        if (await this.#isFilledByWalk(next)) await this.#finish(next);
      });
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

  /** Writes are noted from this turn on, in which the walk begins at the earliest, so that none falls between. */
  #begin(index: MetadataIndex, fill: () => Promise<void>): void {
    const before = this.#running;
    this.#filled = index;
    const filling = fill().catch((error: unknown) => {
      // Filters go on as before, and meet the damage themselves if it concerns them.
      process.emitWarning(`The index over metadata could not be filled: ${String(error)}`, "OmenDBWarning");
    });
    this.#running = before.then(() => filling);
  }

  /** Puts a filled index in use. */
  async #finish(next: MetadataIndex): Promise<void> {
    const { metadata, writer } = this.#parts;
    next.endFilling();
    await writer.exclusively(async () => {
      metadata.finish(next);
    });
  }

  async #isFilledByWalk(index: MetadataIndex): Promise<boolean> {
    if (this.#filled !== index) return false;
    await runInSlices(this.#walk(index));
    return this.#filled === index;
  }

  *#walk(index: MetadataIndex): Generator<void, void> {
    let count = 0;
    for (const { row, point } of this.#parts.store.points()) {
      if (this.#filled !== index) return;
      index.fill(row, point.metadata);
      if (++count % pointsBetweenPauses === 0) yield;
    }
  }

  /** The index that was kept takes the place of the one in use. False if there is none, or it is not what the store says. */
  async #isReplacedByKept(current: MetadataIndex, path: string): Promise<boolean> {
    const isAwaited = (): boolean => this.#filled === current;
    const kept = await loadMetadataIndex(path, current.wanted, isAwaited);
    if (kept === undefined) return false;
    const { index } = kept;
    try {
      if (await this.#isBroughtUp(current, kept)) {
        await this.#finish(index);
        if (isAwaited()) this.#wake(index);
        return true;
      }
    } catch {
      // The walk meets what is wrong with the store, if it is that.
    }
    this.#parts.metadata.giveUp(index);
    if (isAwaited()) await forgetMetadataIndex(path);
    return false;
  }

  /** What was read is taken apart at leisure: it answers already. */
  #wake(index: MetadataIndex): void {
    this.#begin(index, async () => {
      await runInSlices(this.#wakeAll(index));
    });
  }

  *#wakeAll(index: MetadataIndex): Generator<void, void> {
    const waking = index.waking();
    while (this.#filled === index && waking.next().done !== true) yield;
  }

  async #isBroughtUp(current: MetadataIndex, { index, sequence }: KeptMetadataIndex): Promise<boolean> {
    const { metadata, writer, store } = this.#parts;
    let rows: Set<number> | undefined;
    // From here on it takes every write.
    await writer.exclusively(async () => {
      rows = this.#filled === current ? rowsSince(store, sequence) : undefined;
      if (rows !== undefined) metadata.begin(index);
    });
    if (rows === undefined) return false;
    index.unsavedChanges = 0;
    await runInSlices(this.#refill(rows, { current, index }));
    return this.#filled === current && index.rowCount === store.state.pointCount;
  }

  *#refill(
    rows: ReadonlySet<number>,
    { current, index }: { readonly current: MetadataIndex; readonly index: MetadataIndex },
  ): Generator<void, void> {
    let count = 0;
    for (const row of rows) {
      if (this.#filled !== current) return;
      index.refill(row, this.#parts.store.readPoint(row)?.metadata);
      if (++count % pointsBetweenPauses === 0) yield;
    }
  }
}

/** Rows whose points came, went or changed behind the sequence; `undefined` if that is not known. */
function rowsSince(store: PointStore, sequence: number): Set<number> | undefined {
  const changes = sequence <= store.state.sequence ? store.changesSince(sequence) : undefined;
  if (changes === undefined) return undefined;
  const rows = new Set<number>();
  for (const { added, removed, changed } of changes) {
    for (const part of [added, removed, changed]) for (const row of part) rows.add(row);
  }
  return rows;
}
