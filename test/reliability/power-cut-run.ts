// A run of the power cut test: a child writes to a database on a disk of its own, the disk is copied at moments that are
// not agreed with anyone, and each copy is mounted and compared with what had been acknowledged when its copying began.
// Then the child is ended, and the next one goes on from the last copy.
//
//   child:    ──begin 1──begin 2──acked 1──begin 3────────acked 2──…
//   copying:                           ├───────────────┤
//             1 must be there, and 2 and 3 may; 4, which began later, cannot

import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { open, type OpenOptions } from "omendb";
import { inspect, type Inspection } from "./crash-inspection.js";
import { Ledger, type Books } from "./crash-ledger.js";
import { planCycle, randomOf, type CyclePlan } from "./crash-plan.js";
import { CrashProcess } from "./crash-process.js";
import { sumOfCounts } from "./crash-report.js";
import { LoopDisk } from "./loop-disk.js";
import type { Injection } from "./strace.js";

/** How a database is opened that is cut off, and what it promises then. */
interface CutMode {
  readonly options: OpenOptions;
  readonly injection: Injection | undefined;
  /** What was acknowledged less than this before a cut may be lost. */
  readonly youngMs: number;
}

/** Leaves the flushes of data out. What LMDB writes to its meta pages is flushed by the way their file is open. */
const skippedFlushes = { kind: "fdatasync", effect: "retval=0", when: "1+" } as const;

/** Of mode `interval`. */
const flushIntervalMs = 100;
/** How long after it was due a flush may be over, on a machine that does much else. */
const flushGraceMs = 400;

const cutModes = {
  /** An acknowledged write must be there. */
  sync: { options: {}, injection: undefined, youngMs: 0 },
  /** For control: every flush of the child is left out, and said to have succeeded. */
  skipped: { options: {}, injection: skippedFlushes, youngMs: 0 },
  /** For control too: nothing is flushed, and what is lost may be anything. */
  os: { options: { durability: "os" }, injection: undefined, youngMs: 0 },
  /** What is lost is young, and nothing is damaged. */
  interval: {
    options: { durability: "interval", flushIntervalMs },
    injection: undefined,
    youngMs: flushIntervalMs + flushGraceMs,
  },
} as const satisfies Record<string, CutMode>;

export type Flushing = keyof typeof cutModes;

export function isFlushing(word: string): word is Flushing {
  return Object.hasOwn(cutModes, word);
}

export interface PowerCutOptions {
  readonly seed: number;
  readonly cutCount: number;
  readonly flushing: Flushing;
  readonly onProgress: (done: number) => void;
}

type Counts = Readonly<Record<string, number>>;

/** Cuts of one child. */
const cutsARound = 5;

/** Runs all cuts and returns what was done, by name. Throws at the first fault, with the image of that cut kept. */
export async function runPowerCuts(options: PowerCutOptions): Promise<Counts> {
  const disk = await LoopDisk.create();
  try {
    const rounds = new Rounds(options, disk);
    let counts: Counts = { cuts: 0 };
    for (let round = 0; counts["cuts"]! < options.cutCount; round++) {
      const cutCount = Math.min(cutsARound, options.cutCount - counts["cuts"]!);
      counts = sumOfCounts(counts, await rounds.run(round, cutCount));
      options.onProgress(counts["cuts"]!);
    }
    return counts;
  } finally {
    disk.remove();
  }
}

/** One moment of the disk, and what a database on it must hold. */
interface Cut {
  readonly number: number;
  readonly ledger: Ledger;
  readonly phase: string;
}

class Rounds {
  readonly #options: PowerCutOptions;
  readonly #disk: LoopDisk;
  readonly #ledgers: Record<CyclePlan["database"], Ledger> = { small: new Ledger(), large: new Ledger() };

  constructor(options: PowerCutOptions, disk: LoopDisk) {
    this.#options = options;
    this.#disk = disk;
  }

