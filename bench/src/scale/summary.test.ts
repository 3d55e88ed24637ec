// Summaries of runs that are made up: medians, the smallest setting that reaches a recall, and every warning.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SearchFigures } from "../contender-protocol.js";
import { compareWithClaims } from "./earlier-claims.js";
import type { ScaleResults, ScaleRun, ScaleSet } from "./results.js";
import { summarise, warningsOf } from "./summary.js";

function figures(parameter: number, recall: number, p50Ms: number): SearchFigures {
  return {
    parameter,
    recall,
    p50Ms,
    p95Ms: p50Ms * 2,
    p99Ms: p50Ms * 3,
    perSecond: 1000 / p50Ms,
    distances: parameter * 10,
  };
}

function run(n: number, repetition: number, changes: Partial<ScaleRun> = {}): ScaleRun {
  return {
    n,
    repetition,
    build: { acknowledgedMs: n / 10, linkedMs: n / 5, durability: "flushed" },
    memory: {
      resident: { owned: 50_000_000 + n * 1000 + 100, fileBacked: 7 },
      atStart: { owned: 20_000_100, fileBacked: 3 },
      dataSetBytes: 100,
    },
    searches: [figures(16, 0.9, 0.1), figures(32, 0.96, 0.2), figures(64, 0.992, 0.3)],
    details: {
      searches: 1,
      distances: 1,
      linkedRows: n,
      unreachableRows: 0,
      bytes: { codes: n * 768, links: n * 132 },
      build: "relaxed",
    },
    reopen: { closeMs: 1, openMs: 10 * repetition },
    bytesOnDisk: 1000 + n * 4000,
    others: 0,
    ...changes,
  };
}

function set(runs: readonly ScaleRun[]): ScaleSet {
  const can = { filter: true, batch: true, details: true, reopen: true };
  return {
    name: "made up",
    title: "no vectors at all",
    metric: "cosine",
    dimension: 768,
    queryCount: 10,
    seed: 1,
    contender: {
      name: "X",
      version: "1",
      settings: "",
      parameter: "ef",
      sweep: [16, 32, 64],
      parameterDefault: 64,
      can,
    },
    runs,
  };
}

function resultsOf(one: ScaleSet, fileSystem = "ext4"): ScaleResults {
  const conditions = {
    processor: "p",
    cores: 2,
    memoryBytes: 1,
    system: "s",
    node: "v20",
    commit: "c",
    command: "npm run x",
    date: "2025-01-01T00:00:00.000Z",
    fileSystem,
  };
  return { conditions, repetitions: 1, sets: [one] };
}

describe("summarise", () => {
  it("takes medians over repetitions", () => {
    const slow = [figures(16, 0.9, 5), figures(32, 0.98, 5), figures(64, 0.999, 5)];
    const runs = [run(5000, 1), run(5000, 2, { searches: slow }), run(5000, 3)];
    const [size] = summarise(set(runs)).sizes;
    assert.equal(size!.reopenMs, 20);
    assert.deepEqual(
      size!.curve.map(({ p50Ms }) => p50Ms),
      [0.1, 0.2, 0.3],
    );
    assert.equal(size!.acknowledgedPerSecond, 10_000);
    assert.equal(size!.linkedPerSecond, 5000);
  });

  it("picks the smallest setting that reaches a recall, and none where none does", () => {
    const [size] = summarise(set([run(5000, 1)])).sizes;
    assert.deepEqual(
      size!.atTargets.map((found) => found?.parameter),
      [32, 64],
    );
    assert.equal(size!.atDefault?.parameter, 64);
    const few = [figures(16, 0.5, 0.1), figures(32, 0.951, 0.2)];
    const [other] = summarise(set([run(5000, 1, { searches: few })])).sizes;
    assert.deepEqual(
      other!.atTargets.map((found) => found?.parameter),
      [32, undefined],
    );
    assert.equal(other!.atDefault, undefined);
  });

  it("leaves out settings that a repetition lacks", () => {
    const runs = [run(5000, 1), run(5000, 2, { searches: [figures(16, 0.9, 0.1), figures(32, 0.97, 0.2)] })];
    const [size] = summarise(set(runs)).sizes;
    assert.deepEqual(
      size!.curve.map(({ parameter }) => parameter),
      [16, 32],
    );
  });

  it("separates what is fixed from what grows, without the data set", () => {
    const { residentFit, diskFit } = summarise(set([run(5000, 1), run(25_000, 1), run(100_000, 1)]));
    assert.ok(Math.abs(residentFit!.slope - 1000) < 1e-6 && Math.abs(residentFit!.fixed - 50e6) < 1);
    assert.ok(Math.abs(diskFit!.slope - 4000) < 1e-6 && Math.abs(diskFit!.fixed - 1000) < 1e-3);
    assert.equal(summarise(set([run(5000, 1)])).residentFit, undefined);
  });

  it("shows the repetition in which the most rows were lost", () => {
    const lost = { ...run(5000, 2).details, unreachableRows: 3 };
    const [size] = summarise(set([run(5000, 1), run(5000, 2, { details: lost }), run(5000, 3)])).sizes;
    assert.deepEqual([size!.linkedRows, size!.reachableRows], [5000, 4997]);
  });
});

