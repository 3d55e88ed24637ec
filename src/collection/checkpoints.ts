// Writes the checkpoints of a collection's vector indexes, and its index over metadata, in the background, one at a time, and
// at closing.

import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { ResolvedVectorField } from "../model/collection-config.js";
import type { CheckpointEvent } from "../model/database-events.js";
import type { PointStore } from "../store/point-store.js";
import type { MetadataIndex } from "../metadata/metadata-index.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";
import type { VectorIndex } from "../vector/vector-index.js";
import type { CollectionMonitor } from "./collection-monitor.js";
import type { Writer } from "./writer.js";
import { isCheckpointDue, isCheckpointWorthClosing, type CheckpointNeed } from "./checkpoint-policy.js";
import { forgetMetadataIndex, metadataPath, saveMetadataIndex } from "./metadata-file.js";
import { checkpointPath } from "./open-indexes.js";

/** Longest that a checkpoint which is due waits for linking to settle. */
const patienceMs = 60_000;

/** What checkpoints are made of. */
export interface CheckpointParts {
  readonly folder: string;
  readonly store: PointStore;
  readonly fields: readonly ResolvedVectorField[];
  readonly indexes: readonly VectorIndex[];
  readonly metadata: MetadataIndexes;
  readonly writer: Writer;
  readonly monitor: CollectionMonitor;
}

export class Checkpoints {
  readonly #parts: CheckpointParts;
  #running: Promise<void> | undefined;
  #isClosing = false;
  #stopWaiting: () => void = () => undefined;
  readonly #stopped: Promise<void>;
  /** Called after each attempt in the background, when another background work may begin. */
  onSettled: () => void = () => undefined;
  #isMetadataTrusted = true;
  /** After a failure nothing is tried until there is twice as much to save. */
  #changesToPass = 0;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
    for (const index of parts.indexes) {
      index.onReleased = () => {
        this.consider();
      };
    }
    this.#stopped = new Promise((resolve) => {
      this.#stopWaiting = resolve;
    });
  }

  /** Whether one is being written, or waits for linking to settle. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Begins a checkpoint in the background if one is due. */
  consider(): void {
    if (this.#running !== undefined || this.#isClosing) return;
    const need = this.#need();
    if (!isCheckpointDue(need) || need.changes <= this.#changesToPass) return;
    this.#running = this.#orTell(this.#saveWhenLinked()).finally(() => {
      this.#running = undefined;
      this.onSettled();
    });
  }

  /** Writes the last checkpoint if it is worth it. The writer must have nothing left to do. */
  async close(): Promise<void> {
    await this.stop();
    if (isCheckpointWorthClosing(this.#need())) await this.#orTell(this.#saveAll());
  }

  /** Waits for a checkpoint being written and begins no other. */
  async stop(): Promise<void> {
    this.#isClosing = true;
    this.#stopWaiting();
    await this.#running;
  }

  #need(): CheckpointNeed {
    const { indexes, store } = this.#parts;
    const metadataChanges = this.#savedMetadata()?.unsavedChanges ?? 0;
    const changes = Math.max(metadataChanges, ...indexes.map((index) => index.changesSinceCheckpoint));
    const releasedRows = Math.max(...indexes.map((index) => index.releasedRows));
    return { changes, liveRows: store.state.pointCount, releasedRows };
  }

  /** Keeps the index over metadata no longer, because it is not what the store says: the next opening fills it from there. */
  async distrustMetadata(): Promise<void> {
    this.#isMetadataTrusted = false;
    await this.#running;
    await forgetMetadataIndex(metadataPath(this.#parts.folder));
  }

  /** The index over metadata, if it is worth keeping: it has all points, no other is to take its place, and it is right. */
  #savedMetadata(): MetadataIndex | undefined {
    const { metadata, writer } = this.#parts;
    const { current, next } = metadata;
    const isRight = this.#isMetadataTrusted && writer.failure === undefined;
    return isRight && current.isFilled && next === undefined ? current : undefined;
  }

  /**
   * A graph that is still being linked would be out of date as soon as it is written; but a writer that never rests
   * must not put it off for good.
   */
  async #saveWhenLinked(): Promise<void> {
    const linked = Promise.all(this.#parts.indexes.map((index) => index.waitUntilQuiet()));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs).unref();
    });
    await Promise.race([linked, this.#stopped, late]);
    clearTimeout(timer);
    if (!this.#isClosing && isCheckpointDue(this.#need())) await this.#saveAll();
  }

  /** A checkpoint is derived data: failing to write one is told, and harms nothing but the next opening's speed. */
  async #orTell(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#changesToPass = 2 * this.#need().changes;
      const { folder, monitor } = this.#parts;
      monitor.failed("checkpoint", error, `No checkpoint could be written to ${folder}: ${String(error)}`);
    }
  }

  async #saveAll(): Promise<void> {
    const { folder, store, indexes, writer } = this.#parts;
    let sequence = 0;
    let begin = 0;
    let saves: Promise<void>[] = [];
    // All begin at one moment without a commit in flight, so that they stand for the same operation.
    await writer.exclusively(async () => {
      // A checkpoint of operations that a power cut takes back would pass for good when others have their numbers.
      await store.flush();
      sequence = store.state.sequence;
      begin = performance.now();
      saves = indexes.map((index, field) => index.saveCheckpoint(checkpointPath(folder, field), sequence));
      const metadata = this.#savedMetadata();
      if (metadata !== undefined) saves.push(saveMetadataIndex(metadataPath(folder), metadata, sequence));
    });
    const failed = (await Promise.allSettled(saves)).find((save) => save.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    const durationMs = performance.now() - begin;
    const files = await this.#files();
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    this.#parts.monitor.checkpointed({ sequence, durationMs, bytes, files });
    await writer.exclusively(() => store.trimChanges(sequence));
  }

  #files(): Promise<CheckpointEvent["files"]> {
    const { folder, fields } = this.#parts;
    return Promise.all(
      fields.map(async ({ name }, field) => {
        const path = checkpointPath(folder, field);
        return { field: name, file: basename(path), bytes: (await stat(path)).size };
      }),
    );
  }
}