  /** One child, its cuts, and what they hold. */
  async run(round: number, cutCount: number): Promise<Counts> {
    const plan = planCycle(this.#options.seed, round);
    const child = new CrashingChild(this.#options, this.#disk, { round, plan });
    const { cuts, ackedCount } = await child.work(this.#ledgers[plan.database], cutCount);
    let counts: Counts = { acknowledged: ackedCount };
    for (const cut of cuts) {
      const inspection = await this.#look(round, plan, cut);
      counts = sumOfCounts(counts, countsOf(cut, inspection));
      if (cut !== cuts.at(-1)) await this.#disk.discard(cut.number);
    }
    const last = cuts.at(-1)!;
    this.#ledgers[plan.database] = last.ledger;
    await this.#disk.continueFrom(last.number);
    return counts;
  }

  /** Looks at a cut in place or at a copy, which leaves what is to be recovered to the next child. */
  async #look(round: number, plan: CyclePlan, cut: Cut): Promise<Inspection> {
    // In mode `interval` a disk counts as one after a power cut because another is mounted; the next child mounts the same.
    const isCopied = plan.inspect === "a copy" && this.#options.flushing !== "interval";
    const looked = isCopied ? await this.#disk.copyOf(cut.number) : cut.number;
    const options = { random: randomOf(this.#options.seed, round, cut.number), settle: plan.settle };
    try {
      return await this.#disk.withCut(looked, async (path) => {
        const db = await open(join(path, plan.database), { linkingThreads: 1 });
        try {
          return await inspect(db, cut.ledger, options);
        } finally {
          await db.close();
        }
      });
    } catch (cause) {
      // The control is meant to fail.
      const kept = ["sync", "interval"].includes(this.#options.flushing)
        ? await this.#disk.keep(looked)
        : "none";
      const where = `round ${round}, cut ${cut.number} while ${cut.phase}, ${JSON.stringify(plan)}`;
      throw new Error(`${String(cause)}\n${where}, image kept: ${kept}`, { cause });
    } finally {
      if (isCopied) await this.#disk.discard(looked);
    }
  }
}

function countsOf({ phase }: Cut, inspection: Inspection): Counts {
  return {
    cuts: 1,
    [`while ${phase}`]: 1,
    survived: inspection.survivedCount,
    vanished: inspection.vanishedCount,
    comparedPoints: inspection.pointCount,
  };
}

/** A child that works while its disk is cut off. */
class CrashingChild {
  readonly #options: PowerCutOptions;
  readonly #disk: LoopDisk;
  readonly #round: number;
  readonly #plan: CyclePlan;
  readonly #mode: CutMode;
  readonly #process = new CrashProcess({ poolThreads: 4 });
  #phase = "starting";

  constructor(
    options: PowerCutOptions,
    disk: LoopDisk,
    { round, plan }: { readonly round: number; readonly plan: CyclePlan },
  ) {
    this.#options = options;
    this.#disk = disk;
    this.#round = round;
    this.#plan = plan;
    this.#mode = cutModes[options.flushing];
  }

  /** Lets it work, takes the cuts, and ends it. */
  async work(
    before: Ledger,
    cutCount: number,
  ): Promise<{ readonly cuts: readonly Cut[]; readonly ackedCount: number }> {
    const { seed } = this.#options;
    const random = randomOf(seed, this.#round, 0xc07);
    const books = new CutBooks(before.copy());
    const began = new Promise<void>((resolve) => {
      this.#onPhase = resolve;
    });
    const ended = this.#process.run(
      {
        folder: join(this.#disk.path, this.#plan.database),
        seed,
        cycle: this.#round,
        end: "by others",
        callKill: undefined,
        options: this.#mode.options,
        injection: this.#mode.injection,
        onPhase: (phase) => {
          this.#phase = phase;
          this.#onPhase();
        },
      },
      books,
    );
    // Whoever waits below is told of what went wrong at the end.
    ended.catch(() => this.#onPhase());
    await began;
    const cuts: Cut[] = [];
    for (let i = 0; i < cutCount; i++) {
      // Now and then while it opens; mostly among the writes.
      await pause(i === 0 && random() < 0.3 ? random() * 40 : 20 + random() ** 2 * 400);
      cuts.push(await this.#cut(books));
    }
    this.#process.callOff();
    const { ackedCount } = await ended;
    return { cuts, ackedCount };
  }

  #onPhase: () => void = () => undefined;

  async #cut(books: CutBooks): Promise<Cut> {
    const phase = this.#phase;
    const ledger = books.split(this.#mode.youngMs);
    const number = await this.#disk.cut();
    // What began before the copy was finished may be in it; the child tells before it begins.
    await this.#process.mark();
    books.join();
    return { number, ledger, phase };
  }
}

/** Books that can be split: what is acknowledged from then on is not certain, and what begins may be there. */
class CutBooks implements Books {
  readonly #ledger: Ledger;
  #cut: Ledger | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  begin(...operation: Parameters<Books["begin"]>): void {
    this.#ledger.begin(...operation);
    this.#cut?.begin(...operation);
  }

  acknowledge(...acknowledgement: Parameters<Books["acknowledge"]>): void {
    this.#ledger.acknowledge(...acknowledgement);
  }

  split(youngMs: number): Ledger {
    assert.equal(this.#cut, undefined);
    this.#cut = this.#ledger.copy(youngMs);
    return this.#cut;
  }

  join(): void {
    this.#cut = undefined;
  }
}
