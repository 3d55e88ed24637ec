// Distances of a query to the rows of a set: gathered rows in order and at random, and the two scans, which prepare the
// query, score all rows and keep the best. All rows of the set are live, and none is linked.

import type { KernelExports } from "../../../dist/kernel/kernel.js";
import type { Precision } from "../../../dist/kernel/scalar-distance.js";
import { nanosecondsOf, type Contender } from "./contest.js";
import { shuffledRows } from "./flat-vectors.js";
import type { KernelCase } from "./kernel-case.js";
import { copyContender, gatheredPass, ofBuilds, readContender, touchContender } from "./row-passes.js";
import { measureCase, type RowSet } from "./row-set.js";

/** Rows wanted of a scan. */
const limit = 10;
/** Candidates of a tail scan. */
const depth = 40;

/** Measures scoring of each precision, and both scans. With f32 codes there is one precision. */
export function scanCases(set: RowSet): readonly KernelCase[] {
  const { memory, plan, scalar } = set;
  const precisions = plan.codes === "f32" ? (["fine"] as const) : (["coarse", "fine"] as const);
  const bytes = memory.codeStride;
  const measure = (kernel: string, scan: Scan, pass: () => number): KernelCase =>
    measureCase(set, {
      kernel,
      bytes,
      contenders: [
        ...scanning(set, scan),
        ...yardsticks(set, orderedRows(set), "fine"),
        { name: "scalar", pass },
      ],
    });
  return [
    ...precisions.flatMap((precision) => scoreCases(set, precision)),
    measure("exact scan", exactScan, scalar.exact),
    measure("tail scan", tailScan, scalar.tail),
  ];
}

function orderedRows({ rowCount }: RowSet): Uint32Array {
  return Uint32Array.from({ length: rowCount }, (_, row) => row);
}

function yardsticks({ memory, rowCount }: RowSet, rows: Uint32Array, precision: Precision): Contender[] {
  return [copyContender(memory, rowCount, precision), readContender(memory, rows, precision)];
}

/** Distances to the gathered rows, in order and at random. */
function scoreCases(set: RowSet, precision: Precision): readonly KernelCase[] {
  const { memory, rowCount, plan, scalar } = set;
  const name = plan.codes === "f32" ? "score" : `score ${precision}`;
  const bytes = precision === "fine" ? memory.codeStride : memory.coarseStride;
  const measure = (kernel: string, rows: Uint32Array, own: readonly Contender[]): KernelCase =>
    measureCase(set, {
      kernel,
      bytes,
      contenders: [
        ...scoring(set, rows, precision),
        ...yardsticks(set, rows, precision),
        ...own,
        { name: "scalar", pass: scalar[precision] },
      ],
    });
  const random = shuffledRows(rowCount, plan.seed);
  return [
    measure(`${name}, in order`, orderedRows(set), []),
    measure(`${name}, at random`, random, [touchContender(memory, random)]),
  ];
}

function scoring({ memory, queries }: RowSet, rows: Uint32Array, precision: Precision): readonly Contender[] {
  return ofBuilds(memory, (kernel) => {
    const distances = precision === "fine" ? kernel.probeDistances : kernel.probeCoarse;
    const score = gatheredPass(memory, kernel, rows, (count) => distances(count));
    return () => {
      memory.input(kernel, queries[0]!);
      kernel.probePrepare();
      return score();
    };
  });
}

type Scan = (kernel: KernelExports, rowCount: number) => void;

/** Scans of all rows, each with the next query. */
function scanning({ memory, queries, rowCount }: RowSet, scan: Scan): readonly Contender[] {
  return ofBuilds(memory, (kernel) => {
    let next = 0;
    return () => {
      memory.input(kernel, queries[next++ % queries.length]!);
      return nanosecondsOf(() => scan(kernel, rowCount)) / rowCount;
    };
  });
}

function exactScan(kernel: KernelExports, rowCount: number): void {
  kernel.beginExact(limit);
  kernel.exactLive(0, rowCount);
  if (kernel.endExact() < limit) throw new Error("An exact scan found too few rows, or gave up.");
}

function tailScan(kernel: KernelExports): void {
  if (kernel.search(depth, limit, depth, -1, 0) < limit)
    throw new Error("A scan of the tail found too few rows.");
}
