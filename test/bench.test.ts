// Benchmarks run small, so that they cannot rot. Nothing is asserted about speed.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = benchFolder();

/** What is read of the JSON file of bench:scale. */
interface KeptResults {
  readonly sets: readonly {
    readonly name: string;
    readonly runs: readonly {
      readonly n: number;
      readonly repetition: number;
      readonly searches: readonly {
        readonly parameter: number;
        readonly recall: number;
        readonly distances?: number;
      }[];
    }[];
  }[];
}

const scaleColumns = [
  /inserts a second .*memory .*disk .*default .*reopen .*others/,
  /acknowledged +linked +reachable +bytes a vector +resident MiB +file-backed MiB +bytes a vector +MiB +plan +ms +% CPU/,
  /recall ≥ 0\.95/,
  /recall ≥ 0\.99/,
  /default \(recall 0\.99 asked\)/,
  /asked +recall +p50 µs +p95 µs +p99 µs +per s +distances/,
];

/** Every number in a JSON value. */
function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

function run(name: string, ...given: string[]): string {
  return execFileSync(process.execPath, [join(folder, name), ...given], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

test("ingest prints its figures with their conditions", () => {
  const output = run("ingest.js", "--n", "3000", "--dimension", "16", "--writers", "2", "--rounds", "1");
  assert.match(output, /3000 x 16 with metadata, batches of 1000, 2 writer\(s\), durability sync, seed 1/);
  assert.match(output, /acknowledged \d+ points a second/);
  assert.match(output, /others used (?:\d+ %|unknown) of the machine/);
});

test("filters prints times, recall and hits for each share and kind of selection", () => {
  const cache = mkdtempSync(join(tmpdir(), "omendb-bench-cache-"));
  try {
    const small = ["--n", "5000", "--dimension", "16", "--queries", "10", "--rounds", "1", "--peers", ""];
    const output = run("filters.js", ...small, "--shares", "0.01,0.5", "--cache-folder", cache);
    assert.match(output, /5000 x 16, cosine, limit 10, 10 queries, 1 rounds in turn/);
    for (const row of [
      "no filter",
      "independent 1 %",
      "correlated 1 %",
      "independent 50 %",
      "correlated 50 %",
    ]) {
      const line = output.split("\n").find((one) => one.startsWith(row)) ?? "";
      // Times and recall of the search and of the scan; each gave all hits there can be.
      assert.match(line, /( +\d+ +\d+ +[01]\.\d{3} +1\.00){2}$/);
    }
  } finally {
    rmSync(cache, { recursive: true });
  }
});

test("metadata prints filling, memory and filters for each setting", () => {
  const output = run("metadata.js", "--n", "500", "--rounds", "1");
  assert.match(output, /500 points of 8 dimensions, seed 1, best of 1/);
  for (const setting of ["nothing", "all", "all, words of body", "declared kinds"])
    assert.match(
      output,
      new RegExp(
        `^${setting}: index .* 0 problems\\n${setting}: from its file .* ready after opening .*; without it .*$`,
        "m",
      ),
    );
  assert.match(output, /^\$geoRadius, 50 km .*\|.*\|.*\|/m);
});

test("scale writes its table, every repetition, and a page without holes", () => {
  const out = mkdtempSync(join(tmpdir(), "omendb-bench-results-"));
  try {
    const kept = ["--out", out, "--cache-folder", join(out, "cache")];
    const small = ["--sizes", "600,1200", "--dimension", "16", "--queries", "20", "--repetitions", "1"];
    const output = run("scale.js", "--data", "clustered,gaussian", ...small, ...kept);
    for (const column of scaleColumns) assert.match(output, column);
    assert.match(output, /clustered, 16 dimensions, cosine: .*; 20 queries, seed 1/);
    assert.match(output, /resident ≈ .* bytes · n; on disk ≈ .* bytes · n|on disk ≈ .* bytes · n/);
    const names = readdirSync(out).filter((name) => name.startsWith("scale-"));
    assert.deepEqual(
      names.map((name) => name.replace(/^.*\./, "")),
      ["html", "json"],
    );
    const [page, json] = names.map((name) => readFileSync(join(out, name), "utf8"));
    // The shape is what scale.js writes; each part is looked at below.
    const results = JSON.parse(json!) as KeptResults;
    assert.deepEqual(
      results.sets.map(({ name, runs }) => [name, ...runs.map(({ n }) => n)]),
      [
        ["clustered", 600, 1200],
        ["gaussian", 600, 1200],
      ],
    );
    const numbers = numbersOf(results.sets);
    assert.ok(numbers.length > 300 && numbers.every(Number.isFinite));
    for (const { runs } of results.sets) {
      for (const { searches } of runs) {
        assert.ok(searches.at(-1)!.recall > 0.9, "the widest search of a small set finds nearly everything");
        assert.ok(searches.every(({ distances }) => distances! >= 10));
      }
    }
    assert.equal(/NaN|undefined|null|\[object/.exec(page!), null);
    assert.equal(page!.match(/<figure>/g)?.length, 12);
    for (const part of [
      "Recall against latency",
      "Memory by component",
      "Conditions",
      "prefers-color-scheme: dark",
    ])
      assert.ok(page!.includes(part), part);
    assert.equal(/<script|https?:/.exec(page!.replaceAll("http://www.w3.org/2000/svg", "")), null);
    assert.deepEqual(run("scale.js", "--from", join(out, names[1]!), "--out", out), output);
  } finally {
    rmSync(out, { recursive: true });
  }
});

test("scale repeats with the settings of the first repetition", () => {
  const out = mkdtempSync(join(tmpdir(), "omendb-bench-results-"));
  try {
    const kept = ["--out", out, "--cache-folder", join(out, "cache")];
    const small = ["--sizes", "700", "--dimension", "16", "--queries", "20", "--repetitions", "2"];
    const output = run("scale.js", "--data", "clustered", "--originals", "memory", ...small, ...kept);
    assert.match(output, /OmenDB .*, defaults, originals memory/);
    assert.match(output, /One size: no fit of what is fixed and what grows/);
    const name = readdirSync(out).find((one) => one.endsWith(".json"));
    const { sets } = JSON.parse(readFileSync(join(out, name!), "utf8")) as KeptResults;
    const [first, second] = sets[0]!.runs;
    assert.deepEqual([first!.repetition, second!.repetition], [1, 2]);
    const settings = (one: typeof first): number[] => one!.searches.map(({ parameter }) => parameter);
    assert.deepEqual(settings(second), settings(first));
  } finally {
    rmSync(out, { recursive: true });
  }
});

test("scale refuses what it cannot measure", () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["--sizes", "5000,many"], /--sizes 5000,many: sizes are integers from 10 on/],
    [["--data", "mnist"], /There is no data set mnist; there are clustered, gaussian, wordnet/],
    [["--repetitions", "0"], /--repetitions 0: at least 1/],
    [["--size", "5000"], /Cannot use --size\. Options and their defaults: .*\[--large\]/],
  ];
  for (const [given, message] of cases) {
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "scale.js"), ...given], {
      encoding: "utf8",
    });
    assert.notEqual(status, 0);
    assert.match(stderr, message);
  }
});

