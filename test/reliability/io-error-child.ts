// The process whose system calls fail in the test of I/O errors: does what its script says through the public interface,
// tells how each call ended, and opens the database again when it is told to.
//
//   parent → child: one line of JSON, `ScriptOrder`
//   child → parent: `ready`, `begin <number> <verb> <name>`, `acked <number> <outcome> <outcome>`,
//                   `failed <number> <kind> <code>`, `opened`, `asked`, `refused <what> <kind> <code>`, `done`,
//                   and `untyped <what>` for what must never be
//
// A failed write is answered as the message says: close the database and open it again, at most three times.

import { writeSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { OmenError, open, type Collection, type Database } from "omendb";
import { perform, type Outcome } from "./crash-perform.js";
import { planWrite, shapeOfName, type Verb } from "./crash-plan.js";
import { script, type Step } from "./io-error-script.js";

/** What the child is told. */
export interface ScriptOrder {
  readonly folder: string;
  readonly seed: number;
  /** Says with `seed` and the number of an operation what is written. */
  readonly cycle: number;
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

const openingsMax = 5;

class Script {
  readonly #order: ScriptOrder;
  #db: Database | undefined;
  #openings = 0;
  #nextNumber = 0;

  constructor(order: ScriptOrder) {
    this.#order = order;
  }

  async run(): Promise<void> {
    await this.#open();
    for (const step of script) if (this.#db !== undefined) await this.#do(step, this.#db);
    await this.#close();
  }

  async #open(): Promise<void> {
    while (this.#db === undefined && this.#openings++ < openingsMax) {
      await this.#try("open", async () => {
        this.#db = await open(this.#order.folder, { linkingThreads: 1 });
        say("opened");
      });
    }
  }

  /** After a failure the database is closed all the same. */
  async #close(): Promise<void> {
    const db = this.#db;
    this.#db = undefined;
    if (db !== undefined) await this.#try("close", () => db.close());
  }

  async #do(step: Step, db: Database): Promise<void> {
    switch (step.kind) {
      case "create":
        return this.#tell("create", step.name, async () => {
          await db.createCollection(step.name, shapeOfName(step.name).config);
          return [1, 0];
        });
      case "drop":
        return this.#tell("drop", step.name, async () => [(await db.dropCollection(step.name)) ? 1 : 0, 0]);
      case "write":
        return this.#write(step.name, db);
      case "wait":
        return this.#try("wait", async () => (await db.collection(step.name)).waitForIndex());
      case "ask":
        return this.#try("ask", async () => {
          await ask(await db.collection(step.name));
          say("asked");
        });
      case "reopen":
        await this.#close();
        return this.#open();
      default:
        return step satisfies never;
    }
  }

  /** A collection that could not be made or opened is not written to. */
  async #write(name: string, db: Database): Promise<void> {
    const number = this.#nextNumber;
    let collection: Collection | undefined;
    await this.#try("collection", async () => {
      collection = await db.collection(name);
    });
    if (collection === undefined) return;
    const found = collection;
    await this.#tell("write", name, () => perform(found, planWrite({ ...this.#order, number }, name)));
  }

  async #tell(verb: Verb, name: string, call: () => Promise<Outcome>): Promise<void> {
    const number = this.#nextNumber++;
    say(`begin ${number} ${verb} ${name}`);
    try {
      say(`acked ${number} ${(await call()).join(" ")}`);
    } catch (error) {
      say(`failed ${number} ${wordsOf(error)}`);
      if (error instanceof OmenError && (error.code === "flush_failed" || error.code === "poisoned")) {
        await this.#refusal(verb, name);
        await this.#close();
        await this.#open();
      }
    }
  }

  /** One more write before reopening: it must be refused. */
  async #refusal(verb: Verb, name: string): Promise<void> {
    if (verb !== "write" || this.#db === undefined) return;
    // One that changes something: what finds nothing to delete needs no flush.
    while (planWrite({ ...this.#order, number: this.#nextNumber }, name).kind !== "upsert")
      this.#nextNumber++;
    const number = this.#nextNumber++;
    say(`begin ${number} write ${name}`);
    try {
      const collection = await this.#db.collection(name);
      say(
        `acked ${number} ${(await perform(collection, planWrite({ ...this.#order, number }, name))).join(" ")}`,
      );
    } catch (error) {
      say(`failed ${number} ${wordsOf(error)}`);
    }
  }

  async #try(what: string, call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (error) {
      say(`refused ${what} ${wordsOf(error)}`);
    }
  }
}

/** Every kind of read. */
async function ask(collection: Collection): Promise<void> {
  await collection.count();
  const { points } = await collection.list({ limit: 20, include: ["metadata", "vector"] });
  await collection.get(points.map((point) => point.id));
  for (const field of shapeOfName(collection.name).fields) {
    const vector = new Float32Array(field.dimension).fill(0.5);
    await collection.search({ vector, limit: 5, ...(field.name === "" ? {} : { using: field.name }) });
  }
  await collection.stats();
}

/** A caller can do nothing with an error that is not typed. */
function wordsOf(error: unknown): string {
  if (error instanceof OmenError) return `${error.kind} ${error.code}`;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `untyped ${JSON.stringify(text)}`;
}

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  // Written by the parent of this very test.
  void new Script(JSON.parse(line) as ScriptOrder).run().finally(() => {
    say("done");
    lines.removeAllListeners("close");
    process.stdin.destroy();
  });
});
say("ready");
// The parent is gone.
lines.once("close", () => process.exit(2));
