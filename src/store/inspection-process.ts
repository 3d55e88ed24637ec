// A process that reads a store for this one. LMDB does not check its pages, and a damaged one may crash, loop, or ask for
// any amount of memory: there it ends a process that nobody needs, and here it is an error.

import { fork, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { OmenError } from "../base/omen-error.js";
import type { InspectionReply, InspectionTasks, TaskName } from "./inspection-tasks.js";

/** How long such a process may be silent, and how much memory of its own it may take. */
export interface InspectionLimits {
  readonly silenceMsMax: number;
  readonly memoryBytesMax: number;
}

/** How a process ended that was reading a damaged store. */
export type ProcessEnd = "store_crashed" | "store_silent" | "store_oversized";

/** The process ended, or was ended, in the middle of a task. */
export class InspectionEnded extends Error {
  readonly how: ProcessEnd;

  constructor(how: ProcessEnd, message: string) {
    super(message);
    this.how = how;
  }
}

/** A task failed in the process, which goes on. `code` is that of the OmenError, if it was one. */
export class InspectionFailed extends Error {
  readonly code: string | undefined;

  constructor(code: string | undefined, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((done: number) => void) | undefined;
}

const memoryLooksMs = 250;
const program = fileURLToPath(new URL("./inspection-program.js", import.meta.url));

/** A running process, which does one task at a time. */
export class InspectionProcess {
  readonly #process: ChildProcess;
  readonly #limits: InspectionLimits;
  #waiting: Waiting | undefined;
  #silence: NodeJS.Timeout | undefined;
  readonly #memory: NodeJS.Timeout;
  #end: InspectionEnded | OmenError | undefined;

  /** Starts one and waits until it can be asked. Throws OmenError unavailable (`process_failed`) if it does not start. */
  static async start(limits: InspectionLimits): Promise<InspectionProcess> {
    const started = new InspectionProcess(limits);
    try {
      await started.#wait(undefined);
      return started;
    } catch (error) {
      await started.close();
      throw error instanceof InspectionEnded ? startFailed(error) : error;
    }
  }

  private constructor(limits: InspectionLimits) {
    this.#limits = limits;
    this.#process = fork(program, [], {
      // Not those of this process, which may be a debugger's.
      execArgv: [],
      serialization: "advanced",
      // What LMDB prints about failures is told by us.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#process.on("message", (message) => {
      // From our own program, which sends nothing else.
      this.#take(message as InspectionReply);
    });
    this.#process.on("error", (cause) => {
      this.#finish(startFailed(cause));
    });
    this.#process.on("exit", (code, signal) => {
      const how = signal === null ? `ended with code ${String(code)}` : `was ended by ${signal}`;
      this.#finish(new InspectionEnded("store_crashed", `The process that read it ${how}.`));
    });
    this.#memory = setInterval(() => void this.#lookAtMemory(), memoryLooksMs).unref();
  }

  /** The number by which the system knows it; `undefined` if it did not start. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Does one task. Rejects with InspectionEnded if the process ends over it, and with InspectionFailed if the task fails. */
  async call<Name extends TaskName>(
    task: Name,
    given: InspectionTasks[Name]["given"],
    onProgress?: (done: number) => void,
  ): Promise<InspectionTasks[Name]["result"]> {
    const result = this.#wait(onProgress);
    if (this.#end === undefined) this.#process.send({ task, given }, () => undefined);
    // Both sides are of one build and share the list of tasks.
    return (await result) as InspectionTasks[Name]["result"];
  }

  /** Ends the process and waits for its end. */
  async close(): Promise<void> {
    clearInterval(this.#memory);
    clearTimeout(this.#silence);
    const { exitCode, signalCode, pid } = this.#process;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
  }

  #wait(onProgress: Waiting["onProgress"]): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject, onProgress };
      this.#awaitWord();
    });
  }

  /** Ends the process unless it sends something before long. */
  #awaitWord(): void {
    clearTimeout(this.#silence);
    const { silenceMsMax } = this.#limits;
    this.#silence = setTimeout(() => {
      this.#kill("store_silent", `The process that read it told nothing for ${silenceMsMax} ms.`);
    }, silenceMsMax);
  }

  #take(reply: InspectionReply): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    if (reply.kind === "progress") {
      this.#awaitWord();
      try {
        waiting.onProgress?.(reply.done);
      } catch (error) {
        this.#settle()?.reject(error instanceof Error ? error : new Error(String(error)));
      }
      return;
    }
    this.#settle();
    if (reply.kind === "failed") waiting.reject(new InspectionFailed(reply.code, reply.message));
    else waiting.resolve(reply.kind === "done" ? reply.result : undefined);
  }

  #settle(): Waiting | undefined {
    clearTimeout(this.#silence);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  /** Only Linux tells what a process has of its own, beside the pages of the file that it maps. */
  async #lookAtMemory(): Promise<void> {
    const status = await readFile(`/proc/${String(this.pid)}/status`, "utf8").catch(() => "");
    const own = Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
    const { memoryBytesMax } = this.#limits;
    if (own <= memoryBytesMax) return;
    this.#kill("store_oversized", `The process that read it took more than ${memoryBytesMax} bytes.`);
  }

  #kill(how: ProcessEnd, message: string): void {
    this.#finish(new InspectionEnded(how, message));
    this.#process.kill("SIGKILL");
  }

  #finish(end: InspectionEnded | OmenError): void {
    this.#end ??= end;
    clearInterval(this.#memory);
    this.#settle()?.reject(this.#end);
  }
}

function startFailed(cause: unknown): OmenError {
  const told = cause instanceof Error ? cause.message : String(cause);
  const message = `No process could be started to read a store: ${told}. Free memory or processes and try again.`;
  return new OmenError("unavailable", "process_failed", message, { cause });
}
