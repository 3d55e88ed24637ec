// Drives contenders, each in a fresh process of its own, so that memory is its own and a crash ends nothing else. Any
// number may be alive; only the one that is asked something works, so that they can be measured in turn.

import { fork, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  CommandName,
  Commands,
  ContenderFacts,
  MemoryReading,
  ReopenTimes,
  Reply,
  SearchCommand,
  SearchOutcome,
} from "./contender-protocol.js";
import type { BuildTimes, ContenderDetails, ContenderOptions } from "./contender.js";
import type { DataSetRequest } from "./data-set.js";

/** A contender to start. */
export interface ContenderStart {
  /** Name of a module in contenders/, without its ending. */
  readonly module: string;
  readonly options?: ContenderOptions;
  readonly data: DataSetRequest;
}

/** Who waits for the reply to the command under way. */
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** A contender in its process, with a folder of its own that is removed when it is closed. */
export class ContenderDriver {
  readonly #child: ChildProcess;
  readonly #folder: string;
  #facts: ContenderFacts | undefined;
  #waiting: Waiting | undefined;
  #isEnded = false;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    child.on("message", (reply: Reply) => {
      if (reply.ok) this.#settle()?.resolve(reply.value);
      else this.#settle()?.reject(new Error(reply.message));
    });
    child.on("exit", (code, signal) => {
      this.#isEnded = true;
      this.#settle()?.reject(
        new Error(`The process of the contender ended with ${code ?? signal ?? "nothing"}.`),
      );
    });
  }

  /**
   * Starts a process and loads a contender and the data set, which must be in the cache already. Rejects, with no
   * process left, if the contender cannot be loaded, for example because its package is not installed.
   */
  static async start({ module, options = {}, data }: ContenderStart): Promise<ContenderDriver> {
    const folder = await mkdtemp(join(tmpdir(), "omendb-bench-"));
    const path = fileURLToPath(new URL("./contender-process.js", import.meta.url));
    const child = fork(path, [], { execArgv: ["--expose-gc"], serialization: "advanced" });
    const driver = new ContenderDriver(child, folder);
    try {
      driver.#facts = await driver.#ask("load", { module, options, data, folder });
      return driver;
    } catch (error) {
      await driver.#end();
      throw error;
    }
  }

  /** What the contender says about itself. */
  get facts(): ContenderFacts {
    if (this.#facts === undefined) throw new Error("The contender is not loaded.");
    return this.#facts;
  }

  build(): Promise<BuildTimes> {
    return this.#ask("build", {});
  }

  memory(): Promise<MemoryReading> {
    return this.#ask("memory", {});
  }

  search(command: SearchCommand): Promise<SearchOutcome> {
    return this.#ask("search", command);
  }

  details(): Promise<ContenderDetails> {
    return this.#ask("details", {});
  }

  reopen(): Promise<ReopenTimes> {
    return this.#ask("reopen", {});
  }

  bytesOnDisk(): Promise<number> {
    return this.#ask("bytesOnDisk", {});
  }

  /** Closes the contender, ends its process and removes its folder, whatever became of it before. */
  async close(): Promise<void> {
    try {
      if (!this.#isEnded) await this.#ask("close", {});
    } finally {
      await this.#end();
    }
  }

  #ask<K extends CommandName>(kind: K, takes: Commands[K]["takes"]): Promise<Commands[K]["gives"]> {
    if (this.#isEnded) return Promise.reject(new Error("The process of the contender has ended."));
    if (this.#waiting !== undefined) return Promise.reject(new Error("The contender is still busy."));
    return new Promise((resolve, reject) => {
      // A reply to a command is what the table of commands says that it gives.
      this.#waiting = { resolve: resolve as (value: unknown) => void, reject };
      this.#child.send({ kind, ...takes });
    });
  }

  #settle(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  async #end(): Promise<void> {
    if (!this.#isEnded) {
      const ended = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.disconnect();
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
