// What the crash test does in each cycle, made from the seed: the same in the process that works and is killed, and in
// the one that keeps the books. Nothing here depends on time or on what a database holds.

import type { CollectionConfig, JsonValue, Metadata, MetadataChange, Metric, PointId } from "omendb";
import { seededRandom } from "../conformance-expect.js";

/** Which operation of a run this is; with the collection's name it says all about it. */
export interface OperationKey {
  readonly seed: number;
  readonly cycle: number;
  /** Counts the operations of a cycle in the order in which they were begun. */
  readonly number: number;
}

/** A point of an operation. Its vectors are in the order of the collection's fields. */
export interface PlannedPoint {
  readonly id: PointId;
  readonly vectors: readonly (Float32Array | undefined)[];
  readonly metadata: Metadata;
}

/** What an operation is, as the child tells it; what a write is follows from its number. */
export type Verb = "create" | "drop" | "write";

/** A change of points. */
export type Write =
  | { readonly kind: "upsert"; readonly form: "points" | "columns"; readonly points: readonly PlannedPoint[] }
  | { readonly kind: "delete"; readonly target: Target }
  | { readonly kind: "update"; readonly target: Target; readonly change: MetadataChange };

/** Which points: those of these ids, or all on a shelf. */
export type Target =
  | { readonly kind: "ids"; readonly ids: readonly PointId[] }
  | { readonly kind: "shelf"; readonly shelf: number };

/** One vector field; `""` is the unnamed one. */
export interface PlannedField {
  readonly name: string;
  readonly dimension: number;
  readonly metric: Metric;
}

/** A kind of collection. */
export interface Shape {
  readonly fields: readonly PlannedField[];
  readonly config: CollectionConfig;
  /** Ids that its operations speak of: some exist, some do not. */
  readonly idCount: number;
}

const shapes = {
  few: shapeOf(400, [{ name: "", dimension: 24, metric: "cosine" }]),
  many: shapeOf(2500, [{ name: "", dimension: 24, metric: "cosine" }]),
  fields: shapeOf(500, [
    { name: "title", dimension: 8, metric: "euclidean" },
    { name: "image", dimension: 40, metric: "dot" },
  ]),
  // A thousand of these rows are enough for linking to begin by itself.
  wide: shapeOf(1800, [{ name: "", dimension: 128, metric: "euclidean" }], {
    quantization: "none",
    originals: "memory",
  }),
  guestA: shapeOf(200, [{ name: "", dimension: 3, metric: "dot" }]),
  guestB: shapeOf(200, [{ name: "only", dimension: 16, metric: "cosine" }]),
};

/**
 * The databases of a run, with the collections that are in them from the first cycle on. Most cycles work on the small
 * one, because they are quick; in the large one there is background work too: linking, consolidation, checkpoints.
 */
export const lastingNames = {
  small: ["few", "fields"],
  large: ["many", "wide", "fields"],
} satisfies Record<string, readonly (keyof typeof shapes)[]>;

function shapeOf(idCount: number, fields: readonly PlannedField[], settings: CollectionConfig = {}): Shape {
  const [only] = fields;
  if (only?.name === "") {
    return { fields, idCount, config: { ...settings, dimension: only.dimension, metric: only.metric } };
  }
  const vectors = fields.map(({ name, dimension, metric }) => [name, { dimension, metric }] as const);
  return { fields, idCount, config: { ...settings, vectors: Object.fromEntries(vectors) } };
}

/** The name of a collection that is made during a run, and dropped later. No two operations make the same. */
export function guestName({ cycle, number }: OperationKey): string {
  return `${number % 2 === 0 ? "guestA" : "guestB"} ${cycle}/${number}`;
}

/** The kind of a collection, which its name tells. */
export function shapeOfName(name: string): Shape {
  const kind = name.split(" ")[0]!;
  if (!Object.hasOwn(shapes, kind)) throw new Error(`no collection of the crash test is named ${name}`);
  // Just checked.
  return shapes[kind as keyof typeof shapes];
}

/** How one cycle goes: what the process does and when it is killed. */
export interface CyclePlan {
  readonly database: keyof typeof lastingNames;
  readonly writers: number;
  /** Calls that a writer makes in one turn, without waiting for the first. */
  readonly callsATurn: number;
  readonly linkingThreads: number;
  /** Points in a batch. */
  readonly batchMin: number;
  readonly batchMax: number;
  /** The lasting collections that are written to. */
  readonly names: readonly string[];
  /** How often an operation makes or drops a collection, instead of writing points. */
  readonly guestShare: number;
  /** How often a writer waits for the index first. */
  readonly waitShare: number;
  /** When the database is closed, with calls still in flight; `undefined` for never. */
  readonly closeAfterMs: number | undefined;
  readonly kill: Kill;
  /** What the kill is meant to interrupt, in one cycle of five. */
  readonly aim: Aim | undefined;
  /** What is inspected afterwards. A copy leaves the folder as it was: the next process recovers it once more. */
  readonly inspect: "in place" | "a copy";
  /** The inspection waits until every row is linked. */
  readonly settle: boolean;
}

