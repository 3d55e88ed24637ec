// A run of the crash test: cycle by cycle over the same folder, a child works and is killed, and what is left is
// compared with the books.

import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "omendb";
import { inspect, type Inspection, type InspectionOptions } from "./crash-inspection.js";
import { Ledger } from "./crash-ledger.js";
import { planCycle, randomOf, type CyclePlan } from "./crash-plan.js";
import { CrashProcess, type Ending, type Phase } from "./crash-process.js";

/** What to run. */
export interface CrashRunOptions {
  readonly seed: number;
  readonly cycleCount: number;
}

/** What a run did. */
export interface CrashReport {
  /** Cycles by what the child was doing when it ended. */
  readonly phases: Readonly<Record<Phase, number>>;
  readonly ackedCount: number;
  /** Operations in flight at a kill that the database had made durable, and those of which nothing was left. */
  readonly survivedCount: number;
  readonly vanishedCount: number;
  /** Cycles in which operations were in flight at the kill. */
  readonly inFlightCycles: number;
  readonly comparedPointCount: number;
}

const emptyReport: CrashReport = {
  phases: { starting: 0, opening: 0, opened: 0, closing: 0, closed: 0 },
  ackedCount: 0,
  survivedCount: 0,
  vanishedCount: 0,
  inFlightCycles: 0,
  comparedPointCount: 0,
};

/**
 * Runs all cycles, those of each database side by side. A failure names the seed, the cycle and the folder, which is
 * kept.
 */
export async function runCrashCycles({ seed, cycleCount }: CrashRunOptions): Promise<CrashReport> {
  const parent = await mkdtemp(join(tmpdir(), "omendb-crash-"));
  const lanes = [new Lane(seed, parent, "small"), new Lane(seed, parent, "large")];
  let isFailed = false;
  const ends = await Promise.allSettled(
    lanes.map(async (lane) => {
      try {
        for (let cycle = 0; cycle < cycleCount && !isFailed; cycle++) await lane.runCycle(cycle);
      } catch (error) {
        isFailed = true;
        throw error;
      } finally {
        await lane.end();
      }
    }),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  await rm(parent, { recursive: true });
  return lanes.map((lane) => lane.report).reduce(sumOf);
}

function sumOf(a: CrashReport, b: CrashReport): CrashReport {
  return {
    phases: {
      starting: a.phases.starting + b.phases.starting,
      opening: a.phases.opening + b.phases.opening,
      opened: a.phases.opened + b.phases.opened,
      closing: a.phases.closing + b.phases.closing,
      closed: a.phases.closed + b.phases.closed,
    },
    ackedCount: a.ackedCount + b.ackedCount,
    survivedCount: a.survivedCount + b.survivedCount,
    vanishedCount: a.vanishedCount + b.vanishedCount,
    inFlightCycles: a.inFlightCycles + b.inFlightCycles,
    comparedPointCount: a.comparedPointCount + b.comparedPointCount,
  };
}

/** The cycles that work on one database, one after another. */
class Lane {
  report = emptyReport;
  readonly #seed: number;
  readonly #database: CyclePlan["database"];
  readonly #folder: string;
  readonly #copy: string;
  readonly #ledger = new Ledger();
  /** Loads the package while what the last child left is inspected. */
  #next = new CrashProcess();

  constructor(seed: number, parent: string, database: CyclePlan["database"]) {
    this.#seed = seed;
    this.#database = database;
    this.#folder = join(parent, database);
    this.#copy = join(parent, `${database}-copy`);
  }

  /** Does nothing if the cycle is another lane's. */
  async runCycle(cycle: number): Promise<void> {
    const plan = planCycle(this.#seed, cycle);
    if (plan.database !== this.#database) return;
    try {
      await this.#run(cycle, plan);
    } catch (cause) {
      const where = `OMENDB_CRASH_SEED=${this.#seed}, cycle ${cycle}, ${JSON.stringify(plan)}`;
      throw new Error(`${where}, folder kept: ${this.#folder}\n${String(cause)}`, { cause });
    }
  }

  /** Ends the process that waits for the next cycle. */
  async end(): Promise<void> {
    await this.#next.dismiss();
  }

  async #run(cycle: number, plan: CyclePlan): Promise<void> {
    const child = this.#next;
    let ending: Ending;
    try {
      ending = await child.run({ folder: this.#folder, seed: this.#seed, cycle }, this.#ledger);
    } finally {
      this.#next = new CrashProcess();
    }
    const isInFlight = this.#ledger.inFlightCount > 0;
    const options = { random: randomOf(this.#seed, cycle, 0x1005), settle: plan.settle };
    // A child killed early may have made no folder.
    const isCopied = plan.inspect === "a copy" && existsSync(this.#folder);
    const inspection = await (isCopied ? this.#inspectCopy(options) : this.#inspect(this.#folder, options));
    this.#note(ending, isInFlight, inspection);
  }

  async #inspectCopy(options: InspectionOptions): Promise<Inspection> {
    await cp(this.#folder, this.#copy, { recursive: true });
    const inspection = await this.#inspect(this.#copy, options);
    await rm(this.#copy, { recursive: true });
    return inspection;
  }

  async #inspect(folder: string, options: InspectionOptions): Promise<Inspection> {
    const db = await open(folder, { linkingThreads: 1 });
    try {
      return await inspect(db, this.#ledger, options);
    } finally {
      await db.close();
    }
  }

  #note({ phase, ackedCount }: Ending, isInFlight: boolean, inspection: Inspection): void {
    this.report = sumOf(this.report, {
      phases: { ...emptyReport.phases, [phase]: 1 },
      ackedCount,
      survivedCount: inspection.survivedCount,
      vanishedCount: inspection.vanishedCount,
      inFlightCycles: isInFlight ? 1 : 0,
      comparedPointCount: inspection.pointCount,
    });
  }
}
