// The kernels on a graph: linking rows, walking it, and repairing it around condemned rows. Each build has a memory and
// a graph of its own, of the same generated clusters.

import { clustered } from "../data-sets/clustered.js";
import { compete, nanosecondsOf, type Contender, type ContestPlan } from "./contest.js";
import { shuffledRows } from "./flat-vectors.js";
import type { KernelCase } from "./kernel-case.js";
import { builds, RowMemory } from "./row-memory.js";
import { copyContender, readContender, touchContender } from "./row-passes.js";

/** What to measure, and for how long. */
export interface GraphPlan extends ContestPlan {
  readonly dimension: number;
  /** Rows to link, in whole blocks of 1,024. */
  readonly rowCount: number;
}

const ef = 64;
const queryCount = 256;
/** A graph is measured while it grows from half of its rows to all of them, in turns of so many rows. */
const turnRows = 256;

/** The same graph in the memory of each build. */
interface Graphs {
  readonly memories: readonly RowMemory[];
  readonly rowCount: number;
  readonly queries: readonly Float32Array[];
  readonly plan: GraphPlan;
}

/** Measures int8 codes of one dimension. */
export async function graphCases(plan: GraphPlan): Promise<readonly KernelCase[]> {
  const graphs = await openGraphs(plan);
  return [linkCase(graphs), walkCase(graphs), repairCase(graphs)];
}

async function openGraphs(plan: GraphPlan): Promise<Graphs> {
  const { dimension, seed } = plan;
  const settings = {
    dimension,
    metric: "cosine",
    fullPrecision: false,
    originalsInMemory: false,
    maxDegree: 32,
    efConstruction: 96,
  } as const;
  const memories = builds.map((build) => new RowMemory(settings, plan.rowCount, [build]));
  const { rowCount } = memories[0]!;
  // A generated set needs no folder of data.
  const source = await clustered.open({ dimension, seed, dataFolder: "" });
  const part = (all: Float32Array, i: number): Float32Array =>
    all.subarray(i * dimension, (i + 1) * dimension);
  const vectors = source.rows(0, rowCount);
  for (const memory of memories) {
    memory.encodeAll((row) => part(vectors, row));
    memory.publish(0, rowCount);
  }
  const all = source.queries(queryCount);
  const queries = Array.from({ length: queryCount }, (_, i) => part(all, i));
  return { memories, rowCount, queries, plan };
}

/** Distances computed by an instance for so many units of work. */
class DistanceCounter {
  #distances = 0;
  #units = 0;

  /** Does some units of work, and returns the nanoseconds it took. */
  measure(kernel: RowMemory["kernel"], units: number, work: () => void): number {
    kernel.resetCounters();
    const elapsed = nanosecondsOf(work);
    // The counter is a signed 32-bit integer to JavaScript.
    this.#distances += kernel.distanceCount.value >>> 0;
    this.#units += units;
    return elapsed;
  }

  get perUnit(): number {
    return this.#distances / this.#units;
  }
}

/** Rows a second of one thread, while the graph grows. The first half is the warm-up. */
function linkCase(graphs: Graphs): KernelCase {
  const { memories, rowCount, plan } = graphs;
  const counter = new DistanceCounter();
  const contenders = ofGraphs(graphs, ({ kernel }) => {
    for (let linked = 0; linked < rowCount / 2;) linked += kernel.linkTail(turnRows);
    return () => counter.measure(kernel, turnRows, () => kernel.linkTail(turnRows)) / turnRows;
  });
  const rounds = Math.floor(rowCount / 2 / turnRows);
  const outcome = compete([...contenders, ...yardsticks(graphs)], {
    ...plan,
    rounds,
    warmUpMs: 0,
    turnMs: 0,
  });
  for (const { kernel } of memories) while (kernel.linkTail(turnRows) > 0);
  // Yardsticks are of one row's code; a linked row takes so many of them.
  const ofDistances = (name: string, ns: number): number => (isYardstick(name) ? ns * counter.perUnit : ns);
  const scaled = Object.entries(outcome).map(([name, all]) => [name, all.map((ns) => ofDistances(name, ns))]);
  return {
    ...caseOf(graphs, "link a row, efConstruction 96"),
    bytes: counter.perUnit * memories[0]!.coarseStride,
    // Names and numbers as they were.
    outcome: Object.fromEntries(scaled) as KernelCase["outcome"],
  };
}

/** Whole searches: prepared, walked, merged; counted by the distances they compute. */
function walkCase(graphs: Graphs): KernelCase {
  const { memories, queries, plan } = graphs;
  const contenders = ofGraphs(graphs, (memory) => {
    const { kernel } = memory;
    return () => {
      const counter = new DistanceCounter();
      let elapsed = 0;
      for (const query of queries) {
        memory.input(kernel, query);
        elapsed += counter.measure(kernel, 1, () => kernel.search(ef, 10, 40, -1, 0));
      }
      return elapsed / (counter.perUnit * queries.length);
    };
  });
  return {
    ...caseOf(graphs, `search, ef ${ef}`),
    unit: "distance",
    bytes: memories[0]!.coarseStride,
    outcome: compete([...contenders, ...yardsticks(graphs)], plan),
  };
}

/** Repair around rows that are removed, one in a hundred a round, counted by the removed rows. */
function repairCase(graphs: Graphs): KernelCase {
  const { rowCount, plan } = graphs;
  const removedRows = Math.ceil(rowCount / 100);
  const contenders = ofGraphs(graphs, ({ kernel }) => {
    const order = shuffledRows(rowCount, plan.seed);
    let next = 0;
    return () => {
      const removed = order.subarray(next, (next += removedRows));
      for (const row of removed) {
        kernel.remove(row);
        kernel.condemn(row);
      }
      if (kernel.replaceEntry() === 0) throw new Error("No row of the graph is left.");
      kernel.reparentRange(0, rowCount);
      const elapsed = nanosecondsOf(() => kernel.repairRange(0, rowCount));
      for (const row of removed) kernel.release(row);
      return elapsed / removed.length;
    };
  });
  // Rows that are removed are not there again: each round is one pass, and the first is the warm-up.
  const outcome = compete(contenders, { ...plan, rounds: plan.rounds + 1, warmUpMs: 0, turnMs: 0 });
  const measured = Object.entries(outcome).map(([name, all]) => [name, all.slice(1)]);
  return {
    ...caseOf(graphs, "repair around a removed row"),
    bytes: undefined,
    // Names and numbers as they were.
    outcome: Object.fromEntries(measured) as KernelCase["outcome"],
  };
}

function ofGraphs({ memories }: Graphs, passOf: (memory: RowMemory) => () => number): readonly Contender[] {
  return memories.map((memory) => ({ name: memory.built[0]!.build, pass: passOf(memory) }));
}

/** On the codes of the last memory, in the order of nothing. */
function yardsticks({ memories, rowCount, plan }: Graphs): readonly Contender[] {
  const memory = memories.at(-1)!;
  const rows = shuffledRows(rowCount, plan.seed);
  return [
    copyContender(memory, rowCount, "coarse"),
    readContender(memory, rows, "coarse"),
    touchContender(memory, rows),
  ];
}

function isYardstick(name: string): boolean {
  return name === "copy" || name === "read" || name === "touch";
}

function caseOf({ rowCount, plan }: Graphs, kernel: string): Omit<KernelCase, "bytes" | "outcome"> {
  return { kernel, dimension: plan.dimension, codes: "int8", rowCount, unit: "row" };
}
