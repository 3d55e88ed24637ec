// The write path: one queue, group commit, and the order in which store and indexes change.
//
//   call → decoded → queue → group (overlay) → commit in flight ─┬→ published → call resolves
//                                  codes written meanwhile ──────┘
//
// The store tells the moment from which its reads see a commit, and the indexes change in that moment: no read ever
// sees the one without the other.

import type { PointStore, StoreBatch } from "../store/point-store.js";
import type { MetadataIndexes } from "../metadata/metadata-indexes.js";
import type { VectorIndex } from "../vector/vector-index.js";
import type { CollectionMonitor } from "./collection-monitor.js";
import type { RowAllocator } from "./row-allocator.js";
import { OmenError } from "../base/omen-error.js";
import { CommitInFlight, releaseRows } from "./commit-in-flight.js";
import { nextTurn, runInSlices } from "./time-slices.js";
import { WriteGroup, type WritePlan } from "./write-group.js";

/** A decoded write: what it does to a group, and how many rows it may take. */
export interface WriteOperation<Result> {
  readonly rowCountMax: number;
  /** Changes nothing but the group: it is applied again to another one if that could not be committed for want of space. */
  readonly apply: (group: WriteGroup) => Generator<void, Result>;
  /** `free` of one that only removes points, which is done even when the disk is full. */
  readonly purpose: "write" | "free";
}

/** A call in the queue. `operation` is `undefined` while it is being decoded and after decoding failed. */
interface QueuedCall {
  readonly kind: "call";
  decoding: Promise<void> | undefined;
  operation: WriteOperation<() => void> | undefined;
  readonly reject: (error: unknown) => void;
}

/** Something that must run while no commit is in flight. */
interface QueuedTask {
  readonly kind: "task";
  readonly run: () => Promise<void>;
}

interface AppliedCall {
  readonly call: QueuedCall;
  readonly resolve: () => void;
}

/** Rows in one group, unless a single call has more: bounds what is done in one turn of the event loop. */
const groupRowCountMax = 4096;

/** A group of more changes is committed in a turn of its own. */
const changesInOneTurn = 256;

/** What a writer works on. */
export interface WriterParts {
  readonly store: PointStore;
  readonly indexes: readonly VectorIndex[];
  readonly metadata: MetadataIndexes;
  /** Components of the vectors, in the order of the fields. */
  readonly dimensions: readonly number[];
  readonly monitor: CollectionMonitor;
  /** Finds the free rows of a reopened collection: called once, before the first write. */
  readonly openRows: () => Promise<RowAllocator>;
  /** Told after each publication. */
  readonly onPublished: () => void;
}

export class Writer {
  readonly #parts: WriterParts;
  readonly #queue: (QueuedCall | QueuedTask)[] = [];
  readonly #watchers = new Set<number[]>();
  #rows: RowAllocator | undefined;
  #running: Promise<void> | undefined;
  #failure: OmenError | undefined;
  /** On a full disk calls that only remove are committed without others, which would let them fail too. */
  #isDiskFull = false;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Why the indexes cannot be trusted any more, if so. */
  get failure(): OmenError | undefined {
    return this.#failure;
  }

