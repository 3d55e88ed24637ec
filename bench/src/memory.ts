// Resident bytes a point, as the slope between two sizes, each measured in a process of its own.
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
    const owned = (large!.owned - small!.owned) / rows;
    const fileBacked = (large!.fileBacked - small!.fileBacked) / rows;
    console.log(
      `originals ${originals.padEnd(6)}  ${owned.toFixed(0)} bytes a point (RssAnon + RssShmem), fixed ${mebibytes(small!.owned - owned * settings.small)}; ` +
        `file-backed pages ${fileBacked.toFixed(0)} a point; ${settings.small} and ${settings.large} x ${settings.dimension}, linked`,
    );
  }
}

function run(n: number, originals: string): ResidentBytes {
  const own = { ...settings, n, originals };
  const given = Object.entries(own).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const output = execFileSync(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), ...given], {
    encoding: "utf8",
  });
  // The child prints one line of JSON of this shape.
  return JSON.parse(output) as ResidentBytes;
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
  console.log(JSON.stringify(residentBytes()));
  await db.close();
  await rm(folder, { recursive: true });
}
