// One child process of the crash test, seen from the parent: started early, told what to do, killed at its moment.

import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ChildOrder } from "./crash-child.js";
import type { Ledger } from "./crash-ledger.js";
import type { Outcome } from "./crash-perform.js";
import { planCycle, type Kill, type Verb } from "./crash-plan.js";

/** What the child was doing when it ended. */
export type Phase = "starting" | "opening" | "opened" | "closing" | "closed";

/** How a child ended. */
export interface Ending {
  readonly phase: Phase;
  readonly ackedCount: number;
}

const childPath = fileURLToPath(new URL("./crash-child.js", import.meta.url));
/** Only a child that hangs takes this long. */
const patienceMs = 60_000;

/** A process that waits for its order. */
export class CrashProcess {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #errorText = "";

  constructor() {
    this.#process = spawn(process.execPath, [childPath], { stdio: ["pipe", "pipe", "pipe"] });
    this.#ended = new Promise((resolve, reject) => {
      this.#process.once("close", () => resolve());
      this.#process.once("error", reject);
    });
    this.#process.stderr!.setEncoding("utf8").on("data", (text: string) => (this.#errorText += text));
    // A child that is gone is seen by its end.
    this.#process.stdin!.on("error", () => undefined);
  }

  /** Lets the child work until it is killed, and books what it says. Throws if it ends by itself before its work does. */
  async run(order: ChildOrder, ledger: Ledger): Promise<Ending> {
    const listener = new Listener(order, ledger, () => this.kill());
    this.#process.stdout!.setEncoding("utf8").on("data", (text: string) => listener.hear(text));
    this.#process.stdin!.write(`${JSON.stringify(order)}\n`);
    const watchdog = setTimeout(() => this.kill(), patienceMs);
    await this.#ended;
    clearTimeout(watchdog);
    listener.end();
    this.#checkEnd(listener);
    if (listener.phase === "closed") assert.equal(ledger.inFlightCount, 0, "close() waits for all calls");
    return { phase: listener.phase, ackedCount: listener.ackedCount };
  }

  /** A child ends because it was killed as planned, or with its work done; and it has nothing to complain of. */
  #checkEnd({ phase, hasKilled }: Listener): void {
    const { exitCode, signalCode } = this.#process;
    const isKilled = hasKilled && signalCode === "SIGKILL";
    const isDone = phase === "closed" && exitCode === 0;
    if ((isKilled || isDone) && this.#errorText === "") return;
    const end = signalCode ?? `exit code ${String(exitCode)}`;
    assert.fail(
      `the child ended with ${end} while ${phase}, ${hasKilled ? "" : "not "}killed as planned: ${this.#errorText}`,
    );
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Ends a child that got no order. */
  async dismiss(): Promise<void> {
    this.kill();
    await this.#ended;
  }
}

/** Takes down what the child says, and kills it at the planned moment. */
class Listener {
  phase: Phase = "starting";
  ackedCount = 0;
  hasKilled = false;
  readonly #order: ChildOrder;
  readonly #ledger: Ledger;
  readonly #kill: () => void;
  readonly #plan: Kill;
  /** Events that the kill waits for still. */
  #eventsLeft: number;
  #timer: NodeJS.Timeout | undefined;
  #rest = "";
  #fault: Error | undefined;

  constructor(order: ChildOrder, ledger: Ledger, kill: () => void) {
    this.#order = order;
    this.#ledger = ledger;
    this.#kill = kill;
    this.#plan = planCycle(order.seed, order.cycle).kill;
    this.#eventsLeft = this.#plan.count;
  }

  hear(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    try {
      for (const line of lines) this.#take(line);
    } catch (error) {
      // An event has no caller to tell.
      this.#fault ??= error instanceof Error ? error : new Error(String(error));
      this.#kill();
    }
  }

  /** Throws what was wrong with what the child said. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#fault !== undefined) throw this.#fault;
  }

  #take(line: string): void {
    const [event = "", number = "", ...words] = line.split(" ");
    switch (event) {
      case "opening":
      case "opened":
      case "closing":
      case "closed":
        this.phase = event;
        break;
      case "begin":
        this.#begin(Number(number), words);
        break;
      case "acked":
        this.#ledger.acknowledge(Number(number), outcomeOf(words));
        this.ackedCount++;
        break;
      default:
        assert.fail(`the child said ${line}`);
    }
    if (event === this.#plan.after && --this.#eventsLeft === 0) this.#killLater(this.#plan);
  }

  #begin(number: number, [verb = "", ...name]: readonly string[]): void {
    const { seed, cycle } = this.#order;
    this.#ledger.begin({ seed, cycle, number }, verbOf(verb), name.join(" "));
  }

  #killLater(plan: Kill): void {
    const kill = (): void => {
      this.hasKilled = true;
      this.#kill();
    };
    // After that one the child has killed itself already.
    if (plan.after === "acked" || plan.delayMs < 1) kill();
    else this.#timer = setTimeout(kill, plan.delayMs);
  }
}

function verbOf(word: string): Verb {
  assert.ok(word === "create" || word === "drop" || word === "write", `the child said ${word}`);
  return word;
}

function outcomeOf(words: readonly string[]): Outcome {
  const [first, second] = words.map(Number);
  assert.ok(first !== undefined && second !== undefined && words.length === 2);
  return [first, second];
}
