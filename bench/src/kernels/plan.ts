// What the benchmark of the kernels is asked to do: its options, checked, and what --quick makes of them.

import { readArguments } from "../arguments.js";
import type { ContestPlan } from "./contest.js";

/** The whole run. */
export interface KernelPlan extends ContestPlan {
  readonly dimensions: readonly number[];
  /** Rows of the larger set, before it is cut to what fits one memory. */
  readonly rowCount: number;
  /** Rows of a graph. */
  readonly linkedCount: number;
  /** A file for every round of every contender; empty for none. */
  readonly json: string;
}

/** Reads the command line; ends the process with the options if one cannot be used. */
export function readKernelPlan(): KernelPlan {
  const given = readArguments({
    dimension: "128,512,768,1536",
    rows: 400_000,
    linked: 20_480,
    rounds: 9,
    seed: 1,
    json: "",
    quick: false,
  });
  const dimensions = given.dimension.split(",").map(Number);
  if (!dimensions.every((dimension) => isWithin(dimension, 1, 4096))) refuse("dimension", given.dimension);
  // A set is not smaller than what the scalar passes take, and a graph needs a block to grow in.
  if (!isWithin(given.rows, 1024, 10_000_000)) refuse("rows", given.rows);
  if (!isWithin(given.linked, 1024, 1_000_000)) refuse("linked", given.linked);
  if (!isWithin(given.rounds, 1, 1000)) refuse("rounds", given.rounds);
  const { seed, json, quick } = given;
  return {
    dimensions,
    rowCount: quick ? Math.min(given.rows, 20_480) : given.rows,
    linkedCount: quick ? Math.min(given.linked, 4096) : given.linked,
    rounds: quick ? Math.min(given.rounds, 3) : given.rounds,
    warmUpMs: quick ? 10 : 200,
    turnMs: quick ? 1 : 20,
    seed,
    json,
  };
}

function isWithin(value: number, least: number, greatest: number): boolean {
  return Number.isInteger(value) && value >= least && value <= greatest;
}

function refuse(name: string, value: number | string): never {
  console.error(`Cannot use --${name} ${value}: see bench/README.md for what it takes.`);
  process.exit(2);
}
