// A set of rows on which kernels without a graph are measured: in the second-level cache, or far beyond it.

import { compete, type Contender, type ContestPlan } from "./contest.js";
import type { CodeKind, KernelCase } from "./kernel-case.js";
import type { RowMemory } from "./row-memory.js";
import type { ScalarPasses } from "./scalar-passes.js";

/** What to measure of one kind of code, and for how long. */
export interface FlatPlan extends ContestPlan {
  readonly dimension: number;
  readonly codes: CodeKind;
  /** Rows of the larger set. */
  readonly rowCount: number;
}

/** The first rows of a memory. */
export interface RowSet {
  readonly memory: RowMemory;
  readonly rowCount: number;
  readonly vectorOf: (row: number) => Float32Array;
  /** None of them is a row's vector. */
  readonly queries: readonly Float32Array[];
  readonly scalar: ScalarPasses;
  readonly plan: FlatPlan;
}

/** What a case adds to its set. */
export interface CaseOptions {
  readonly kernel: string;
  readonly bytes: number;
  readonly contenders: readonly Contender[];
}

/** Measures one kernel on a set. */
export function measureCase(
  { rowCount, plan }: RowSet,
  { kernel, bytes, contenders }: CaseOptions,
): KernelCase {
  return {
    kernel,
    dimension: plan.dimension,
    codes: plan.codes,
    rowCount,
    unit: "row",
    bytes,
    outcome: compete(contenders, plan),
  };
}
