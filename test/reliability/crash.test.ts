// A process that writes is killed at a random moment, again and again: after each reopening every acknowledged write is
// there, bit for bit, and none is half there. OMENDB_CRASH_SEED repeats a run as far as timing allows,
// OMENDB_CRASH_CYCLES makes it longer or shorter.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { open, type Collection, type Database, type Hit, type SearchRequest } from "omendb";
import { inspect } from "./crash-inspection.js";
import { CrashFault, Ledger } from "./crash-ledger.js";
import { perform } from "./crash-perform.js";
import { applyWrite } from "./crash-model.js";
import { planCycle, planWrite, randomOf, shapeOfName, type OperationKey, type Write } from "./crash-plan.js";
import { CrashProcess } from "./crash-process.js";
import { runCrashCycles } from "./crash-run.js";
import { nthCall, Strace, straceUnavailable } from "./strace.js";

const cycleCount = integerFrom("OMENDB_CRASH_CYCLES") ?? 200;
const seed = integerFrom("OMENDB_CRASH_SEED") ?? randomInt(2 ** 31);

function integerFrom(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined) return undefined;
  assert.match(text, /^\d{1,10}$/, `${variable} must be an integer`);
  return Number(text);
}

const withoutStrace = straceUnavailable();
const kills = withoutStrace === undefined ? "at moments and calls" : "at moments";

test(`acknowledged writes survive ${cycleCount} kills`, async () => {
  if (withoutStrace !== undefined) console.log(`crash test: NO KILLS AT SYSTEM CALLS: ${withoutStrace}`);
  console.log(`crash test: OMENDB_CRASH_SEED=${seed}`);
  const startMs = performance.now();
  const report = await runCrashCycles({ seed, cycleCount, kills });
  const { opening, opened, closing, closed } = report.phases;
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  console.log(
    `crash test: ${cycleCount} cycles in ${seconds} s; killed while opening ${opening}, working ${opened}, ` +
      `closing ${closing}, after closing ${closed}; operations acknowledged ${report.ackedCount}; in flight at ` +
      `${report.inFlightCycles} kills, of these operations ${report.survivedCount} were there and ` +
      `${report.vanishedCount} were not; points compared ${report.comparedPointCount}`,
  );
  console.log(
    `crash test: kills ${Object.entries(report.struck)
      .sort(([, a], [, b]) => b - a)
      .map(([what, count]) => `${what} ${count}`)
      .join(", ")}`,
  );
  // Runs in which the children did nothing would show nothing; a short one may.
  if (cycleCount >= 50) assert.ok(report.ackedCount >= cycleCount, "the children did some work");
});

/** A database with some writes in it that the ledger knows. */
interface Bench {
  readonly db: Database;
  readonly collection: Collection;
  readonly ledger: Ledger;
}

const name = "fields";
const bookedCount = 30;
const keyOf = (number: number): OperationKey => ({ seed, cycle: 0, number });
const planned = (number: number): Write => planWrite(keyOf(number), name);
/** Two upserts of several points that the bench does not hold: they change something whatever was there. */
const first = upsertFrom(bookedCount);
const second = upsertFrom(first + 1);

function upsertFrom(number: number): number {
  const write = planned(number);
  return write.kind === "upsert" && write.points.length > 1 ? number : upsertFrom(number + 1);
}

async function makeBench(): Promise<Bench> {
  const db = await open(":memory:");
  const ledger = new Ledger();
  ledger.begin(keyOf(0), "create", name);
  const collection = await db.createCollection(name, shapeOfName(name).config);
  ledger.acknowledge(0, [1, 0]);
  for (let number = 1; number < bookedCount; number++) {
    ledger.begin(keyOf(number), "write", name);
    ledger.acknowledge(number, await perform(collection, planned(number)));
  }
  await look({ db, ledger });
  return { db, collection, ledger };
}

function look({ db, ledger }: Pick<Bench, "db" | "ledger">): ReturnType<typeof inspect> {
  return inspect(db, ledger, { random: randomOf(seed), settle: false });
}

/** What a database could do wrong; each alone must be found. */
const faults: Readonly<Record<string, (bench: Bench) => Promise<unknown>>> = {
  "an acknowledged write is missing": async ({ ledger }) => {
    ledger.begin(keyOf(first), "write", name);
    ledger.acknowledge(first, applyWrite(new Map(ledger.pointsOf(name)), planned(first)));
  },
  "one bit of a vector is another": async ({ collection }) => {
    const { points } = await collection.list({ limit: 10_000, include: ["metadata", "vector"] });
    const { id, vectors, metadata } = points.find((point) => point.vectors?.["title"] !== undefined)!;
    const title = vectors!["title"]!.slice();
    new Uint32Array(title.buffer)[0]! ^= 1;
    await collection.upsert([{ id, vectors: { ...vectors, title }, metadata: metadata! }]);
  },
  "metadata is another": async ({ collection }) => {
    const { points } = await collection.list({ limit: 1 });
    await collection.updateMetadata([points[0]!.id], { merge: { weight: 2 } });
  },
  "a point is missing": async ({ collection }) => {
    const { points } = await collection.list({ limit: 1 });
    await collection.delete([points[0]!.id]);
  },
  "a point is there that nobody wrote": ({ collection }) => collection.upsert([{ id: "nobody" }]),
  "half of a batch in flight is there": async ({ collection, ledger }) => {
    ledger.begin(keyOf(first), "write", name);
    const write = planned(first);
    assert.ok(write.kind === "upsert");
    await perform(collection, { ...write, points: write.points.slice(0, 1) });
  },
  "of two writes in flight the later one is there alone": async ({ collection, ledger }) => {
    ledger.begin(keyOf(first), "write", name);
    ledger.begin(keyOf(second), "write", name);
    await perform(collection, planned(second));
  },
  "a write that was acknowledged in error counts another number of points": async ({
    collection,
    ledger,
  }) => {
    ledger.begin(keyOf(first), "write", name);
    const [inserted, replaced] = await perform(collection, planned(first));
    ledger.acknowledge(first, [inserted + 1, replaced]);
  },
  "a collection is missing": ({ db }) => db.dropCollection(name),
  "a collection is there that nobody made": ({ db }) =>
    db.createCollection("guestA 0/0", shapeOfName("guestA").config),
};

