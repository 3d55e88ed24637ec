// Contenders measured in turn: each takes a turn in every round, in an order that is drawn for the round, so that what
// else the machine does, and what the one before left in the caches, hits all alike.

import { performance } from "node:perf_hooks";
import { shuffledRows } from "./flat-vectors.js";

/** Something to measure. */
export interface Contender {
  readonly name: string;
  /** Does it once; returns the nanoseconds a row. */
  readonly pass: () => number;
}

/** How long a contest takes. */
export interface ContestPlan {
  readonly rounds: number;
  /** Each contender is repeated for this long beforehand, for the engine to optimise it. */
  readonly warmUpMs: number;
  /** A turn repeats its pass for this long, and counts as their mean. */
  readonly turnMs: number;
  readonly seed: number;
}

/** Nanoseconds a row of every round, by contender. */
export type Outcome = Readonly<Record<string, readonly number[]>>;

/** Measures all contenders. */
export function compete(contenders: readonly Contender[], plan: ContestPlan): Outcome {
  const outcome = Object.fromEntries(contenders.map(({ name }) => [name, [] as number[]]));
  if (plan.warmUpMs > 0) for (const { pass } of contenders) repeat(pass, plan.warmUpMs);
  for (let round = 0; round < plan.rounds; round++) {
    for (const turn of shuffledRows(contenders.length, plan.seed + round)) {
      const { name, pass } = contenders[turn]!;
      outcome[name]!.push(repeat(pass, plan.turnMs));
    }
  }
  return outcome;
}

/** The mean of as many passes as take this long; of one at least. */
function repeat(pass: () => number, ms: number): number {
  const end = performance.now() + ms;
  let sum = 0;
  let count = 0;
  do {
    sum += pass();
    count++;
  } while (performance.now() < end);
  return sum / count;
}

/** Nanoseconds that `work` takes. A reading of the clock costs about 50 of them. */
export function nanosecondsOf(work: () => void): number {
  const begin = performance.now();
  work();
  return (performance.now() - begin) * 1e6;
}
