// The process that is killed in the crash test: opens the folder, writes without end, and tells of each step before and after
// it. It is started early, so that loading the package costs the test no time, and begins when it is told to.
//
//   parent → child: one line of JSON, `ChildOrder`; then any, each of which is answered by `marked <line>`; the end of
//                   the stream ends the child
//   child → parent: lines of words, `ready`, `opening`, `opened`, `begin <number> <verb> <name>`,
//                   `acked <number> <outcome> <outcome>`, `consolidating`, `consolidated`, `closing`, `closed`
//
// Lines are written synchronously: what was said before the kill reaches the parent, and what was begun is known.

import { writeSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";
import { open, type Collection, type Database, type OpenOptions } from "omendb";
import { perform, type Outcome } from "./crash-perform.js";
import {
  below,
  guestName,
  lastingNames,
  planCycle,
  planWrite,
  randomOf,
  shapeOfName,
  type CyclePlan,
  type Verb,
} from "./crash-plan.js";

/** What the child is told. */
export interface ChildOrder {
  readonly folder: string;
  readonly seed: number;
  readonly cycle: number;
  /** Whether the child kills itself after an acknowledgement, if that is the plan. */
  readonly end: "as planned" | "by others";
  /** How the database is opened, beside what is planned. */
  readonly options: OpenOptions;
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** The work of one cycle, done by several writers. */
class Work {
  readonly #db: Database;
  readonly #order: ChildOrder;
  readonly #plan: CyclePlan;
  readonly #lastingNames: readonly string[];
  readonly #collections: Map<string, Collection>;
  /** Guests that an operation in flight speaks of: what a drop does to other calls is not the question here. */
  readonly #guestsInUse = new Set<string>();
  #nextNumber = 0;
  #ackedCount = 0;
  #isEnding = false;

  constructor(db: Database, order: ChildOrder, collections: Map<string, Collection>) {
    this.#db = db;
    this.#order = order;
    this.#plan = planCycle(order.seed, order.cycle);
    this.#lastingNames = lastingNames[this.#plan.database];
    this.#collections = collections;
  }

  /** Runs the writers until `end`; they stop when their calls are answered. */
  async run(): Promise<void> {
    for (const name of this.#lastingNames) {
      if (!this.#collections.has(name) && !this.#isEnding) await this.#make(name);
    }
    await Promise.all(Array.from({ length: this.#plan.writers }, () => this.#runWriter()));
  }

  end(): void {
    this.#isEnding = true;
  }

  async #runWriter(): Promise<void> {
    while (!this.#isEnding) {
      await Promise.all(Array.from({ length: this.#plan.callsATurn }, () => this.#doNext()));
    }
  }

  async #doNext(): Promise<void> {
    const { seed, cycle } = this.#order;
    const random = randomOf(seed, cycle, this.#nextNumber, 0x7e57);
    if (random() < this.#plan.guestShare) return this.#doWithGuest(random);
    const { names, waitShare } = this.#plan;
    const name = names[below(random, names.length)]!;
    if (random() < waitShare) await this.#wait(this.#collections.get(name)!).catch(passIfClosed);
    return this.#isEnding ? undefined : this.#write(name);
  }

  /** Tells when the index is being consolidated, if the kill waits for that. */
  async #wait(collection: Collection): Promise<void> {
    let isSettled = false;
    const settled = collection.waitForIndex().finally(() => (isSettled = true));
    if (this.#plan.aim === "consolidation") {
      while (!isSettled && !(await isConsolidating(collection))) await turn();
      if (!isSettled) {
        say("consolidating");
        await settled;
        say("consolidated");
      }
    }
    return settled;
  }

  /** Makes a guest, writes to one, or drops one. */
  async #doWithGuest(random: () => number): Promise<void> {
    const guests = [...this.#collections.keys()].filter((name) => !this.#lastingNames.includes(name));
    const free = guests.filter((name) => !this.#guestsInUse.has(name));
    const name = free[below(random, free.length)];
    if (name === undefined || (guests.length < 2 && random() < 0.4)) {
      return this.#make(guestName({ ...this.#order, number: this.#nextNumber }));
    }
    this.#guestsInUse.add(name);
    await (random() < 0.7 ? this.#write(name) : this.#drop(name));
    this.#guestsInUse.delete(name);
  }

  async #make(name: string): Promise<void> {
    await this.#tell("create", name, async () => {
      this.#collections.set(name, await this.#db.createCollection(name, shapeOfName(name).config));
      return [1, 0];
    });
  }

  async #drop(name: string): Promise<void> {
    this.#collections.delete(name);
    await this.#tell("drop", name, async () => [(await this.#db.dropCollection(name)) ? 1 : 0, 0]);
  }

  async #write(name: string): Promise<void> {
    const collection = this.#collections.get(name)!;
    const write = planWrite({ ...this.#order, number: this.#nextNumber }, name);
    await this.#tell("write", name, () => perform(collection, write));
  }

  #isLastAck(): boolean {
    const { kill } = this.#plan;
    return this.#order.end === "as planned" && kill.after === "acked" && this.#ackedCount === kill.count;
  }

  /** The operation begins in the turn in which it is told, so that numbers are in the order of the calls. */
  async #tell(verb: Verb, name: string, call: () => Promise<Outcome>): Promise<void> {
    const number = this.#nextNumber++;
    say(`begin ${number} ${verb} ${name}`);
    try {
      const outcome = await call();
      say(`acked ${number} ${outcome.join(" ")}`);
      this.#ackedCount++;
      if (this.#isLastAck()) process.kill(process.pid, "SIGKILL");
    } catch (cause) {
      throw new Error(`operation ${number}, ${verb} ${name}, failed`, { cause });
    }
  }
}

/** Asked while the index is awaited: where no row is left to link, nor dead, it is for the dead ones being taken out. */
async function isConsolidating(collection: Collection): Promise<boolean> {
  const { indexes } = await collection.stats();
  return indexes.every(({ tailRows, deadRows }) => tailRows === 0 && deadRows === 0);
}

/** Closing ends those who wait. */
function passIfClosed(error: unknown): void {
  if (!(error instanceof Error && "kind" in error && error.kind === "closed")) throw error;
}

async function openAll(db: Database): Promise<Map<string, Collection>> {
  const collections = new Map<string, Collection>();
  for (const { name } of await db.listCollections()) collections.set(name, await db.collection(name));
  return collections;
}

async function main(order: ChildOrder): Promise<void> {
  const { closeAfterMs, linkingThreads } = planCycle(order.seed, order.cycle);
  say("opening");
  const db = await open(order.folder, { ...order.options, linkingThreads });
  const work = new Work(db, order, await openAll(db));
  say("opened");
  const running = work.run();
  if (closeAfterMs === undefined) return running;
  await Promise.race([running, pause(closeAfterMs)]);
  say("closing");
  work.end();
  // Calls in flight are answered before the database is closed.
  await Promise.all([db.close(), running]);
  say("closed");
}

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  // Written by the parent of this very test.
  const order = JSON.parse(line) as ChildOrder;
  lines.on("line", (mark) => say(`marked ${mark}`));
  void main(order).finally(() => {
    // Nothing else may keep the process alive.
    lines.removeAllListeners("close");
    process.stdin.destroy();
  });
});
say("ready");
// The parent is gone.
lines.once("close", () => process.exit(2));