/** What a kill may be meant to interrupt. A backup comes here when the child makes one. */
export type Aim = "recovery" | "checkpoint" | "consolidation" | "drop";

/** Of a few rows consolidation is over before anyone sees it. */
const aimsIn: Readonly<Record<CyclePlan["database"], readonly Aim[]>> = {
  small: ["recovery", "checkpoint", "drop"],
  large: ["consolidation"],
};

/**
 * The moment of the kill: so long after the process has said this so many times. After `acked` the process kills itself
 * at once, because no one else is as quick: what was acknowledged must be durable by then.
 */
export type Kill =
  | {
      readonly after: "opening" | "opened" | "begin" | "consolidating" | "closing";
      readonly count: number;
      readonly delayMs: number;
    }
  | { readonly after: "acked"; readonly count: number };

/** Plans one cycle. */
export function planCycle(seed: number, cycle: number): CyclePlan {
  const random = randomOf(seed, cycle, 0x51ab);
  const closes = random() < 0.12;
  const database = cycle % 4 === 3 ? "large" : "small";
  const names: readonly string[] = lastingNames[database];
  const plan: CyclePlan = {
    database,
    writers: 1 + below(random, 4),
    callsATurn: random() < 0.6 ? 1 : 2 + below(random, 2),
    linkingThreads: random() < 0.8 ? 1 : 2,
    batchMin: 1,
    batchMax: [3, 60, 500][below(random, 3)]!,
    names: random() < 0.4 ? [names[below(random, names.length)]!] : names,
    guestShare: random() < 0.4 ? 0.15 : 0,
    waitShare: random() < 0.5 ? 0.03 : 0,
    closeAfterMs: closes ? random() * 120 : undefined,
    kill: closes ? { after: "closing", count: 1, delayMs: random() ** 2 * 60 } : planKill(random),
    aim: undefined,
    inspect: random() < 0.6 ? "in place" : "a copy",
    settle: random() < 0.15,
  };
  if (cycle % 5 === 2) return { ...plan, ...planAim(random, database) };
  if (closes || database === "small" || random() > 0.15) return plan;
  // So many rows are written and linked that a checkpoint is due, about when the kill comes.
  const kill: Kill = { after: "begin", count: 20 + below(random, 40), delayMs: random() * 100 };
  const batches = { writers: 1, callsATurn: 3, batchMin: 400, batchMax: 500 };
  return { ...plan, ...batches, names: ["many"], waitShare: 0.2, kill };
}

/** What is other in a cycle whose kill has an aim. */
function planAim(random: () => number, database: CyclePlan["database"]): Partial<CyclePlan> {
  const aim = aimsIn[database][below(random, aimsIn[database].length)]!;
  const largest = lastingNames[database][0]!;
  switch (aim) {
    case "recovery":
      return { aim, kill: { after: "opening", count: 1, delayMs: random() * 30 } };
    case "checkpoint": {
      // Closing writes one after a thousand changes.
      const kill: Kill = { after: "closing", count: 1, delayMs: random() ** 2 * 60 };
      return { aim, names: [largest], batchMin: 200, batchMax: 500, closeAfterMs: 80 + random() * 80, kill };
    }
    case "consolidation": {
      // Whoever waits for the index sees it come, because every batch replaces or removes many rows.
      const kill: Kill = { after: "consolidating", count: 1 + below(random, 2), delayMs: random() ** 2 * 10 };
      const batches = { batchMin: 150, batchMax: 500, waitShare: 1, guestShare: 0 };
      return { aim, names: [largest], ...batches, closeAfterMs: undefined, kill };
    }
    case "drop": {
      const kill: Kill = { after: "begin", count: 10 + below(random, 60), delayMs: random() * 4 };
      return { aim, guestShare: 0.8, kill };
    }
    default:
      return aim satisfies never;
  }
}

/** Mostly a moment among the operations, however fast the machine is. */
function planKill(random: () => number): Kill {
  const kind = random();
  const count = 1 + below(random, 50);
  if (kind < 0.12) return { after: "opening", count: 1, delayMs: random() * 30 };
  if (kind < 0.6) return { after: "begin", count, delayMs: random() * 4 };
  if (kind < 0.75) return { after: "acked", count };
  return { after: "opened", count: 1, delayMs: random() ** 2 * 400 };
}

