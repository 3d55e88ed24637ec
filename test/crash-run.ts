// A run of the crash test: cycle by cycle over one folder, a child works and is killed, and what is left is compared
// with the books.

import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "omendb";
import { inspect, type Inspection } from "./crash-inspection.js";
import { Ledger } from "./crash-ledger.js";
import { planCycle, randomOf } from "./crash-plan.js";
import { CrashProcess, type Ending, type Phase } from "./crash-process.js";

/** What to run. */
export interface CrashRunOptions {
  readonly seed: number;
  readonly cycleCount: number;
}

/** What a run did. */
export interface CrashReport {
  readonly cycleCount: number;
  /** Cycles by what the child was doing when it ended. */
  readonly phases: Readonly<Record<Phase, number>>;
  readonly ackedCount: number;
  /** Operations in flight at a kill that the database had made durable, and those of which nothing was left. */
  readonly survivedCount: number;
  readonly vanishedCount: number;
  /** Cycles in which operations were in flight at the kill. */
  readonly cyclesInFlight: number;
  readonly comparedPointCount: number;
}

/** Runs all cycles. A failure names the seed, the cycle and the folder, which is kept. */
export async function runCrashCycles({ seed, cycleCount }: CrashRunOptions): Promise<CrashReport> {
  const parent = await mkdtemp(join(tmpdir(), "omendb-crash-"));
  const run = new CrashRun(seed, parent);
  for (let cycle = 0; cycle < cycleCount; cycle++) {
    try {
      await run.runCycle(cycle);
    } catch (cause) {
      await run.end();
      const where = `seed ${seed}, cycle ${cycle} of ${cycleCount}, ${JSON.stringify(planCycle(seed, cycle))}`;
      throw new Error(`${where}, folder kept: ${parent}\n${String(cause)}`, { cause });
    }
  }
  await run.end();
  await rm(parent, { recursive: true });
  return run.report;
}

class CrashRun {
  readonly #seed: number;
  readonly #folder: string;
  readonly #copy: string;
  readonly #ledger = new Ledger();
  /** Loads the package while what the last child left is inspected. */
  #next = new CrashProcess();
  report: CrashReport = {
    cycleCount: 0,
    phases: { starting: 0, opening: 0, opened: 0, closing: 0, closed: 0 },
    ackedCount: 0,
    survivedCount: 0,
    vanishedCount: 0,
    cyclesInFlight: 0,
    comparedPointCount: 0,
  };

  constructor(seed: number, parent: string) {
    this.#seed = seed;
    this.#folder = join(parent, "data");
    this.#copy = join(parent, "copy");
  }

  async runCycle(cycle: number): Promise<void> {
    const child = this.#next;
    let ending: Ending;
    try {
      ending = await child.run({ folder: this.#folder, seed: this.#seed, cycle }, this.#ledger);
    } finally {
      this.#next = new CrashProcess();
    }
    const inFlight = this.#ledger.inFlightCount > 0;
    this.#note(ending, inFlight, await this.#inspect(cycle));
  }

  async end(): Promise<void> {
    await this.#next.dismiss();
  }

  async #inspect(cycle: number): Promise<Inspection> {
    const plan = planCycle(this.#seed, cycle);
    // A child killed early may have made no folder.
    if (plan.inspect === "in place" || !existsSync(this.#folder))
      return this.#inspectFolder(this.#folder, cycle);
    await cp(this.#folder, this.#copy, { recursive: true });
    const inspection = await this.#inspectFolder(this.#copy, cycle);
    await rm(this.#copy, { recursive: true });
    return inspection;
  }

  async #inspectFolder(folder: string, cycle: number): Promise<Inspection> {
    const { settle } = planCycle(this.#seed, cycle);
    const random = randomOf(this.#seed, cycle, 0x1005);
    const db = await open(folder, { linkingThreads: 1 });
    try {
      return await inspect(db, this.#ledger, { random, settle });
    } finally {
      await db.close();
    }
  }

  #note({ phase, ackedCount }: Ending, inFlight: boolean, inspection: Inspection): void {
    const { report } = this;
    this.report = {
      cycleCount: report.cycleCount + 1,
      phases: { ...report.phases, [phase]: report.phases[phase] + 1 },
      ackedCount: report.ackedCount + ackedCount,
      survivedCount: report.survivedCount + inspection.survivedCount,
      vanishedCount: report.vanishedCount + inspection.vanishedCount,
      cyclesInFlight: report.cyclesInFlight + (inFlight ? 1 : 0),
      comparedPointCount: report.comparedPointCount + inspection.pointCount,
    };
  }
}
