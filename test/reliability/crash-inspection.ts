// Compares all that a database holds and answers with the books of the crash test.

import assert from "node:assert/strict";
import type { Collection, CollectionConfig, Database, Hit, Point } from "omendb";
import { plainScore } from "../conformance-expect.js";
import type { Ledger, Settlement } from "./crash-ledger.js";
import { differences, keyOf, type ModelPoints } from "./crash-model.js";
import { below, shapeOfName, type PlannedField, type PlannedPoint } from "./crash-plan.js";

/** What an inspection found. */
export interface Inspection extends Settlement {
  readonly pointCount: number;
}

/** How to inspect. */
export interface InspectionOptions {
  readonly random: () => number;
  /** Waits until every row is linked. */
  readonly settle: boolean;
}

/** Settles the books with what the database holds, then asks it questions. Throws if anything is not as it must be. */
export async function inspect(db: Database, ledger: Ledger, options: InspectionOptions): Promise<Inspection> {
  let total: Inspection = { survivedCount: 0, vanishedCount: 0, pointCount: 0 };
  const infos = await db.listCollections();
  for (const { name, config } of infos) assert.deepEqual(config, resolved(shapeOfName(name).config), name);
  const found = new Set(infos.map(({ name }) => name));
  for (const name of new Set([...ledger.names, ...found])) {
    const collection = found.has(name) ? await db.collection(name) : undefined;
    const points = collection === undefined ? undefined : await readAll(collection, options.random);
    const { survivedCount, vanishedCount } = ledger.settle(name, points);
    total = {
      survivedCount: total.survivedCount + survivedCount,
      vanishedCount: total.vanishedCount + vanishedCount,
      pointCount: total.pointCount + (points?.length ?? 0),
    };
    if (collection !== undefined) await ask(collection, ledger, options);
  }
  return total;
}

/** A configuration as `listCollections` shows it. */
function resolved(config: CollectionConfig): unknown {
  const { vectors, dimension, metric, quantization = "int8", originals = "disk" } = config;
  const fields =
    vectors === undefined
      ? [{ name: "", dimension, metric }]
      : Object.entries(vectors).map(([name, field]) => ({ name, ...field }));
  return { fields, quantization, originals, maxDegree: 32, efConstruction: 96, indexedMetadata: "all" };
}

async function readAll(collection: Collection, random: () => number): Promise<Point[]> {
  const points: Point[] = [];
  const limit = 500 + below(random, 3000);
  let page = await collection.list({ limit, include: ["metadata", "vector"] });
  points.push(...page.points);
  while (page.next !== undefined) {
    page = await collection.list({ limit, after: page.next, include: ["metadata", "vector"] });
    points.push(...page.points);
  }
  return points;
}

async function ask(
  collection: Collection,
  ledger: Ledger,
  { random, settle }: InspectionOptions,
): Promise<void> {
  const { name } = collection;
  const points = ledger.pointsOf(name)!;
  if (settle) await collection.waitForIndex();
  assert.equal(await collection.count(), points.size, `${name}: count()`);
  const samples = pickSamples(ledger, name, random);
  await checkGet(collection, points, samples);
  for (const [f, field] of shapeOfName(name).fields.entries()) {
    const vectors = samples.flatMap((key) => points.get(key)?.vectors[f] ?? []).slice(0, searchesAField);
    for (const vector of vectors) await checkSearch(collection, points, { field, f, vector });
  }
  await checkStats(collection, points, settle);
}

const samplesMax = 40;
const searchesAField = 3;

/** Keys of points: some that the last operations spoke of, present or not, and some others. */
function pickSamples(ledger: Ledger, name: string, random: () => number): string[] {
  const touched = [...ledger.touchedIn(name)];
  const all = [...ledger.pointsOf(name)!.keys()];
  const samples: string[] = [];
  for (let i = 0; i < samplesMax && touched.length > 0; i++)
    samples.push(touched[below(random, touched.length)]!);
  for (let i = 0; i < samplesMax && all.length > 0; i++) samples.push(all[below(random, all.length)]!);
  return samples.sort(() => random() - 0.5);
}

async function checkGet(
  collection: Collection,
  points: ModelPoints,
  samples: readonly string[],
): Promise<void> {
  const keys = [...new Set(samples)];
  const got = await collection.get(keys.map(idOfKey));
  const found = got.filter((point) => point !== undefined);
  const expected = keys.flatMap((key) => points.get(key) ?? []);
  const wanted = new Map(expected.map((point) => [keyOf(point.id), point]));
  assert.deepEqual(differences(collection.name, found, wanted), [], `${collection.name}: get()`);
  assert.deepEqual(
    got.map((point) => point !== undefined),
    keys.map((key) => points.has(key)),
    `${collection.name}: get() keeps the order`,
  );
}

/** The id of a key; see `keyOf`. */
function idOfKey(key: string): string | bigint {
  return key.startsWith('"') ? key.slice(1) : BigInt(key);
}

interface Question {
  readonly field: PlannedField;
  /** The field's place. */
  readonly f: number;
  readonly vector: Float32Array;
}

/** Exact search equals brute force over the books; graph search finds as many, and nothing that is not there. */
async function checkSearch(collection: Collection, points: ModelPoints, question: Question): Promise<void> {
  const { field, f, vector } = question;
  const request = { vector, limit: 10, include: [], ...(field.name === "" ? {} : { using: field.name }) };
  const scores: number[] = [];
  for (const { vectors } of points.values()) {
    if (vectors[f] !== undefined) scores.push(plainScore(field.metric, vector, vectors[f]));
  }
  scores.sort((a, b) => (field.metric === "euclidean" ? a - b : b - a));
  const where = `${collection.name} ${field.name}`;
  const exact = await collection.search({ ...request, exact: true });
  assert.equal(exact.length, Math.min(10, scores.length), `${where}: exact hits`);
  for (const [i, hit] of exact.entries()) assertClose(hit.score, scores[i]!, `${where}: exact score ${i}`);
  const hits = await collection.search(request);
  assert.equal(hits.length, exact.length, `${where}: hits`);
  for (const hit of [...exact, ...hits]) checkHit(hit, points.get(keyOf(hit.id)), question);
}

function checkHit(hit: Hit, point: PlannedPoint | undefined, { field, f, vector }: Question): void {
  const found = point?.vectors[f];
  assert.ok(found !== undefined, `a hit for what is not there: ${keyOf(hit.id)}`);
  assertClose(hit.score, plainScore(field.metric, vector, found), `score of ${keyOf(hit.id)}`);
}

/** Scores are computed in 32 bits. */
function assertClose(actual: number, expected: number, message: string): void {
  const isClose = Math.abs(actual - expected) <= 1e-3 * (1 + Math.abs(expected)) * 0.1;
  assert.ok(isClose, `${message}: ${actual} instead of ${expected}`);
}

async function checkStats(collection: Collection, points: ModelPoints, settled: boolean): Promise<void> {
  const stats = await collection.stats();
  assert.equal(stats.points, points.size, `${collection.name}: stats().points`);
  for (const [f, index] of stats.indexes.entries()) {
    const where = `${collection.name} ${index.field}: stats()`;
    let vectorCount = 0;
    for (const { vectors } of points.values()) if (vectors[f] !== undefined) vectorCount++;
    assert.equal(index.unreachableRows, 0, `${where}.unreachableRows`);
    assert.equal(index.liveRows, vectorCount, `${where}.liveRows`);
    if (settled) assert.equal(index.linkedRows, vectorCount, `${where}.linkedRows`);
  }
}
