// Checks a store that another process reads: table after table, and where a table ends the process, the next one in
// another process. So every table is looked at, and damage that crashes LMDB is told like any other.

import { Findings, type CheckProblem } from "../model/check-problem.js";
import type { StoreCheck } from "../model/collection-check.js";
import {
  InspectionEnded,
  InspectionFailed,
  type InspectionLimits,
  InspectionProcess,
} from "./inspection-process.js";
import type { OpenedForInspection } from "./inspection-tasks.js";

/** What is checked, and how. */
export interface CheckStoreOptions {
  readonly limits: InspectionLimits;
  /** Called with the records of the store read so far. What it throws ends the check. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /**
   * Runs the opening of the file in a moment in which nobody replaces it. What is read is the state of that moment,
   * whatever is written later.
   */
  readonly openStill?: (<Result>(open: () => Promise<Result>) => Promise<Result>) | undefined;
  /** Called with the number of each process before it is asked for anything. For tests. */
  readonly onStarted?: (pid: number | undefined) => void;
}

/** What was found in a store. */
export interface StoreFindings {
  readonly check: StoreCheck;
  /** Of no collection, as far as is known here. */
  readonly problems: readonly CheckProblem[];
}

/** Where the store is. */
export interface StorePlace {
  readonly folder: string;
  readonly dimensions: readonly number[];
}

/** Checks the store in a folder. Throws OmenError unavailable (`process_failed`) if no process can be started. */
export async function checkStore(place: StorePlace, options: CheckStoreOptions): Promise<StoreFindings> {
  const inspection = new StoreInspection(place, options);
  try {
    return await inspection.run();
  } finally {
    await inspection.close();
  }
}

class StoreInspection {
  readonly #place: StorePlace;
  readonly #options: CheckStoreOptions;
  readonly #findings = new Findings();
  readonly #problems: CheckProblem[] = [];
  readonly #records: Record<string, number> = {};
  #process: InspectionProcess | undefined;
  #done = 0;

  constructor(place: StorePlace, options: CheckStoreOptions) {
    this.#place = place;
    this.#options = options;
  }

  async run(): Promise<StoreFindings> {
    const opened = await this.#open("data.mdb");
    let isChecked = opened !== undefined;
    for (const table of opened?.tables ?? []) isChecked = (await this.#check(table)) && isChecked;
    return {
      check: {
        isChecked,
        inOtherProcess: true,
        sequence: opened?.sequence ?? 0,
        points: this.#records["points"] ?? 0,
        records: this.#records,
      },
      problems: [...this.#problems, ...this.#findings.problems(null)],
    };
  }

  async close(): Promise<void> {
    await this.#process?.close();
  }

  /** Opens the store in a process; undefined if that cannot be done. */
  async #open(place: string): Promise<OpenedForInspection | undefined> {
    const { limits, openStill, onStarted } = this.#options;
    const started = await InspectionProcess.start(limits);
    this.#process = started;
    onStarted?.(started.pid);
    const open = (): Promise<OpenedForInspection> => started.call("open", this.#place);
    try {
      return await (openStill === undefined ? open() : openStill(open));
    } catch (error) {
      await started.close();
      this.#process = undefined;
      this.#tell(place, error);
      return undefined;
    }
  }

  /** True if the table was read to its end. */
  async #check(table: string): Promise<boolean> {
    const running = this.#process ?? ((await this.#open(table)) === undefined ? undefined : this.#process);
    if (running === undefined) return false;
    try {
      const { records, problems } = await running.call("check", { table }, (done) =>
        this.#options.onProgress?.(this.#done + done),
      );
      this.#records[table] = records;
      this.#done += records;
      this.#problems.push(...problems);
      return true;
    } catch (error) {
      this.#tell(table, error);
      await running.close();
      this.#process = undefined;
      return false;
    }
  }

  /** Notes what the failure of a task says of the store; throws what does not come from it. */
  #tell(place: string, error: unknown): void {
    if (error instanceof InspectionEnded) {
      this.#findings.add({ kind: error.how, remedy: "lost", place, detail: error.message });
    } else if (error instanceof InspectionFailed) {
      const kind = error.code === "store_missing" ? "store_missing" : "store_damaged";
      this.#findings.add({ kind, remedy: "lost", place, detail: error.message });
    } else throw error;
  }
}
