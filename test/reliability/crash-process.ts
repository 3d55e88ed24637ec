// One child process of the crash test, seen from the parent: started early, told what to do, killed at its moment.

import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChildOrder } from "./crash-child.js";
import type { Books } from "./crash-ledger.js";
import type { Outcome } from "./crash-perform.js";
import { checkpointPaths, type CallKill } from "./call-kill-plan.js";
import { planCycle, type Kill, type Verb } from "./crash-plan.js";
import { nthCall, Strace, type Injection } from "./strace.js";

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
  /** What else becomes of its system calls. */
  readonly injection?: Injection | undefined;
  /** Told what the child says it has come to. */
  readonly onPhase?: (phase: Phase) => void;
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
  readonly #marks = new Map<string, () => void>();
  #markCount = 0;
  #isCalledOff = false;

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
  async run({ callKill, injection, onPhase, ...order }: CrashOrder, books: Books): Promise<Ending> {
    await Promise.race([this.#ready, this.#ended]);
    const injected = callKill === undefined ? injection : injectionOf(callKill, order);
    const strace = injected === undefined ? undefined : await this.#attach(injected, order);
    const listener = new Listener(order, {
      books,
      hasCallKill: callKill !== undefined,
      kill: () => this.kill(),
      onPhase: onPhase ?? (() => undefined),
      onMark: (mark) => this.#marks.get(mark)?.(),
    });
    this.#hear = (text) => listener.hear(text);
    this.#process.stdin!.write(`${JSON.stringify(order)}\n`);
    const watchdog = setTimeout(() => this.kill(), patienceMs);
    await this.#ended;
    clearTimeout(watchdog);
    listener.end();
    const calls = (await strace?.calls()) ?? [];
    const struck = callKill === undefined ? undefined : nthCall(calls, callKill.n)?.text;
    this.#checkEnd(listener, struck);
    const { phase, ackedCount, isConsolidating } = listener;
    return { phase, ackedCount, isConsolidating, struck };
  }

  /** Resolves when all is booked that the child said before this was asked. */
  async mark(): Promise<void> {
    const mark = String(this.#markCount++);
    const marked = new Promise<void>((resolve) => this.#marks.set(mark, resolve));
    this.#process.stdin!.write(`${mark}\n`);
    await Promise.race([marked, this.#ended]);
  }

  #attach(injection: Injection, { folder, cycle }: ChildOrder): Promise<Strace> {
    const log = join(tmpdir(), `omendb-strace-${process.pid}-${basename(folder)}-${cycle}.log`);
    return Strace.attach(this.#process.pid!, injection, log);
  }

  /** A child ends because it was killed as planned, or with its work done; and it has nothing to complain of. */
  #checkEnd({ phase, hasKilled }: Listener, struck: string | undefined): void {
    const { exitCode, signalCode } = this.#process;
    const isKilled = (hasKilled || this.#isCalledOff || struck !== undefined) && signalCode === "SIGKILL";
    const isDone = phase === "closed" && exitCode === 0;
    if ((isKilled || isDone) && this.#errorText === "") return;
    const end = signalCode ?? `exit code ${String(exitCode)}`;
    assert.fail(
      `the child ended with ${end} while ${phase}, ${hasKilled ? "" : "not "}killed as planned: ${this.#errorText}`,
    );
  }

  /** Ends the child by the will of the caller. */
  callOff(): void {
    this.#isCalledOff = true;
    this.kill();
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
  readonly books: Books;
  readonly hasCallKill: boolean;
  readonly kill: () => void;
  readonly onPhase: (phase: Phase) => void;
  readonly onMark: (mark: string) => void;
}

function injectionOf({ kind, n, files }: CallKill, { folder }: ChildOrder): Injection {
  const paths = files === "checkpoints" ? checkpointPaths(folder) : [];
  return { kind, effect: "signal=KILL", when: String(n), paths };
}

/** Takes down what the child says, and kills it at the planned moment. */
class Listener {
  phase: Phase = "starting";
  ackedCount = 0;
  hasKilled = false;
  isConsolidating = false;
  readonly #order: ChildOrder;
  readonly #parts: ListenerParts;
  readonly #plan: Kill;
  /** Events that the kill waits for still. */
  #eventsLeft: number;
  #timer: NodeJS.Timeout | undefined;
  /** How long the child may be open; `undefined` for until its end. */
  #patienceMs: number | undefined;
  #rest = "";
  #fault: Error | undefined;

  constructor(order: ChildOrder, parts: ListenerParts) {
    this.#order = order;
    this.#parts = parts;
    const { hasCallKill } = parts;
    const plan = planCycle(order.seed, order.cycle);
    const isOurs = order.end === "as planned";
    this.#plan = hasCallKill || !isOurs ? never : plan.kill;
    const isPatient = isOurs && (hasCallKill || plan.aim !== undefined);
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
      this.#parts.kill();
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
        this.#parts.onPhase(event);
        break;
      case "marked":
        this.#parts.onMark(number);
        break;
      case "consolidating":
      case "consolidated":
        this.isConsolidating = event === "consolidating";
        break;
      case "begin":
        this.#begin(Number(number), words);
        break;
      case "acked":
        this.#parts.books.acknowledge(Number(number), outcomeOf(words));
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
    this.#parts.books.begin({ seed, cycle, number }, verbOf(verb), name.join(" "));
  }

  #killLater(plan: Kill): void {
    // After that one the child has killed itself already.
    this.#killAfter(plan.after === "acked" ? 0 : plan.delayMs);
  }

  #killAfter(delayMs: number): void {
    const kill = (): void => {
      this.hasKilled = true;
      this.#parts.kill();
    };
    clearTimeout(this.#timer);
    if (delayMs < 1) kill();
    else this.#timer = setTimeout(kill, delayMs);
  }
}

export function verbOf(word: string): Verb {
  assert.ok(word === "create" || word === "drop" || word === "write", `the child said ${word}`);
  return word;
}

export function outcomeOf(words: readonly string[]): Outcome {
  const [first, second] = words.map(Number);
  assert.ok(first !== undefined && second !== undefined && words.length === 2);
  return [first, second];
}
