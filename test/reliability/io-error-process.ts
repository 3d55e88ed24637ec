// One child of the test of I/O errors, seen from the parent: started early, told what to do while strace makes its calls
// fail, and listened to. What it may never do is found here; what the database holds afterwards is not.

import { spawn, type ChildProcess } from "node:child_process";
import type { Books } from "./crash-ledger.js";
import { outcomeOf, verbOf } from "./crash-process.js";
import type { ScriptOrder } from "./io-error-child.js";
import { Strace, type Injection } from "./strace.js";
import { fileURLToPath } from "node:url";

/** Books in which an operation may be refused too. */
export interface RefusingBooks extends Books {
  reject(number: number): void;
}

/** How a child fared. */
export interface ScriptEnd {
  /** What it must never do, a line each. */
  readonly faults: readonly string[];
  readonly ackedCount: number;
  /** Refusals by kind and code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** The calls that failed, as strace tells them. */
  readonly injected: readonly string[];
}

/** LMDB, where it cannot open an environment or write a page, uses memory that is not its own: docs/decisions/lmdb.md. */
const endedByLmdb = "process ended by lmdb";

const childPath = fileURLToPath(new URL("./io-error-child.js", import.meta.url));
/** Only a child that hangs takes this long. */
const patienceMs = 20_000;

export class ScriptProcess {
  readonly #process: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #ended: Promise<void>;
  #listener: ScriptListener | undefined;
  #errorText = "";

  /** What it prints of errors goes to a file, because what goes to a pipe may be made to fail. */
  constructor() {
    this.#process = spawn(process.execPath, [childPath], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#process.once("close", () => resolve());
      this.#process.once("error", reject);
    });
    this.#process.stderr!.setEncoding("utf8").on("data", (text: string) => (this.#errorText += text));
    this.#process.stdin!.on("error", () => undefined);
    this.#ready = new Promise((resolve) => {
      let rest = "";
      this.#process.stdout!.setEncoding("utf8").on("data", (text: string) => {
        resolve();
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) this.#listener?.hear(line);
      });
    });
  }

  /** Runs the script with these calls failing, and books what it says. */
  async run(
    order: ScriptOrder,
    {
      books,
      injection,
      log,
    }: { readonly books: RefusingBooks; readonly injection?: Injection; readonly log: string },
  ): Promise<ScriptEnd> {
    await Promise.race([this.#ready, this.#ended]);
    const strace = injection && (await Strace.attach(this.#process.pid!, injection, log));
    const listener = new ScriptListener(order, books);
    this.#listener = listener;
    this.#process.stdin!.write(`${JSON.stringify(order)}\n`);
    const watchdog = setTimeout(() => {
      listener.faults.push("the child hangs");
      this.#process.kill("SIGKILL");
    }, patienceMs);
    await this.#ended;
    clearTimeout(watchdog);
    const calls = (await strace?.calls()) ?? [];
    const { exitCode, signalCode } = this.#process;
    const injected = calls.filter(({ text }) => text.includes("(INJECTED)")).map(({ text }) => text);
    const isLmdbs =
      (signalCode === "SIGSEGV" || signalCode === "SIGABRT") &&
      injected.some((call) => /\/(data|lock)\.mdb/u.test(call));
    // What is on the disk must hold all the same.
    if (isLmdbs) listener.refusals[`${endedByLmdb} at ${injection?.kind ?? ""}`] = 1;
    else if (exitCode !== 0 || !listener.isDone) {
      const end = signalCode ?? `exit code ${String(exitCode)}`;
      listener.faults.push(`the child ended with ${end}: ${this.#errorText.slice(-2000)}`);
    }
    const { faults, ackedCount, refusals } = listener;
    return { faults, ackedCount, refusals, injected };
  }

  /** Ends a child that got no order. */
  async dismiss(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }
}

/** Takes down what the child says. */
class ScriptListener {
  readonly faults: string[] = [];
  readonly refusals: Record<string, number> = {};
  ackedCount = 0;
  isDone = false;
  readonly #order: ScriptOrder;
  readonly #books: RefusingBooks;
  /** Names of collections by the operations in flight. */
  readonly #names = new Map<number, string>();
  /** Collections of which a flush failed, and that were not opened again since. */
  readonly #unsound = new Set<string>();

  constructor(order: ScriptOrder, books: RefusingBooks) {
    this.#order = order;
    this.#books = books;
  }

  hear(line: string): void {
    const [event = "", ...words] = line.split(" ");
    switch (event) {
      case "opened":
        this.#unsound.clear();
        break;
      case "begin":
        this.#begin(Number(words[0]), words[1] ?? "", words.slice(2).join(" "));
        break;
      case "acked":
        this.#acknowledge(Number(words[0]), words.slice(1));
        break;
      case "failed":
        this.#fail(Number(words[0]), words.slice(1));
        break;
      case "refused":
        this.#note(line, words.slice(1));
        break;
      case "done":
        this.isDone = true;
        break;
      case "ready":
      case "asked":
        break;
      default:
        this.faults.push(`the child said ${line}`);
    }
  }

  #begin(number: number, verb: string, name: string): void {
    const { seed, cycle } = this.#order;
    this.#names.set(number, name);
    this.#books.begin({ seed, cycle, number }, verbOf(verb), name);
  }

  #acknowledge(number: number, words: readonly string[]): void {
    const name = this.#names.get(number)!;
    if (this.#unsound.has(name))
      this.faults.push(`${name}: operation ${number} was acknowledged after a failed flush`);
    this.#books.acknowledge(number, outcomeOf(words));
    this.ackedCount++;
  }

  #fail(number: number, words: readonly string[]): void {
    const [, code = ""] = words;
    if (code === "flush_failed" || code === "poisoned") this.#unsound.add(this.#names.get(number)!);
    this.#books.reject(number);
    this.#note(`operation ${number}`, words);
  }

  #note(what: string, [kind = "", code = ""]: readonly string[]): void {
    if (kind === "untyped") this.faults.push(`${what} ended with an untyped error: ${code}`);
    const name = `${kind}/${code}`;
    if (kind !== "untyped") this.refusals[name] = (this.refusals[name] ?? 0) + 1;
  }
}
