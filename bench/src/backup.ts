// What backups take: bytes written in full and based on another after some points changed, the time of both and of
// restoring, and the longest write beside a backup. Durable on disk, through the public API.
//
//   npm run bench:backup [-- --n 100000 --dimension 128 --changed 0.01 --call 10 --seed 1]

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { open, restore, type BackupOptions, type Collection, type Database, type PointInput } from "omendb";
import { readArguments } from "./arguments.js";
import { folderBytes } from "./folder-bytes.js";
import { cpuOfOthers, cpuTimes, machineLine } from "./measure.js";
import { seededRandom } from "./seeded-random.js";

const settings = readArguments({ n: 100_000, dimension: 128, changed: 0.01, call: 10, seed: 1 });
const { n, dimension, changed, call, seed } = settings;
const changedCount = Math.round(n * changed);
const { next } = seededRandom(seed);

const folder = await mkdtemp(join(tmpdir(), "omendb-bench-"));
const at = (name: string): string => join(folder, name);
const lines: string[] = [];
const before = cpuTimes();
const begin = performance.now();
const db = await open(at("source"));
const points = await db.createCollection("points", { dimension });
for (let from = 0; from < n; from += 1000) await points.upsert(rows(from, Math.min(n, from + 1000)));
await points.waitForIndex();
lines.push(`file of the points ${megabytes((await points.stats()).store.fileBytes)}`);
await backUp("full, without checkpoints", "plain", { checkpoints: false });
await backUp("full, checksums only", "full", { verify: "checksums" });
await backUp("full, records verified", "verified", {});
for (const kind of ["changed at random", "appended"] as const) {
  await change(kind);
  const base = at(kind === "appended" ? "changed at random" : "plain");
  await backUp(`${changedCount} points ${kind}, without checkpoints`, kind, { base, checkpoints: false });
}
lines.push(`longest of the writes beside no backup ${(await longestWrite(points, 1000)).toFixed(1)} ms`);
let isOver = false;
const backup = db.backup(at("beside")).finally(() => (isOver = true));
lines.push(
  `longest of the writes beside a backup ${(await longestWrite(points, () => isOver)).toFixed(1)} ms`,
);
await backup;
await db.close();
await restored("full");
await restored("appended");
const others = cpuOfOthers(before, cpuTimes(), performance.now() - begin);
console.log(machineLine());
console.log(
  `${n} x ${dimension} of noise with metadata, ${changedCount} points changed in calls of ${call}, seed ${seed}; one run each; others used ${others} of the machine`,
);
for (const line of lines) console.log(line);
await rm(folder, { recursive: true });

function rows(from: number, to: number): PointInput[] {
  return Array.from({ length: to - from }, (_, i) => madeUpPoint(from + i));
}

function madeUpPoint(row: number): PointInput {
  const vector = Float32Array.from({ length: dimension }, () => next() - 0.5);
  const metadata = { title: `The title of point ${row}`, group: row % 17, tags: [`t${row % 5}`, "all"] };
  return { id: `point-${row}`, vector, metadata };
}

async function change(kind: "changed at random" | "appended"): Promise<void> {
  for (let done = 0; done < changedCount; done += call) {
    const written = Array.from({ length: Math.min(call, changedCount - done) }, (_, i) =>
      madeUpPoint(kind === "appended" ? n + done + i : Math.floor(next() * n)),
    );
    await points.upsert(written);
  }
  await points.waitForIndex();
}

async function backUp(what: string, name: string, options: BackupOptions): Promise<void> {
  const from = performance.now();
  const { totalBytes, writtenBytes } = await db.backup(at(name), options);
  const ms = performance.now() - from;
  lines.push(`${what}: ${megabytes(writtenBytes)} written of ${megabytes(totalBytes)}, ${ms.toFixed(0)} ms`);
}

async function restored(name: string): Promise<void> {
  const from = performance.now();
  await restore(at(name), at("restored"), { replace: true });
  const ms = performance.now() - from;
  const opened: Database = await open(at("restored"));
  await (await opened.collection("points")).count();
  const openMs = performance.now() - from - ms;
  await opened.close();
  const bytes = megabytes(await folderBytes(at("restored")));
  lines.push(`restoring "${name}": ${bytes}, ${ms.toFixed(0)} ms, and ${openMs.toFixed(0)} ms to open`);
}

/** The longest of single writes, one after the other: so many of them, or until something is over. */
async function longestWrite(collection: Collection, until: number | (() => boolean)): Promise<number> {
  let longestMs = 0;
  for (let i = 0; typeof until === "number" ? i < until : !until(); i++) {
    const from = performance.now();
    await collection.upsert([madeUpPoint(Math.floor(next() * n))]);
    longestMs = Math.max(longestMs, performance.now() - from);
  }
  return longestMs;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
