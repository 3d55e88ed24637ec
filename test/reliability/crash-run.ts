// A run of the crash test: cycle by cycle over the same folder, a child works and is killed, and what is left is
// compared with the books.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "omendb";
import { inspect, type Inspection, type InspectionOptions } from "./crash-inspection.js";
import { planCallKill, type CallKill } from "./call-kill-plan.js";
import { Ledger } from "./crash-ledger.js";
import { planCycle, randomOf, type CyclePlan } from "./crash-plan.js";
import { CrashProcess, type Ending } from "./crash-process.js";
import { emptyReport, struckBy, sumOfReports, type CrashReport } from "./crash-report.js";

/** What to run. */
export interface CrashRunOptions {
  readonly seed: number;
  readonly cycleCount: number;
  /** Kills at system calls need strace. */
  readonly kills: "at moments and calls" | "at moments";
  readonly onProgress?: (done: number) => void;
}

/**
 * Runs all cycles, those of each database side by side. A failure names the seed, the cycle and the folder, which is
 * kept.
 */
export async function runCrashCycles(options: CrashRunOptions): Promise<CrashReport> {
  const { cycleCount, onProgress = () => undefined } = options;
  const parent = await mkdtemp(join(tmpdir(), "omendb-crash-"));
  const lanes = [new Lane(options, parent, "small"), new Lane(options, parent, "large")];
  let isFailed = false;
  const ends = await Promise.allSettled(
    lanes.map(async (lane) => {
      try {
        for (let cycle = 0; cycle < cycleCount && !isFailed; cycle++) {
          await lane.runCycle(cycle);
          onProgress(cycle);
        }
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
  return lanes.map((lane) => lane.report).reduce(sumOfReports);
}

/** The cycles that work on one database, one after another. */
class Lane {
  report = emptyReport;
  readonly #seed: number;
  readonly #kills: CrashRunOptions["kills"];
  readonly #database: CyclePlan["database"];
  readonly #folder: string;
  readonly #copy: string;
  readonly #ledger = new Ledger();
  /** Loads the package while what the last child left is inspected. */
  #next: CrashProcess;

  constructor({ seed, kills }: CrashRunOptions, parent: string, database: CyclePlan["database"]) {
    this.#seed = seed;
    this.#kills = kills;
    this.#database = database;
    this.#folder = join(parent, database);
    this.#copy = join(parent, `${database}-copy`);
    this.#next = this.#processFrom(0);
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
    const callKill = this.#callKill(cycle);
    const order = {
      folder: this.#folder,
      seed: this.#seed,
      cycle,
      end: "as planned",
      options: {},
      callKill,
    } as const;
    let ending: Ending;
    try {
      ending = await child.run(order, this.#ledger);
    } finally {
      this.#next = this.#processFrom(cycle + 1);
    }
    const struck = struckBy(ending, {
      call: callKill !== undefined,
      drop: this.#ledger.isDropping,
    });
    if (ending.phase === "closed") assert.equal(this.#ledger.inFlightCount, 0, "close() waits for all calls");
    const inFlightCycles = this.#ledger.inFlightCount > 0 ? 1 : 0;
    const options = { random: randomOf(this.#seed, cycle, 0x1005), settle: plan.settle };
    // A child killed early may have made no folder.
    const isCopied = plan.inspect === "a copy" && existsSync(this.#folder);
    const inspection = await (isCopied ? this.#inspectCopy(options) : this.#inspect(this.#folder, options));
    this.#note(ending, inspection, { struck, inFlightCycles });
  }

  #callKill(cycle: number): CallKill | undefined {
    return this.#kills === "at moments" ? undefined : planCallKill({ seed: this.#seed, cycle });
  }

  /** The process for the first cycle from `cycle` on that is this lane's. */
  #processFrom(cycle: number): CrashProcess {
    let own = cycle;
    while (planCycle(this.#seed, own).database !== this.#database) own++;
    return new CrashProcess({ poolThreads: this.#callKill(own) === undefined ? 4 : 1 });
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

  #note({ phase, ackedCount }: Ending, inspection: Inspection, before: Partial<CrashReport>): void {
    this.report = sumOfReports(this.report, {
      ...emptyReport,
      ...before,
      phases: { ...emptyReport.phases, [phase]: 1 },
      ackedCount,
      survivedCount: inspection.survivedCount,
      vanishedCount: inspection.vanishedCount,
      comparedPointCount: inspection.pointCount,
    });
  }
}
