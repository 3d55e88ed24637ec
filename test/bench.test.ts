// Benchmarks run small, so that they cannot rot. Nothing is asserted about speed.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = benchFolder();

function run(name: string, ...given: string[]): string {
  return execFileSync(process.execPath, [join(folder, name), ...given], { encoding: "utf8" });
}

test("ingest prints its figures with their conditions", () => {
  const output = run("ingest.js", "--n", "3000", "--dimension", "16", "--writers", "2", "--rounds", "1");
  assert.match(output, /3000 x 16 with metadata, batches of 1000, 2 writer\(s\), durability sync, seed 1/);
  assert.match(output, /acknowledged \d+ points a second/);
  assert.match(output, /others used (?:\d+ %|unknown) of the machine/);
});

test("memory prints a slope for both places of originals, and the time to reopen", () => {
  const output = run("memory.js", "--dimension", "32", "--small", "1000", "--large", "3000");
  assert.match(output, /originals disk .* bytes a point/);
  assert.match(output, /originals memory .* bytes a point/);
  assert.match(output, /reopened and searched in \d+ ms/);
});

test("without its data set the comparison says so", () => {
  const cache = mkdtempSync(join(tmpdir(), "omendb-bench-cache-"));
  try {
    const output = run("wordnet.js", "--data-folder", "nowhere", "--cache-folder", cache);
    assert.match(output, /SKIPPED: base.f16 is not in nowhere/);
  } finally {
    rmSync(cache, { recursive: true });
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
