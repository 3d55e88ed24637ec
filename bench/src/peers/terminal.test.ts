// The tables of a run that is made up: ratios, what was not reached, what has no filter, what was left out.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SearchOutcome } from "../contender-protocol.js";
import type { ContenderResults, PeersResults } from "./results.js";
import { ratioText, summariseCosts } from "./summary.js";
import { terminalReport } from "./terminal.js";

const n = 1000;

function outcome(parameter: number, recall: number, p50Ms: number): SearchOutcome {
  const times = { p50Ms, p95Ms: 2 * p50Ms, p99Ms: 3 * p50Ms, perSecond: 1000 / p50Ms };
  return { parameter, recall, returned: 9.5, ...times, distances: undefined };
}

function contenderNamed(name: string, slowness: number): ContenderResults {
  const reached = outcome(20, 0.96, 0.1 * slowness);
  const best = outcome(64, 0.98, 0.2 * slowness);
  return {
    name,
    facts: {
      name,
      version: "1.2.3",
      settings: "its defaults",
      parameter: "ef",
      sweep: [20, 64],
      parameterDefault: 64,
      can: { filter: true, batch: false, details: false, reopen: true },
    },
    build: { acknowledgedMs: 100 * slowness, linkedMs: 200 * slowness, durability: "flushed" },
    choices: [
      { kind: "reached", trial: reached },
      { kind: "not reached", best },
    ],
    // Three rounds, whose median is the middle one.
    searches: [1, 3, 1.5].flatMap((factor) => [
      outcome(20, 0.96, 0.1 * slowness * factor),
      outcome(64, 0.98, 0.2 * slowness * factor),
    ]),
    filteredSearches: [outcome(20, 0.7, slowness)],
    memory: {
      resident: { owned: 50_000 + 600 * n * slowness, fileBacked: 1000 },
      atStart: { owned: 50_000, fileBacked: 2000 },
      dataSetBytes: 0,
    },
    reopen: { closeMs: 1, openMs: 12 },
    bytesOnDisk: 700 * n * slowness,
  };
}

function results(changes: Partial<PeersResults> = {}): PeersResults {
  const { filteredSearches: _, ...unfiltered } = contenderNamed("peer", 2);
  return {
    conditions: {
      processor: "a processor",
      cores: 2,
      memoryBytes: 1,
      system: "linux",
      node: "v20",
      commit: "abc",
      command: "npm run bench:peers",
      date: "2026-01-01T00:00:00Z",
      fileSystem: "ext4",
    },
    data: {
      name: "made-up",
      n,
      dimension: 4,
      queryCount: 5,
      seed: 1,
      dataFolder: "",
      title: "numbers",
      metric: "cosine",
    },
    filtered: { rowCount: 8, share: 0.008 },
    limit: 10,
    rounds: 3,
    targets: [0.95, 0.99],
    others: { building: 0.03 },
    contenders: [contenderNamed("OmenDB", 1), { ...unfiltered, filteredSearches: [] }],
    leftOut: [{ name: "another", reason: "no compiler" }],
    ...changes,
  };
}

describe("the tables of peers", () => {
  const lines = terminalReport(results());
  const rowsOf = (name: string): string[] => lines.filter((line) => line.startsWith(`${name} `));

  it("divide each figure by OmenDB's", () => {
    // Acknowledged, linked, resident, file-backed, on disk, reopened; four ratios.
    assert.match(rowsOf("peer")[0]!, /^peer +5000 +2500 +1200 +0 +1400 +12 +0\.50 +0\.50 +2\.00 +2\.00$/);
    assert.match(rowsOf("OmenDB")[0]!, /^OmenDB +10000 +5000 +600 +0 +700 +12( +1\.00){4}$/);
  });

  it("show medians of the rounds at the setting that reaches a recall", () => {
    assert.match(rowsOf("OmenDB")[1]!, /ef 20 +0\.9600 +150 +300 +450 +6667 +1\.00 +1\.00 +1\.00$/);
    assert.match(rowsOf("peer")[1]!, /ef 20 +0\.9600 +300 +600 +900 +3333 +2\.00 +2\.00 +0\.50$/);
  });

  it("say what was not reached, with the best there was", () => {
    for (const name of ["OmenDB", "peer"])
      assert.match(rowsOf(name)[2]!, /not reached \(best 0\.980\)( +–){8}$/);
  });

  it("say what has no filter, and how many hits of those there can be came", () => {
    assert.match(rowsOf("peer")[4]!, /has no filter( +–){5}$/);
    assert.match(rowsOf("OmenDB")[4]!, /ef 20 +0\.7000 +9\.50 +1000 +3000 +1\.00$/);
    assert.ok(lines.some((line) => line.includes("hits of 8")));
  });

  it("name conditions, settings and what was left out", () => {
    const text = lines.join("\n");
    assert.match(text, /others used 3 % of the machine while building, an unknown share while searching/);
    assert.match(text, /^peer 1\.2\.3: its defaults; acknowledged: flushed$/m);
    assert.match(text, /^LEFT OUT {2}another: no compiler$/m);
    assert.doesNotMatch(text, /NO PEER/);
  });

  it("are loud about a run without peers", () => {
    const alone = terminalReport(results({ contenders: [contenderNamed("OmenDB", 1)], leftOut: [] }));
    assert.equal(alone.at(-1), "NO PEER WAS MEASURED: these are OmenDB's figures alone.");
  });
});

describe("ratios", () => {
  it("have the digits that mean something, and none where there is nothing to divide", () => {
    const cases: readonly (readonly [number | undefined, number | undefined, string])[] = [
      [1, 3, "0.33"],
      [31, 2, "15.5"],
      [1234, 1, "1234"],
      [undefined, 1, "–"],
      [1, undefined, "–"],
      [1, 0, "–"],
    ];
    for (const [figure, omendb, text] of cases) assert.equal(ratioText(figure, omendb), text);
  });

  it("need no memory that could not be read", () => {
    const { resident: _, ...unread } = contenderNamed("OmenDB", 1).memory;
    const costs = summariseCosts(
      { ...contenderNamed("OmenDB", 1), memory: { ...unread, resident: undefined } },
      n,
    );
    assert.equal(costs.residentBytes, undefined);
  });
});
