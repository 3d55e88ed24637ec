// The index over metadata: how soon it answers after opening, from its file and without it, its memory, and filters with and
// without it. In memory of a process that did not write the points: a child opens the folder anew.
//
//   npm run bench:metadata [-- --n 100000 --rounds 5 --seed 1]

import { fork } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  open,
  type Collection,
  type Database,
  type Filter,
  type IndexedMetadata,
  type Metadata,
} from "omendb";
import { readArguments } from "./arguments.js";
import { machineLine } from "./measure.js";
import { seededRandom } from "./seeded-random.js";

const { n, rounds, seed, folder } = readArguments({ n: 100_000, rounds: 5, seed: 1, folder: "" });

/** What is compared, by name. */
const settings: readonly (readonly [name: string, indexed: IndexedMetadata])[] = [
  ["nothing", []],
  ["all", "all"],
  ["all, words of body", { all: true, fields: { body: "text" } }],
  [
    "declared kinds",
    {
      fields: {
        year: "integer",
        price: "float",
        name: "keyword",
        at: "date",
        tag: "keyword",
        body: "text",
        place: "geo",
      },
    },
  ],
];

const filters: readonly (readonly [name: string, filter: Filter])[] = [
  ["equality", { year: 1999 }],
  ["range, half of unique numbers", { price: { $gt: 0.5 } }],
  ["range, half of unique dates", { at: { $gte: { $date: "2010-01-01" } } }],
  ["$startsWith, a ninth of unique texts", { name: { $startsWith: "name 1" } }],
  ["$contains, a frequent word", { body: { $contains: "w3" } }],
  ["$contains, two rare words", { body: { $contains: "w900 w1200" } }],
  ["$geoRadius, 50 km", { place: { $geoRadius: { center: { lat: 48, lon: 2 }, radiusMeters: 50_000 } } }],
  ["$geoRadius, 5,000 km", { place: { $geoRadius: { center: { lat: 48, lon: 2 }, radiusMeters: 5e6 } } }],
];

if (folder === "") await measureAll();
else await measureFolder();

async function measureAll(): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), "omendb-bench-metadata-"));
  try {
    const db = await open(path);
    for (const [name, indexed] of settings) {
      await writePoints(await db.createCollection(name, { dimension: 8, metadata: { indexed } }));
    }
    await db.close();
    console.log(`${n} points of 8 dimensions, seed ${seed}, best of ${rounds}`);
    console.log(machineLine());
    await runChild(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

function runChild(path: string): Promise<void> {
  const given = ["--n", String(n), "--rounds", String(rounds), "--seed", String(seed), "--folder", path];
  const child = fork(fileURLToPath(import.meta.url), given, { execArgv: ["--expose-gc"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`The child ended with ${String(code)}.`)),
    );
  });
}

async function writePoints(collection: Collection): Promise<void> {
  const random = seededRandom(seed);
  const batch = 1000;
  for (let from = 0; from < n; from += batch) {
    const ids = Array.from({ length: Math.min(batch, n - from) }, (_, i) => from + i);
    await collection.upsert(
      ids.map((id) => ({
        id,
        vector: Array.from({ length: 8 }, () => random.normal()),
        metadata: metadataOf(id, () => random.next()),
      })),
    );
  }
}

/** Twenty words of 2,000, those with small numbers more often; places in a town, or anywhere. */
function metadataOf(id: number, next: () => number): Metadata {
  return {
    name: `name ${id}`,
    year: 1950 + Math.floor(next() * 70),
    price: next(),
    at: new Date(Date.UTC(2000) + next() * 20 * 365 * 86_400_000).toISOString(),
    tag: `tag ${Math.floor(next() * 20)}`,
    body: Array.from({ length: 20 }, () => `w${Math.floor(2000 * next() ** 3)}`).join(" "),
    place:
      id % 2 === 0
        ? { lat: 47.5 + next(), lon: 1.5 + next() }
        : { lat: next() * 180 - 90, lon: next() * 360 - 180 },
  };
}

async function measureFolder(): Promise<void> {
  const times = new Map<string, string[]>(filters.map(([name]) => [name, []]));
  for (const [name] of settings) {
    const kept: Opening[] = [];
    for (let round = 0; round < rounds; round++) {
      const db = await open(folder);
      const collection = await measureOpening(db, name, kept);
      if (round === rounds - 1) await measureFilled(collection, { name, times });
      await db.close();
    }
    const filled: Opening[] = [];
    for (let round = 0; round < rounds; round++) {
      await removeIndexFiles();
      const db = await open(folder);
      await measureOpening(db, name, filled);
      await db.close();
    }
    console.log(`${name}: from its file ${openingText(kept)}; without it ${openingText(filled)}`);
  }
  console.log(`\nms of count, ${settings.map(([name]) => name).join(" | ")}`);
  for (const [name, cells] of times) console.log(`${name.padEnd(40)}${cells.join(" | ")}`);
}

/** What an opening took, from `open` on. */
interface Opening {
  /** Until the collection was there: its vectors can be searched. */
  readonly openMs: number;
  /** Until filters are answered by the index. */
  readonly readyMs: number;
  /** The first equality on a field of unique texts, asked in that moment. */
  readonly firstMs: number;
  /** Until nothing of the index is to be done any more. */
  readonly doneMs: number;
}

async function measureOpening(db: Database, name: string, openings: Opening[]): Promise<Collection> {
  const begin = performance.now();
  const collection = await db.collection(name);
  const openMs = performance.now() - begin;
  while (!(await collection.stats()).metadata.isFilled)
    await new Promise((resolve) => setTimeout(resolve, 1));
  const readyMs = performance.now() - begin;
  await collection.count({ filter: { name: "name 5" } });
  const firstMs = performance.now() - begin - readyMs;
  await collection.waitForIndex();
  openings.push({ openMs, readyMs, firstMs, doneMs: performance.now() - begin });
  return collection;
}

function openingText(openings: readonly Opening[]): string {
  const range = (key: keyof Opening): string => {
    const ms = openings.map((opening) => opening[key]);
    return `${Math.min(...ms).toFixed(0)} to ${Math.max(...ms).toFixed(0)}`;
  };
  return `open ${range("openMs")} ms, ready after opening ${range("readyMs")} ms, first equality ${range("firstMs")} ms, done ${range("doneMs")} ms`;
}

/** Removes the files of indexes over metadata, so that they are filled from the store. */
async function removeIndexFiles(): Promise<void> {
  for (const path of await readdir(folder, { recursive: true }))
    if (path.endsWith("index-metadata.omen")) await rm(join(folder, path));
}

interface Measured {
  readonly name: string;
  readonly times: ReadonlyMap<string, string[]>;
}

async function measureFilled(collection: Collection, { name, times }: Measured): Promise<void> {
  for (const [title, filter] of filters) {
    const ms: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const begin = performance.now();
      await collection.count({ filter });
      ms.push(performance.now() - begin);
    }
    times.get(title)!.push(`${Math.min(...ms).toFixed(2)} (first ${ms[0]!.toFixed(1)})`);
  }
  const { fields } = (await collection.stats()).metadata;
  const bytes = fields.map((field) => `${field.path} ${Math.round(field.bytes / n)}`);
  const total = fields.reduce((sum, field) => sum + field.bytes, 0);
  const begin = performance.now();
  const { metadata } = await collection.verify();
  const verifyMs = performance.now() - begin;
  console.log(
    `${name}: index ${Math.round(total / n)} bytes a point (${bytes.join(", ")}); ` +
      `verify ${verifyMs.toFixed(0)} ms, ${metadata.problems.length} problems`,
  );
}
