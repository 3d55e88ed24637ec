// A run of the test of I/O errors: case by case a child does its script on a fresh copy of a database while some of its
// system calls fail; then the database is opened without failures and compared with what the child was told.

import { readdirSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "omendb";
import { inspect } from "./crash-inspection.js";
import { Ledger } from "./crash-ledger.js";
import { perform } from "./crash-perform.js";
import { planCycle, planWrite, randomOf, shapeOfName } from "./crash-plan.js";
import { sumOfCounts } from "./crash-report.js";
import { planIoError, type IoErrorCase } from "./io-error-plan.js";
import { ScriptProcess } from "./io-error-process.js";
import { scriptNames } from "./io-error-script.js";
import type { RigOrder, RigReport } from "./rig.js";

/** Runs all cases, two side by side; goes on after a failure. `plan` says what fails in each. */
export async function runIoErrors(order: RigOrder, plan = planIoError): Promise<RigReport> {
  const { count, onProgress = () => undefined } = order;
  const cases = await IoErrorCases.prepare(order, plan);
  let next = 0;
  const lane = async (): Promise<void> => {
    // The next one loads while the last one works.
    let ready = new ScriptProcess();
    try {
      while (next < count) {
        const i = next++;
        const child = ready;
        ready = new ScriptProcess();
        await cases.run(i, child);
        onProgress(i);
      }
    } finally {
      await ready.dismiss();
    }
  };
  try {
    await Promise.all([lane(), lane()]);
    return { counts: cases.counts, failures: cases.failures };
  } finally {
    await cases.remove();
  }
}

class IoErrorCases {
  counts: Readonly<Record<string, number>> = {};
  readonly failures: string[] = [];
  readonly #order: RigOrder;
  readonly #plan: typeof planIoError;
  readonly #parent: string;
  /** The database that every case begins with, and its books. */
  readonly #ledger = new Ledger();

  private constructor(order: RigOrder, plan: typeof planIoError, parent: string) {
    this.#order = order;
    this.#plan = plan;
    this.#parent = parent;
  }

  static async prepare(order: RigOrder, plan: typeof planIoError): Promise<IoErrorCases> {
    const cases = new IoErrorCases(order, plan, await mkdtemp(join(tmpdir(), "omendb-io-errors-")));
    await cases.#fill();
    return cases;
  }

  async #fill(): Promise<void> {
    const { seed } = this.#order;
    const db = await open(join(this.#parent, "template"), { linkingThreads: 1 });
    let number = 0;
    for (const name of scriptNames) {
      this.#ledger.begin({ seed, cycle: 0, number }, "create", name);
      const collection = await db.createCollection(name, shapeOfName(name).config);
      this.#ledger.acknowledge(number++, [1, 0]);
      for (let i = 0; i < 8; i++, number++) {
        const key = { seed, cycle: cycleOfLargeBatches(seed, 0), number };
        this.#ledger.begin(key, "write", name);
        this.#ledger.acknowledge(number, await perform(collection, planWrite(key, name)));
      }
      await collection.waitForIndex();
    }
    await inspect(db, this.#ledger, { random: randomOf(seed), settle: true });
    await db.close();
  }

  async run(i: number, child: ScriptProcess): Promise<void> {
    const { seed, count } = this.#order;
    const planned = this.#plan({ seed, count }, i);
    const folder = join(this.#parent, `case-${i}`);
    await cp(join(this.#parent, "template"), folder, { recursive: true });
    const ledger = this.#ledger.copy();
    const order = { folder, seed, cycle: cycleOfLargeBatches(seed, 1 + 100 * i) };
    const end = await child.run(order, {
      books: ledger,
      injection: injectionOf(planned, folder),
      log: `${folder}.log`,
    });
    const faults = [...end.faults];
    try {
      await this.#inspect(folder, ledger, i);
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
    }
    const isStruck = end.injected.length > 0;
    this.counts = sumOfCounts(this.counts, {
      cases: 1,
      [isStruck ? `struck ${planned.kind}` : "not reached"]: 1,
      acknowledged: end.ackedCount,
      ...end.refusals,
    });
    if (faults.length === 0) return rm(folder, { recursive: true });
    const where = `--seed ${seed} --count ${count}, case ${i}: ${JSON.stringify(planned)}, ${end.injected.slice(0, 4).join(" ") || "not struck"}`;
    this.failures.push(`${where}: ${faults.join("; ")}; folder kept: ${folder}`);
    return undefined;
  }

  async #inspect(folder: string, ledger: Ledger, i: number): Promise<void> {
    const db = await open(folder, { linkingThreads: 1 });
    try {
      await inspect(db, ledger, { random: randomOf(this.#order.seed, i), settle: i % 8 === 0 });
    } finally {
      await db.close();
    }
  }

  /** Folders of failures stay. */
  async remove(): Promise<void> {
    if (this.failures.length === 0) await rm(this.#parent, { recursive: true });
  }
}

/** The first cycle from `from` on whose batches are large. */
function cycleOfLargeBatches(seed: number, from: number): number {
  let cycle = from;
  while (planCycle(seed, cycle).batchMax < 500) cycle++;
  return cycle;
}

function injectionOf(
  { kind, error, n, lasting, files }: IoErrorCase,
  folder: string,
): Parameters<ScriptProcess["run"]>[1]["injection"] & object {
  const paths = files === "all" ? [] : filesIn(folder);
  return { kind, effect: `error=${error}`, when: lasting === "once" ? String(n) : `${n}+`, paths };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name));
}
