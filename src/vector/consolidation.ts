// Takes dead rows out of the graph; see kernels/assembly/consolidate.ts for the steps. Threads do them in slices while
// linking goes on; the last pass runs on the host, with linking paused.

import { setImmediate as turn } from "node:timers/promises";
import type { IndexMemory } from "./index-memory.js";
import type { LinkingJob, LinkingReply } from "./linking-job.js";

/** Rows that one slice covers. */
const sliceRows = 1024;
/** Rows that the host looks at in one turn of the event loop: some 5 ms. */
const lastPassRows = 32 * 1024;

/** What consolidation needs of whoever runs it. */
export interface ConsolidationHost {
  /** Stops linking and waits for running slices. Every pause needs a resume. */
  pause(): Promise<void>;
  resume(): void;
  /** Runs a slice on a thread; undefined when its thread died, the index is closed or linking failed. */
  runSlice(job: LinkingJob): Promise<LinkingReply | undefined>;
  /** False when the index is closed or linking failed. */
  isUsable(): boolean;
}

/**
 * Consolidates: `dead` rows that were linked leave the graph. Returns false if it was interrupted: the graph is as sound as
 * before, or empty because a thread died.
 */
export async function consolidate(
  memory: IndexMemory,
  host: ConsolidationHost,
  dead: readonly number[],
): Promise<boolean> {
  const { kernel } = memory;
  await host.pause();
  const condemned = dead.filter((row) => kernel.isLinked(row) !== 0);
  for (const row of condemned) kernel.condemn(row);
  if (kernel.replaceEntry() === 0) {
    // No linked row is left: the tail is linked from scratch.
    kernel.emptyGraph();
  } else {
    host.resume();
    if (!(await rewire(memory, host))) return false;
  }
  for (const row of condemned) kernel.release(row);
  host.resume();
  return true;
}

/** Steps 1 to 3; when it returns true, linking is paused. */
async function rewire(memory: IndexMemory, host: ConsolidationHost): Promise<boolean> {
  for (const kind of ["reparent", "repair"] as const) {
    const { rowEnd } = memory;
    for (let from = 0; from < rowEnd;) {
      const to = Math.min(rowEnd, from + sliceRows);
      const reply = await host.runSlice({ kind, from, to });
      if (reply === undefined) return false;
      from = reply.result;
    }
  }
  await host.pause();
  if (!host.isUsable()) {
    host.resume();
    return false;
  }
  // Rows linked meanwhile may refer to condemned ones. There are few: the rest is only looked at.
  await lastPass(memory, "reparentRange");
  await lastPass(memory, "repairRange");
  return true;
}

/** Runs on the host, in slices, while linking is paused. */
async function lastPass(memory: IndexMemory, pass: "reparentRange" | "repairRange"): Promise<void> {
  const { kernel, rowEnd } = memory;
  for (let from = 0; from < rowEnd; from += lastPassRows) {
    // The pause word would stop the kernel early, and it is meant for the threads, of which none runs.
    memory.setHeader("pause", 0);
    kernel[pass](from, Math.min(rowEnd, from + lastPassRows));
    memory.setHeader("pause", 1);
    await turn();
  }
}
