// The process of one contender: started by contender-driver.ts, answers its commands one at a time.
//
// Memory is measured here. The data set stays in its file and is read batch by batch during the build, so that all
// this process keeps of it are queries and answers, whose bytes are reported beside. Garbage is collected before each
// reading, again and again until resident bytes no longer fall: V8 lets its young generation shrink, by up to 30 MiB, only when
// little was allocated for almost a second. A process that is busy holds that much more.

import { rmSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command, ContenderFacts, MemoryReading, Reply, ReopenTimes } from "./contender-protocol.js";
import type { Contender, ContenderModule } from "./contender.js";
import { openDataSet } from "./data-set-cache.js";
import { heldBytes, type DataSet } from "./data-set.js";
import { residentBytes, residentBytesOfTree, type ResidentBytes } from "./measure.js";
import { passQueries, runSearchPass } from "./search-pass.js";

/** What is loaded. */
interface Loaded {
  readonly contender: Contender;
  readonly data: DataSet;
  readonly queries: readonly Float32Array[];
  readonly atStart: ResidentBytes | undefined;
}

let loaded: Loaded | undefined;
/** Where the contender keeps its files; "" before it is loaded. */
let folder = "";

process.on("message", (command: Command) => {
  void answer(command);
});
// Without its parent the process has no purpose, and nobody else would remove its files.
process.on("disconnect", () => {
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
  process.exit();
});
// Ctrl-C reaches this process too; it ends when its parent has, or its files would stay.
process.on("SIGINT", () => undefined);

async function answer(command: Command): Promise<void> {
  let reply: Reply;
  try {
    reply = { ok: true, value: await perform(command) };
  } catch (error) {
    reply = { ok: false, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.send!(reply);
}

async function perform(command: Command): Promise<unknown> {
  if (command.kind === "load") return load(command);
  if (loaded === undefined) throw new Error(`The command ${command.kind} came before load.`);
  const { contender, data, queries } = loaded;
  switch (command.kind) {
    case "build":
      return contender.build(data, folder);
    case "memory":
      return readMemory(loaded);
    case "search":
      return runSearchPass({ contender, data, queries, command });
    case "details":
      return contender.details!();
    case "reopen":
      return reopen(loaded);
    case "bytesOnDisk":
      return contender.bytesOnDisk();
    case "close":
      await contender.close();
      return null;
    default:
      return command satisfies never;
  }
}

async function load(command: Command & { kind: "load" }): Promise<ContenderFacts> {
  ({ folder } = command);
  // Modules in contenders/ export a function of this name and type.
  const module = (await import(`./contenders/${command.module}.js`)) as ContenderModule;
  const contender = module.contender(command.options);
  const data = await openDataSet(command.data);
  const queries = passQueries(data);
  // Little was allocated so far.
  await collectGarbage(4);
  loaded = { contender, data, queries, atStart: residentBytesOfTree() };
  const { name, version, settings, parameter, sweep, parameterDefault } = contender;
  const can = {
    filter: contender.searchFiltered !== undefined,
    batch: contender.searchBatch !== undefined,
    details: contender.details !== undefined,
    reopen: contender.reopen !== undefined,
  };
  return { name, version, settings, parameter, sweep, parameterDefault, can };
}

async function readMemory({ data, atStart }: Loaded): Promise<MemoryReading> {
  await collectGarbage(20);
  return { resident: residentBytesOfTree(), atStart, dataSetBytes: heldBytes(data) };
}

/** Collects every 50 ms until resident bytes have not fallen by a hundredth for `rounds` of them, or four times as many. */
async function collectGarbage(rounds: number): Promise<void> {
  let least = Infinity;
  for (let i = 0, quiet = 0; i < 4 * rounds && quiet < rounds; i++) {
    globalThis.gc?.();
    await sleep(50);
    const owned = residentBytes()?.owned ?? 0;
    quiet = owned < least * 0.99 ? 0 : quiet + 1;
    least = Math.min(least, owned);
  }
}

async function reopen({ contender, queries }: Loaded): Promise<ReopenTimes> {
  const begin = performance.now();
  await contender.close();
  const closed = performance.now();
  await contender.reopen!();
  await contender.search(queries[0]!, 10, contender.parameterDefault);
  return { closeMs: closed - begin, openMs: performance.now() - closed };
}