for (const [title, plant] of Object.entries(faults)) {
  test(`the crash test fails if ${title}`, async () => {
    const bench = await makeBench();
    await plant(bench);
    await assert.rejects(look(bench), CrashFault, `OMENDB_CRASH_SEED=${seed}`);
  });
}

/** The crash test asks for no groups, so one of the two forms of `search` is enough. */
function searching(search: (request: SearchRequest) => Promise<Hit[]>): Collection["search"] {
  return search as Collection["search"];
}

/** Answers that contradict what is stored; each alone must be found. */
const lies: Readonly<Record<string, (collection: Collection) => Partial<Collection>>> = {
  "count() is wrong": (collection) => ({ count: async () => (await collection.count()) + 1 }),
  "get() finds nothing": () => ({ get: async (ids) => ids.map(() => undefined) }),
  "search() leaves the best out": (collection) => ({
    search: searching((request) => collection.search({ ...request, offset: 1 })),
  }),
  "search() finds too few": (collection) => ({
    search: searching(async (request) => (await collection.search(request)).slice(1)),
  }),
  "rows are unreachable": (collection) => ({
    stats: async () => {
      const stats = await collection.stats();
      return { ...stats, indexes: stats.indexes.map((index) => ({ ...index, unreachableRows: 1 })) };
    },
  }),
};

for (const [title, lie] of Object.entries(lies)) {
  test(`the crash test fails if ${title}`, async () => {
    const { db, collection, ledger } = await makeBench();
    const lying = replaceIn(collection, lie(collection));
    const lyingDb = replaceIn(db, { collection: async () => lying });
    await assert.rejects(look({ db: lyingDb, ledger }), assert.AssertionError, `OMENDB_CRASH_SEED=${seed}`);
  });
}

/** An object that answers with `replacements` where it has them, and else as `target` does. */
function replaceIn<Target extends object>(target: Target, replacements: Partial<Target>): Target {
  return new Proxy(target, {
    get(_, name) {
      const found: unknown = Reflect.get(Object.hasOwn(replacements, name) ? replacements : target, name);
      if (typeof found !== "function") return found;
      return (...args: unknown[]): unknown => Reflect.apply(found, target, args);
    },
  });
}

test("the crash test accepts any first part of the writes in flight", async () => {
  for (const [performed, survivedCount] of [
    [[], 0],
    [[first], 1],
    [[first, second], 2],
  ] as const) {
    const bench = await makeBench();
    for (const number of [first, second]) bench.ledger.begin(keyOf(number), "write", name);
    for (const number of performed) await perform(bench.collection, planned(number));
    const { survivedCount: survived, vanishedCount: vanished } = await look(bench);
    assert.deepEqual([survived, vanished], [survivedCount, 2 - survivedCount], `OMENDB_CRASH_SEED=${seed}`);
  }
});

test("a process is killed at the call that was planned", { skip: withoutStrace ?? false }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "omendb-strace-"));
  const text = `
    const file = require("node:fs").openSync(process.argv[1], "w");
    process.stdin.once("data", () => {
      for (let i = 0; i < 10; i++) require("node:fs").writeSync(file, "x", i);
    });
    console.log("ready");`;
  const child = spawn(process.execPath, ["-e", text, join(folder, "file")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const injection = { kind: "pwrite", effect: "signal=KILL", when: "4" } as const;
  const strace = await Strace.attach(child.pid!, injection, join(folder, "log"));
  child.stdin.write("go\n");
  const [, signal] = (await once(child, "close")) as unknown[];
  const calls = await strace.calls();
  assert.equal(signal, "SIGKILL");
  assert.equal(
    await readFile(join(folder, "file"), "utf8"),
    "xxx",
    "three calls were made, the fourth was not",
  );
  assert.equal(calls.length, 4);
  assert.match(nthCall(calls, 4)!.text, /^pwrite64\(\d+<.*\/file>, "x", 1, 3/u);
  await rm(folder, { recursive: true });
});

test("the crash test fails if the process ends by itself", async () => {
  const child = new CrashProcess({ poolThreads: 4 });
  // A file is no folder, and this kill would come too late.
  const folder = fileURLToPath(import.meta.url);
  let cycle = 0;
  while (planCycle(seed, cycle).kill.after !== "acked") cycle++;
  await assert.rejects(
    child.run({ folder, seed, cycle, end: "as planned", options: {}, callKill: undefined }, new Ledger()),
    /while opening/,
  );
});