describe("warningsOf", () => {
  const cases: readonly [string, Partial<ScaleRun>, RegExp[]][] = [
    ["nothing", {}, []],
    [
      "a recall that is not reached",
      { searches: [figures(64, 0.96, 1)] },
      [/recall 0.99 is not reached; asked for ef 64 it is 0.960/],
    ],
    [
      "a default that is below all of them",
      { searches: [figures(64, 0.3, 1), figures(512, 1, 9)] },
      [/the default, ef 64, gives a recall of 0.3000, below 0.95/],
    ],
    ["others", { others: 0.2 }, [/others used up to 20 % of the machine/]],
    [
      "lost rows",
      { details: { ...run(5000, 1).details, unreachableRows: 2 } },
      [/2 linked rows cannot be reached/],
    ],
  ];
  for (const [what, changes, wanted] of cases) {
    it(`warns of ${what}`, () => {
      const one = set([run(5000, 1, changes)]);
      const warnings = warningsOf(resultsOf(one), [summarise(one)]);
      assert.equal(warnings.length, wanted.length, warnings.join("\n"));
      for (const [i, pattern] of wanted.entries()) assert.match(warnings[i]!, pattern);
    });
  }

  it("warns of a default that gives less than the recall it is asked for", () => {
    const one = set([run(5000, 1)]);
    const asked = { ...one, contender: { ...one.contender, parameter: "recall" } };
    const searches = [0.9, 0.99].map((recall) => figures(recall, recall - 0.001, 1));
    const short = {
      ...asked,
      contender: { ...asked.contender, parameterDefault: 0.99 },
      runs: [run(5000, 1, { searches })],
    };
    const warnings = warningsOf(resultsOf(short), [summarise(short)]);
    assert.match(warnings.at(-1)!, /the default, recall 0.99, gives a recall of 0.9890, below 0.99/);
  });

  it("warns of a file system that keeps nothing", () => {
    const one = set([run(5000, 1)]);
    assert.match(warningsOf(resultsOf(one, "tmpfs"), [summarise(one)])[0]!, /file system in memory/);
  });
});

describe("the comparison with earlier claims", () => {
  it("takes sizes of the old report alone, and says where a recall is missing", () => {
    const few = [figures(64, 0.96, 1)];
    const rows = compareWithClaims(
      summarise(set([run(5000, 1), run(25_000, 1, { searches: few }), run(100_000, 1)])),
    );
    assert.match(rows![0]!.measured, /^10,000 durable, 5,000 linked$/);
    assert.match(
      rows![1]!.measured,
      /0\.30, not reached at every size at recall ≥ 0\.99, 0\.30 – 1\.00 by default/,
    );
    assert.match(rows![3]!.measured, /^11,000 – 3,000$/);
  });

  it("is not made for other dimensions or sizes", () => {
    assert.equal(compareWithClaims(summarise({ ...set([run(5000, 1)]), dimension: 128 })), undefined);
    assert.equal(compareWithClaims(summarise(set([run(100_000, 1)]))), undefined);
  });
});