  /** Throws the failure. */
  assertSound(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Queues a call at once, even while it is still being decoded, so that calls keep their order. */
  submit<Result>(operation: WriteOperation<Result> | Promise<WriteOperation<Result>>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const call: QueuedCall = { kind: "call", decoding: undefined, operation: undefined, reject };
      const ready = (decoded: WriteOperation<Result>): void => {
        call.decoding = undefined;
        call.operation = {
          // Asked when its turn has come: it may depend on what was written until then.
          get rowCountMax() {
            return decoded.rowCountMax;
          },
          purpose: decoded.purpose,
          apply: (group) => settling(decoded, group, resolve),
        };
      };
      if (operation instanceof Promise) {
        call.decoding = operation.then(ready, (error: unknown) => {
          call.decoding = undefined;
          reject(error);
        });
      } else ready(operation);
      this.#enqueue(call);
    });
  }

  /** Runs a task in the order of the queue, while no commit is in flight. */
  exclusively(task: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#enqueue({ kind: "task", run: () => task().then(resolve, reject) });
    });
  }

  /** Calls and tasks that wait for their turn. */
  get queuedCalls(): number {
    return this.#queue.length;
  }

  /** Resolves when the queue is empty. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Collects, until `unwatch`, the rows that writes add, remove or change. */
  watch(): number[] {
    const touched: number[] = [];
    this.#watchers.add(touched);
    return touched;
  }

  unwatch(touched: number[]): void {
    this.#watchers.delete(touched);
  }

  #enqueue(queued: QueuedCall | QueuedTask): void {
    this.#queue.push(queued);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Calls made in the same turn share the first group.
    await Promise.resolve();
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (head.kind === "call" && head.decoding !== undefined) await head.decoding;
      else if (head.kind === "call") await this.#commitGroup();
      else {
        this.#queue.shift();
        await head.run();
      }
    }
    this.#running = undefined;
  }

  async #commitGroup(): Promise<void> {
    const { indexes } = this.#parts;
    const applied: AppliedCall[] = [];
    try {
      for (const index of indexes) await index.whenWritable();
      this.#rows ??= await this.#parts.openRows();
      for (const index of indexes) index.beginWrite();
      try {
        await this.#applyAndCommit(this.#rows, applied);
      } finally {
        for (const index of indexes) index.endWrite();
      }
    } catch (error) {
      this.#rejectGroup(applied, error);
      if (applied.length === 0) this.#rejectHead(error);
    }
  }

  /** Of a group that met a full disk, calls that only remove are queued again, to be committed without the others. */
  #rejectGroup(applied: readonly AppliedCall[], error: unknown): void {
    this.#isDiskFull = error instanceof OmenError && error.code === "disk_full";
    const isMixed = new Set(applied.map(({ call }) => call.operation?.purpose)).size > 1;
    const again: QueuedCall[] = [];
    for (const { call } of applied) {
      if (this.#isDiskFull && isMixed && call.operation?.purpose === "free") again.push(call);
      else call.reject(error);
    }
    this.#queue.unshift(...again);
  }

  async #applyAndCommit(rows: RowAllocator, applied: AppliedCall[]): Promise<void> {
    releaseRows(this.#parts.indexes, rows);
    const group = new WriteGroup({ ...this.#parts, rows });
    await this.#applyCalls(group, rows, applied);
    await this.#commit(group, applied.length);
    if (applied.some(({ call }) => call.operation?.purpose === "write")) this.#isDiskFull = false;
    for (const { resolve } of applied) resolve();
  }

  /** Opening the rows failed before any call was taken from the queue: the first one is told. */
  #rejectHead(error: unknown): void {
    const head = this.#queue[0];
    if (head?.kind !== "call") return;
    this.#queue.shift();
    head.reject(error);
  }

  /** Takes calls from the queue into the group. One that fails is rejected alone. */
  async #applyCalls(group: WriteGroup, rows: RowAllocator, applied: AppliedCall[]): Promise<void> {
    let rowCount = 0;
    let purpose: WriteOperation<unknown>["purpose"] | undefined;
    for (let head = this.#queue[0]; head?.kind === "call"; head = this.#queue[0]) {
      const { operation } = head;
      if (head.decoding !== undefined) return;
      if (operation !== undefined && rowCount > 0 && rowCount + operation.rowCountMax > groupRowCountMax)
        return;
      if (
        this.#isDiskFull &&
        purpose !== undefined &&
        operation !== undefined &&
        operation.purpose !== purpose
      )
        return;
      this.#queue.shift();
      // A call whose decoding failed has been rejected already.
      if (operation === undefined) continue;
      purpose ??= operation.purpose;
      try {
        this.assertSound();
        const rowEnd = rows.rowEndAfter(operation.rowCountMax);
        for (const index of this.#parts.indexes) index.reserve(rowEnd);
        const result = runInSlices(operation.apply(group));
        applied.push({ call: head, resolve: result instanceof Promise ? await result : result });
        rowCount += operation.rowCountMax;
      } catch (error) {
        head.reject(error);
      }
    }
  }

  async #commit(group: WriteGroup, callCount: number): Promise<void> {
    const { store } = this.#parts;
    const plan = await this.#plan(group);
    if (plan.changes.length === 0) return;
    // Decoding, looking up and planning may have taken a slice of time each, all in one turn of the event loop.
    if (plan.changes.length > changesInOneTurn) await nextTurn();
    const inFlight = new CommitInFlight(this.#parts, plan);
    const batch = { sequence: store.state.sequence + callCount, changes: plan.changes };
    const committed = this.#flush(batch, inFlight, callCount);
    // Both are waited for whatever becomes of either: the next commit must not begin before this one is over.
    const [commit, writing] = await Promise.allSettled([committed, writeRows(inFlight)]);
    if (commit.status === "rejected") {
      group.abandon();
      throw commit.reason;
    }
    if (writing.status === "rejected") throw this.#fail(writing.reason);
    this.assertSound();
  }

  /** The commit begins in this turn. */
  async #flush(batch: StoreBatch, inFlight: CommitInFlight, callCount: number): Promise<void> {
    const { store, monitor } = this.#parts;
    const begin = performance.now();
    try {
      await store.commit(batch, () => this.#publish(inFlight));
    } catch (error) {
      monitor.failed("flush", error, `A write could not be flushed: ${String(error)}`);
      throw error;
    }
    monitor.flushed(callCount, performance.now() - begin);
  }

  /** A group of which there is no plan, for want of memory say, gives its rows back. */
  async #plan(group: WriteGroup): Promise<WritePlan> {
    try {
      return await runInSlices(group.plan());
    } catch (error) {
      group.abandon();
      throw error;
    }
  }

  /** The store has a commit that the indexes could not take: only reopening brings them together again. */
  #fail(cause: unknown): OmenError {
    const message = "An index could not take a committed write; close and reopen the database to rebuild it.";
    this.#failure = new OmenError("unavailable", "index_failed", message, { cause });
    this.#parts.monitor.failed("index", this.#failure, message);
    return this.#failure;
  }

  /** Called by the store in the moment from which its reads see the commit; must not throw into it. */
  #publish(inFlight: CommitInFlight): void {
    try {
      inFlight.publish(this.#rows!);
      for (const touched of this.#watchers) inFlight.addTouchedRows(touched);
      this.#parts.onPublished();
    } catch (error) {
      this.#fail(error);
    }
  }
}

/** Async, so that a fault in the first slice is a rejection like any later one. */
async function writeRows(inFlight: CommitInFlight): Promise<void> {
  await runInSlices(inFlight.writeRows());
}

function* settling<Result>(
  operation: WriteOperation<Result>,
  group: WriteGroup,
  resolve: (result: Result) => void,
): Generator<void, () => void> {
  const result = yield* operation.apply(group);
  return () => resolve(result);
}