test("peers measures OmenDB alone, and is loud about each peer that is not there", () => {
  const out = mkdtempSync(join(tmpdir(), "omendb-bench-results-"));
  try {
    const kept = ["--out", out, "--cache-folder", join(out, "cache"), "--no-install"];
    const small = [
      "--data",
      "clustered",
      "--n",
      "600",
      "--dimension",
      "16",
      "--queries",
      "20",
      "--rounds",
      "1",
    ];
    const alone = run("peers.js", "--peers", "none", ...small, ...kept);
    assert.match(alone, /clustered, 600 × 16, cosine: .*; 20 queries, seed 1/);
    assert.match(alone, /^OmenDB +\d+ +\d+ .*( +1\.00){4}$/m);
    assert.equal(alone.match(/^OmenDB +recall 0\.\d+ +[01]\.\d{4} .*( +1\.00){3}$/gm)?.length, 3);
    assert.match(alone, /among the \d+ of 600 rows \(.* %\) of one group/);
    assert.match(alone, /^NO PEER WAS MEASURED/m);
    // There is no PostgreSQL in an empty folder, whether or not its client is installed.
    const without = run("peers.js", "--peers", "pgvector", "--postgres", out, ...small, ...kept);
    assert.match(
      without,
      /^LEFT OUT {2}pgvector: (?:There is no PostgreSQL with pgvector|.* is not installed)/m,
    );
    assert.match(without, /^NO PEER WAS MEASURED/m);
  } finally {
    rmSync(out, { recursive: true });
  }
});