/** What an operation that writes points does. */
export function planWrite(key: OperationKey, name: string): Write {
  const random = randomOf(key.seed, key.cycle, key.number);
  const shape = shapeOfName(name);
  const { batchMin, batchMax } = planCycle(key.seed, key.cycle);
  const kind = random();
  // Mostly small batches, some of the full size.
  const count = batchMin + Math.floor((Math.min(batchMax, shape.idCount) - batchMin + 1) * random() ** 1.5);
  if (kind < 0.6) return planUpsert(random, shape, count);
  const target = planTarget(random, shape, count);
  return kind < 0.8
    ? { kind: "delete", target }
    : { kind: "update", target, change: planMetadataChange(random) };
}

function planUpsert(random: () => number, { fields, idCount }: Shape, count: number): Write {
  const form = random() < 0.5 ? "points" : "columns";
  const isPresent = (field: PlannedField): boolean => field.name === "" || random() < 0.75;
  // A column has a vector for every point or for none.
  const columns = fields.map(isPresent);
  const points: PlannedPoint[] = [];
  for (let i = 0; i < count; i++) {
    const vectors = fields.map((field, f) => {
      const present = form === "columns" ? columns[f]! : isPresent(field);
      return present ? planVector(random, field.dimension) : undefined;
    });
    points.push({ id: idOf(below(random, idCount)), vectors, metadata: planMetadata(random) });
  }
  return { kind: "upsert", form, points };
}

function planTarget(random: () => number, { idCount }: Shape, count: number): Target {
  if (random() < 0.06) return { kind: "shelf", shelf: below(random, shelfCount) };
  // Some exist, some do not, and now and then one is there twice.
  return { kind: "ids", ids: Array.from({ length: count }, () => idOf(below(random, idCount))) };
}

/** Ids of every kind; many look alike. */
function idOf(i: number): PointId {
  switch (i % 8) {
    case 0:
      return i;
    case 1:
      return -i;
    case 2:
      return 2n ** 53n + BigInt(i);
    case 3:
      return 2n ** 64n - 1n - BigInt(i);
    case 4:
      return String(i - 4);
    case 5:
      return `${i}`.padEnd(512, "k");
    case 6:
      return `é\u0000😀${i}`;
    default:
      return `film/${i}`;
  }
}

/** Components from -1 to 1 of all 24 bits, some of them negative zeros and denormal numbers. */
function planVector(random: () => number, dimension: number): Float32Array {
  const vector = new Float32Array(dimension);
  for (let i = 0; i < dimension; i++) vector[i] = random() * 2 - 1;
  if (dimension > 2 && random() < 0.1) {
    vector[below(random, dimension - 1)] = -0;
    vector[below(random, dimension - 1)] = 1e-45;
  }
  return vector;
}

const shelfCount = 40;
const longText = Array.from({ length: 6000 }, (_, i) => `${i} é "quoted"\n`).join("");

function planMetadata(random: () => number): Metadata {
  const size = random();
  if (size < 0.05) return {};
  const metadata: Record<string, JsonValue> = { shelf: below(random, shelfCount), weight: random() };
  if (size < 0.5) metadata["tags"] = ["x", below(random, 10), null, { deep: [random() < 0.5] }];
  if (size > 0.6) metadata["text"] = longText.slice(0, below(random, 60));
  // Beyond a page of the store, and beyond what it keeps inside a node.
  if (size > 0.98) metadata["text"] = longText.slice(0, below(random, 10_000));
  if (size > 0.9995) metadata["text"] = longText.slice(0, below(random, longText.length));
  return metadata;
}

function planMetadataChange(random: () => number): MetadataChange {
  switch (below(random, 4)) {
    case 0:
      return { set: planMetadata(random) };
    case 1:
      return { merge: planMetadata(random) };
    case 2:
      return { unset: ["text", "weight", "missing"] };
    default:
      return { merge: { weight: random(), seen: random() < 0.5, 7: "seven" }, unset: ["tags", "seen"] };
  }
}

/** A random integer from 0 to `end` - 1. */
export function below(random: () => number, end: number): number {
  return Math.floor(random() * end);
}

/** Random numbers that follow from several numbers together. */
export function randomOf(...parts: readonly number[]): () => number {
  let state = 0x9e3779b9;
  for (const part of parts) {
    state = Math.imul(state ^ part, 0x85ebca6b);
    state ^= state >>> 15;
  }
  return seededRandom(state);
}
