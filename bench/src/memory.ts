// Resident bytes a point, as the slope between two sizes, each measured in a process of its own; and how long it takes
// until a reopened collection answers its first search, its checkpoint in the page cache.
//
//   npm run bench:memory [-- --dimension 768 --small 25000 --large 100000]

import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { open } from "omendb";
import { readArguments } from "./arguments.js";
import { machineLine, residentBytes, type ResidentBytes } from "./measure.js";

/** What a child measures. */
interface Outcome {
  readonly resident: ResidentBytes;
  readonly reopenMs: number;
}

const settings = readArguments({
  dimension: 768,
  small: 25_000,
  large: 100_000,
  n: 0,
  originals: "disk",
  seed: 1,
});

if (settings.n > 0) await child();
else parent();

function parent(): void {
  console.log(machineLine());
  for (const originals of ["disk", "memory"]) {
    const [small, large] = [settings.small, settings.large].map((n) => run(n, originals));
    const rows = settings.large - settings.small;
    const owned = (large!.resident.owned - small!.resident.owned) / rows;
    const fileBacked = (large!.resident.fileBacked - small!.resident.fileBacked) / rows;
    console.log(
      `originals ${originals.padEnd(6)}  ${owned.toFixed(0)} bytes a point (RssAnon + RssShmem), fixed ${mebibytes(small!.resident.owned - owned * settings.small)}; ` +
        `file-backed pages ${fileBacked.toFixed(0)} a point; ${settings.small} and ${settings.large} x ${settings.dimension}, linked`,
    );
    console.log(`  ${settings.large} points reopened and searched in ${large!.reopenMs.toFixed(0)} ms`);
  }
}

function run(n: number, originals: string): Outcome {
  const own = { ...settings, n, originals };
  const given = Object.entries(own).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const output = execFileSync(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), ...given], {
    encoding: "utf8",
  });
  // The child prints one line of JSON of this shape.
  return JSON.parse(output) as Outcome;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

/** Inserts batch by batch, so that the vectors handed over are garbage afterwards. */
async function child(): Promise<void> {
  const { n, dimension } = settings;
  const folder = await mkdtemp(join(tmpdir(), "omendb-bench-"));
  const db = await open(folder);
  const originals = settings.originals === "memory" ? "memory" : "disk";
  const points = await db.createCollection("points", { dimension, originals });
  let state = settings.seed;
  for (let from = 0; from < n; from += 1000) {
    const size = Math.min(1000, n - from);
    const vectors = new Float32Array(size * dimension);
    for (let i = 0; i < vectors.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      vectors[i] = state / 2 ** 31;
    }
    await points.upsert({ ids: Array.from({ length: size }, (_, i) => `point-${from + i}`), vectors });
  }
  await points.waitForIndex();
  for (let i = 0; i < 20; i++) {
    await sleep(50);
    globalThis.gc?.();
  }
  const resident = residentBytes();
  await db.close();
  const begin = performance.now();
  const reopened = await open(folder);
  const vector = Float32Array.from({ length: dimension }, (_, i) => i - dimension / 2);
  const hits = await (await reopened.collection("points")).search({ vector });
  const reopenMs = performance.now() - begin;
  if (hits.length !== Math.min(10, n)) throw new Error(`the reopened collection found ${hits.length} hits`);
  await reopened.close();
  console.log(JSON.stringify({ resident, reopenMs }));
  await rm(folder, { recursive: true });
}
