// The books of the crash test: what was begun, what was acknowledged, and hence what a database may hold after a kill.
//
//   operations on one collection, in the order of the calls:
//
//     acked  acked  begun  acked │ begun  begun
//     ─────── must be there ─────┴─ each may be there, if all before it are ─
//
// Each operation is there wholly or not at all. An unacknowledged one before an acknowledged one must be there too,
// because the calls on a collection take effect in their order.

import type { Point } from "omendb";
import type { Outcome } from "./crash-perform.js";
import { applyWrite, differences, keyOf, type ModelPoints } from "./crash-model.js";
import { planWrite, type OperationKey, type Verb, type Write } from "./crash-plan.js";

/** The database does not hold what it must. */
export class CrashFault extends Error {
  override readonly name = "CrashFault";
}

interface BookedOperation {
  readonly key: OperationKey;
  readonly verb: Verb;
  outcome: Outcome | undefined;
  ackedMs: number | undefined;
}

/** Who is told what a child does. */
export interface Books {
  begin(key: OperationKey, verb: Verb, name: string): void;
  acknowledge(number: number, outcome: Outcome): void;
}

/** What became of the operations that were in flight at a kill. */
export interface Settlement {
  readonly survivedCount: number;
  readonly vanishedCount: number;
}

export class Ledger implements Books {
  /** Collections that exist. */
  readonly #collections = new Map<string, ModelPoints>();
  /** Operations since the last settlement, by collection. */
  readonly #booked = new Map<string, BookedOperation[]>();
  readonly #unacked = new Map<number, BookedOperation>();
  /** Keys of points that the operations of the last settlement spoke of. */
  readonly #touched = new Map<string, Set<string>>();

  /** Books an operation that is about to be called. */
  begin(key: OperationKey, verb: Verb, name: string): void {
    const operation = { key, verb, outcome: undefined, ackedMs: undefined };
    const before = this.#booked.get(name);
    if (before === undefined) this.#booked.set(name, [operation]);
    else before.push(operation);
    this.#unacked.set(key.number, operation);
  }

  /** Books that an operation was acknowledged. */
  acknowledge(number: number, outcome: Outcome): void {
    const operation = this.#unacked.get(number)!;
    operation.outcome = outcome;
    operation.ackedMs = performance.now();
    this.#unacked.delete(number);
  }

  /** Books that an operation was refused: nothing of it may be there. */
  reject(number: number): void {
    const operation = this.#unacked.get(number)!;
    this.#unacked.delete(number);
    for (const [name, operations] of this.#booked) {
      this.#booked.set(
        name,
        operations.filter((booked) => booked !== operation),
      );
    }
  }

  /**
   * Books of their own as they stand now, in which what was acknowledged less than `youngMs` ago counts as not
   * acknowledged.
   */
  copy(youngMs = 0): Ledger {
    const copy = new Ledger();
    for (const [name, points] of this.#collections) copy.#collections.set(name, new Map(points));
    const nowMs = performance.now();
    for (const [name, operations] of this.#booked) {
      copy.#booked.set(
        name,
        operations.map((operation) => copy.#adopt(operation, nowMs - youngMs)),
      );
    }
    return copy;
  }

  #adopt(operation: BookedOperation, untilMs: number): BookedOperation {
    const isCertain = operation.ackedMs !== undefined && operation.ackedMs <= untilMs;
    const adopted = isCertain ? { ...operation } : { ...operation, outcome: undefined, ackedMs: undefined };
    if (!isCertain) this.#unacked.set(adopted.key.number, adopted);
    return adopted;
  }

  /** Operations begun and not acknowledged. */
  get inFlightCount(): number {
    return this.#unacked.size;
  }

  /** Whether a collection is being dropped. */
  get isDropping(): boolean {
    return [...this.#unacked.values()].some(({ verb }) => verb === "drop");
  }

  /** Names of collections that exist or may exist. */
  get names(): string[] {
    return [...new Set([...this.#collections.keys(), ...this.#booked.keys()])];
  }

  /** The points of a collection as of the last settlement; `undefined` if there is no such collection. */
  pointsOf(name: string): ModelPoints | undefined {
    return this.#collections.get(name);
  }

  /** Keys of points that the operations of the last settlement spoke of. */
  touchedIn(name: string): ReadonlySet<string> {
    return this.#touched.get(name) ?? new Set();
  }

  /**
   * Finds how many of the unacknowledged operations on a collection the database holds, and adopts that. `found` is
   * `undefined` if the collection is not there. Throws CrashFault if it holds none of the states that it may hold.
   */
  settle(name: string, found: readonly Point[] | undefined): Settlement {
    const operations = this.#booked.get(name) ?? [];
    this.#booked.delete(name);
    this.#touched.set(name, new Set());
    const certain = operations.findLastIndex(({ outcome }) => outcome !== undefined) + 1;
    for (const operation of operations.slice(0, certain)) this.#apply(name, operation);
    const refused = [this.#stateFault(name, found)];
    let survivedCount = 0;
    while (refused.at(-1) !== undefined && certain + survivedCount < operations.length) {
      this.#apply(name, operations[certain + survivedCount++]!);
      refused.push(this.#stateFault(name, found));
    }
    if (refused.at(-1) === undefined) {
      for (const { key } of operations) this.#unacked.delete(key.number);
      return { survivedCount, vanishedCount: operations.length - certain - survivedCount };
    }
    const wanted = refused.map(
      (fault, i) => `  with ${i} of ${refused.length - 1} in flight: ${fault ?? ""}`,
    );
    const inFlight = operations.slice(certain).map(({ key, verb }) => `${key.number} ${verb}`);
    const state = `${certain} operations must be there, in flight were [${inFlight.join(", ")}]`;
    throw new CrashFault(`${name}: ${state}; nothing fits:\n${wanted.join("\n")}`);
  }

  #apply(name: string, { key, verb, outcome }: BookedOperation): void {
    const expected = this.#effectOf(name, verb, key);
    if (outcome === undefined || (outcome[0] === expected[0] && outcome[1] === expected[1])) return;
    throw new CrashFault(
      `${name}: operation ${key.number}, ${verb}, said ${String(outcome)}, not ${String(expected)}`,
    );
  }

  #effectOf(name: string, verb: Verb, key: OperationKey): Outcome {
    if (verb === "create") {
      this.#collections.set(name, new Map());
      return [1, 0];
    }
    if (verb === "drop") return [this.#collections.delete(name) ? 1 : 0, 0];
    const write = planWrite(key, name);
    for (const touched of idsOf(write)) this.#touched.get(name)!.add(touched);
    const points = this.#collections.get(name);
    if (points === undefined)
      throw new CrashFault(`${name}: operation ${key.number} wrote to what is not there`);
    return applyWrite(points, write);
  }

  /** How what was found differs from the books as they stand now. */
  #stateFault(name: string, found: readonly Point[] | undefined): string | undefined {
    const expected = this.#collections.get(name);
    if (found === undefined || expected === undefined) {
      if (found === expected) return undefined;
      return `the collection ${found === undefined ? "is missing" : "should not be there"}`;
    }
    const all = differences(name, found, expected);
    return all.length === 0 ? undefined : all.join("; ");
  }
}

function idsOf(write: Write): string[] {
  if (write.kind === "upsert") return write.points.map((point) => keyOf(point.id));
  return write.target.kind === "ids" ? write.target.ids.map(keyOf) : [];
}