test("peers says where its data set belongs", () => {
  const cache = mkdtempSync(join(tmpdir(), "omendb-bench-cache-"));
  try {
    const given = [join(folder, "peers.js"), "--data-folder", "nowhere", "--cache-folder", cache];
    const { status, stderr } = spawnSync(process.execPath, given, { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /base\.f16 is not in nowhere/);
  } finally {
    rmSync(cache, { recursive: true });
  }
});

test("peers refuses what it cannot measure", () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["--peers", "hnswlib,another"], /--peers another: all, none, or of hnswlib,usearch-f32,/],
    [["--recall", "0.95,99"], /--recall 0\.95,99: recalls between 0 and 1/],
    [["--rounds", "0"], /--rounds 0: an integer from 1 on/],
    [["--data", "mnist"], /There is no data set mnist/],
  ];
  for (const [given, message] of cases) {
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "peers.js"), ...given], {
      encoding: "utf8",
    });
    assert.notEqual(status, 0);
    assert.match(stderr, message);
  }
});

test("kernels are measured in both builds beside the specification and the yardsticks", () => {
  const file = join(mkdtempSync(join(tmpdir(), "omendb-bench-test-")), "kernels.json");
  try {
    const small = ["--quick", "--dimension", "33", "--rows", "1024", "--linked", "1024", "--rounds", "2"];
    const output = run("kernels.js", ...small, "--json", file);
    for (const kernel of [
      "encode",
      "score coarse, at random",
      "score, at random",
      "exact scan",
      "tail scan",
      "link a row",
      "search",
      "repair",
    ]) {
      assert.match(output, new RegExp(`^${kernel}.*\\d`, "mu"));
    }
    assert.match(output, /33 dimensions, f32 codes/);
    assert.match(output, /medians of 2 rounds in turn/);
    assert.match(output, /others used (?:\d+ %|unknown) of the machine/);
    // A file that the benchmark wrote.
    const { cases } = JSON.parse(readFileSync(file, "utf8")) as {
      cases: { outcome: Record<string, number[]> }[];
    };
    assert.equal(cases.length > 0, true);
    for (const { outcome } of cases) {
      for (const rounds of Object.values(outcome))
        assert.equal(
          rounds.every((ns) => ns > 0),
          true,
        );
    }
  } finally {
    rmSync(dirname(file), { recursive: true });
  }
});

test("a number that kernels cannot be measured with is refused", () => {
  for (const given of [
    ["--dimension", "0"],
    ["--dimension", "16,"],
    ["--rows", "10"],
    ["--rounds", "0.5"],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "kernels.js"), ...given], {
      encoding: "utf8",
    });
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`Cannot use ${given[0]!} ${given[1]!}`, "u"));
  }
});

test("batch prints searches a second with threads and without, and the recall of both", () => {
  const cache = mkdtempSync(join(tmpdir(), "omendb-bench-cache-"));
  try {
    const small = ["--n", "1500", "--dimension", "16", "--queries", "40", "--rounds", "1"];
    const output = run("batch.js", ...small, "--cache-folder", cache);
    assert.match(
      output,
      /clustered, 1500 x 16, 40 queries in one searchBatch, limit 10, recall 0\.99 asked for/,
    );
    assert.equal(
      output.match(/search threads: \d+ searches a second, recall [01]\.\d{4}; alone p50/g)?.length,
      2,
    );
    assert.match(output, /with 1 threads \d+\.\d\d x/);
  } finally {
    rmSync(cache, { recursive: true });
  }
});

test("backup prints what is written in full, after changes, and beside writes", () => {
  const output = run("backup.js", "--n", "1500", "--dimension", "16", "--call", "5");
  assert.match(output, /1500 x 16 of noise with metadata, 15 points changed in calls of 5, seed 1/);
  assert.equal(output.match(/: \d+\.\d MB written of \d+\.\d MB, \d+ ms/g)?.length, 5);
  assert.match(output, /longest of the writes beside a backup \d+\.\d ms/);
  assert.equal(output.match(/restoring "\w+": \d+\.\d MB, \d+ ms, and \d+ ms to open/g)?.length, 2);
});

test("an unknown option is refused", () => {
  for (const given of [["--points", "5"], ["--n"], ["--n", "many"], ["5"]]) {
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "ingest.js"), ...given], {
      encoding: "utf8",
    });
    assert.equal(status, 2);
    assert.match(stderr, /Options and their defaults: --n 100000/);
  }
});

function benchFolder(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, "package.json"))) at = dirname(at);
  return join(at, "bench", "dist");
}
