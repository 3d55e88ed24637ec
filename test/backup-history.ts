// A collection with all that it ever was: each write is an operation with a number, and the history has the points
// behind each. Writes are made up so that each changes something, because only those have a number.

import assert from "node:assert/strict";
import type { Collection, CollectionConfig, Database, PointInput } from "omendb";

/** Numbers from 0 to below 1. */
type Random = () => number;
type Points = ReadonlyMap<string, PointInput>;

export const historyConfig: CollectionConfig = {
  vectors: { left: { dimension: 4 }, right: { dimension: 24, metric: "euclidean" } },
};

/** A whole number from 0 to below `end`. */
export function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

/** One collection and its past. */
export class History {
  readonly name: string;
  readonly #collection: Collection;
  /** Points behind each operation; the first are those of the empty collection. */
  readonly #states: Points[] = [new Map()];

  constructor(name: string, collection: Collection) {
    this.name = name;
    this.#collection = collection;
  }

  /** Asks for one random write, which is the next operation whenever it is done. */
  write(random: Random): Promise<unknown> {
    const points = new Map(this.#states.at(-1));
    const known = [...points.keys()];
    const number = this.#states.length;
    this.#states.push(points);
    if (known.length > 20 && below(random, 4) === 0) {
      const gone = Array.from({ length: 5 }, () => known[below(random, known.length)]!);
      for (const id of gone) points.delete(id);
      return this.#collection.delete(gone);
    }
    if (known.length > 0 && below(random, 5) === 0) {
      const id = known[below(random, known.length)]!;
      points.set(id, { ...points.get(id)!, metadata: { number } });
      return this.#collection.updateMetadata([id], { set: { number } });
    }
    // One that is new makes sure that there is a change.
    const ids = [
      `new-${number}`,
      ...Array.from({ length: below(random, 20) }, () => `id-${below(random, 200)}`),
    ];
    const written = [...new Set(ids)].map((id) => madeUpPoint(id, number, random));
    for (const point of written) points.set(String(point.id), point);
    return this.#collection.upsert(written);
  }

  /** Compares what a database has with what was there behind an operation. */
  async check(db: Database, sequence: number): Promise<void> {
    const collection = await db.collection(this.name);
    const expected = this.#states[sequence];
    assert.ok(expected, `${this.name} never had an operation ${sequence}`);
    const { points } = await collection.list({ limit: 10_000, include: ["metadata", "vector"] });
    // Both in the order of ids, all of which are texts.
    const inOrder = [...expected.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual(
      points.map(plain),
      inOrder.map(([, point]) => plain(point)),
    );
    assert.equal((await collection.stats()).sequence, sequence);
    if (points.length === 0) return;
    const [hit] = await collection.search({
      vector: points[0]!.vectors!["right"]!,
      using: "right",
      limit: 1,
    });
    assert.ok(hit !== undefined && expected.has(String(hit.id)));
  }
}

function madeUpPoint(id: string, number: number, random: Random): PointInput {
  const vector = (dimension: number): Float32Array =>
    Float32Array.from({ length: dimension }, () => random() + 0.1);
  return { id, vectors: { left: vector(4), right: vector(24) }, metadata: { number, text: `of ${id}` } };
}

function plain({ id, vectors, metadata }: Pick<PointInput, "id" | "vectors" | "metadata">): unknown {
  const numbers = Object.entries(vectors ?? {}).map(
    ([field, vector]) => [field, Array.from(vector)] as const,
  );
  return { id, vectors: Object.fromEntries(numbers), metadata };
}
