// One child process of the crash test, seen from the parent: started early, told what to do, killed at its moment.

import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ChildOrder } from "./crash-child.js";
import type { Ledger } from "./crash-ledger.js";
import type { Outcome } from "./crash-perform.js";
import { checkpointPaths, type CallKill } from "./call-kill-plan.js";
import { planCycle, type Kill, type Verb } from "./crash-plan.js";
import { nthCall, Strace } from "./strace.js";

/** What the child was doing when it ended. */
export type Phase = "starting" | "opening" | "opened" | "closing" | "closed";

/** How a child ended. */
export interface Ending {
  readonly phase: Phase;
  readonly ackedCount: number;
  /** Whether the index was being consolidated, as far as the child knew. */
  readonly isConsolidating: boolean;
  /** The system call that the kill struck, if it was to strike one and that came. */
  readonly struck: string | undefined;
}

/** What the child does, and how it ends. */
export interface CrashOrder extends ChildOrder {
  /** Kills at a system call instead of at the planned moment. */
  readonly callKill: CallKill | undefined;
}

const childPath = fileURLToPath(new URL("./crash-child.js", import.meta.url));
/** Only a child that hangs takes this long. */
const patienceMs = 60_000;

/** A process that waits for its order. */
export class CrashProcess {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #ready: Promise<void>;
  #errorText = "";
  /** Takes what the child says after its order. */
  #hear: ((text: string) => void) | undefined;

  /** With `poolThreads: 1` all calls on files by Node and by LMDB's writer are one thread's, and counted together. */
  constructor({ poolThreads }: { readonly poolThreads: 1 | 4 }) {
    this.#process = spawn(process.execPath, [childPath], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, UV_THREADPOOL_SIZE: String(poolThreads) },
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#process.once("close", () => resolve());
      this.#process.once("error", reject);
    });
    this.#process.stderr!.setEncoding("utf8").on("data", (text: string) => (this.#errorText += text));
    this.#ready = new Promise((resolve) => {
      this.#process.stdout!.setEncoding("utf8").on("data", (text: string) => {
        if (this.#hear === undefined) resolve();
        else this.#hear(text);
      });
    });
    // A child that is gone is seen by its end.
    this.#process.stdin!.on("error", () => undefined);
  }

  /** Lets the child work until it is killed, and books what it says. Throws if it ends by itself before its work does. */
  async run({ callKill, ...order }: CrashOrder, ledger: Ledger): Promise<Ending> {
    await Promise.race([this.#ready, this.#ended]);
    const strace = callKill === undefined ? undefined : await this.#attach(callKill, order);
    const listener = new Listener(order, {
      ledger,
      hasCallKill: strace !== undefined,
      kill: () => this.kill(),
    });
    this.#hear = (text) => listener.hear(text);
    this.#process.stdin!.write(`${JSON.stringify(order)}\n`);
    const watchdog = setTimeout(() => this.kill(), patienceMs);
    await this.#ended;
    clearTimeout(watchdog);
    listener.end();
    const struck = strace === undefined ? undefined : nthCall(await strace.calls(), callKill!.n)?.text;
    this.#checkEnd(listener, struck);
    const { phase, ackedCount, isConsolidating } = listener;
    if (phase === "closed") assert.equal(ledger.inFlightCount, 0, "close() waits for all calls");
    return { phase, ackedCount, isConsolidating, struck };
  }

  #attach({ kind, n, files }: CallKill, { folder }: ChildOrder): Promise<Strace> {
    const paths = files === "checkpoints" ? checkpointPaths(folder) : [];
    const injection = { kind, effect: "signal=KILL", when: String(n), paths };
    return Strace.attach(this.#process.pid!, injection, `${folder}.strace`);
  }

  /** A child ends because it was killed as planned, or with its work done; and it has nothing to complain of. */
  #checkEnd({ phase, hasKilled }: Listener, struck: string | undefined): void {
    const { exitCode, signalCode } = this.#process;
    const isKilled = (hasKilled || struck !== undefined) && signalCode === "SIGKILL";
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

/** Where what was to be struck does not come: a child that closes ends by itself, others are killed after so long. */
const patienceWithCallsMs = 500;
const patienceWithAimsMs = 3000;
/** What does not come. */
const never: Kill = { after: "closing", count: Infinity, delayMs: 0 };

interface ListenerParts {
  readonly ledger: Ledger;
  readonly hasCallKill: boolean;
  readonly kill: () => void;
}

/** Takes down what the child says, and kills it at the planned moment. */
class Listener {
  phase: Phase = "starting";
  ackedCount = 0;
  hasKilled = false;
  isConsolidating = false;
  readonly #order: ChildOrder;
  readonly #ledger: Ledger;
  readonly #kill: () => void;
  readonly #plan: Kill;
  /** Events that the kill waits for still. */
  #eventsLeft: number;
  #timer: NodeJS.Timeout | undefined;
  /** How long the child may be open; `undefined` for until its end. */
  #patienceMs: number | undefined;
  #rest = "";
  #fault: Error | undefined;

  constructor(order: ChildOrder, { ledger, hasCallKill, kill }: ListenerParts) {
    this.#order = order;
    this.#ledger = ledger;
    this.#kill = kill;
    const plan = planCycle(order.seed, order.cycle);
    this.#plan = hasCallKill ? never : plan.kill;
    const isPatient = hasCallKill || plan.aim !== undefined;
    if (isPatient && plan.closeAfterMs === undefined) {
      this.#patienceMs = hasCallKill ? patienceWithCallsMs : patienceWithAimsMs;
    }
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
      case "consolidating":
      case "consolidated":
        this.isConsolidating = event === "consolidating";
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
    else if (event === "opened" && this.#patienceMs !== undefined) this.#killAfter(this.#patienceMs);
  }

  #begin(number: number, [verb = "", ...name]: readonly string[]): void {
    const { seed, cycle } = this.#order;
    this.#ledger.begin({ seed, cycle, number }, verbOf(verb), name.join(" "));
  }

  #killLater(plan: Kill): void {
    // After that one the child has killed itself already.
    this.#killAfter(plan.after === "acked" ? 0 : plan.delayMs);
  }

  #killAfter(delayMs: number): void {
    const kill = (): void => {
      this.hasKilled = true;
      this.#kill();
    };
    clearTimeout(this.#timer);
    if (delayMs < 1) kill();
    else this.#timer = setTimeout(kill, delayMs);
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
