// A linking thread: links rows of any index of the database in slices, and gives way to writers.

import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/assert.js";
import { headerWord } from "../kernel/kernel-settings.js";
import { instantiateKernel, type KernelExports } from "../kernel/kernel.js";
import type {
  CalibrateJob,
  IndexAccess,
  LinkingJob,
  LinkingReply,
  LinkingRequest,
  TrialSums,
} from "./linking-job.js";

/** A slice lasts about this long, so that a pause or another index need not wait longer. */
const sliceMs = 10;
/** Rows linked between two looks at the clock. */
const stepRows = 4;
/** While a writer is busy, a thread sleeps this many times as long as it worked. */
const giveWayFactor = 15;

interface OpenIndex {
  readonly kernel: KernelExports;
  readonly header: Int32Array;
}

const indexes = new Map<number, OpenIndex>();
/** The number of this thread's scratch memory. Sent by LinkingPool. */
const { thread } = workerData as { readonly thread: number };
const port = parentPort;
assert(port !== null, "linking-worker runs in a worker thread");

port.on("message", (request: LinkingRequest) => {
  if (request.kind === "forget") {
    indexes.delete(request.index);
    return;
  }
  if (request.access !== undefined) indexes.set(request.index, openIndex(request.access));
  const index = indexes.get(request.index);
  assert(index !== undefined, "the first job on an index brings access to it");
  port.postMessage({ index: request.index, ...run(index, request.job) } satisfies LinkingReply);
});

function openIndex({ module, memory, settings }: IndexAccess): OpenIndex {
  const kernel = instantiateKernel(module, memory, settings, thread);
  // This thread may replace one that died.
  kernel.clearScratch();
  return { kernel, header: new Int32Array(memory.buffer, kernel.headerAddress(), 64) };
}

function run(index: OpenIndex, job: LinkingJob): Omit<LinkingReply, "index"> {
  switch (job.kind) {
    case "link":
      return { result: link(index) };
    case "reparent":
      return { result: index.kernel.reparentRange(job.from, job.to) };
    case "repair":
      return { result: index.kernel.repairRange(job.from, job.to) };
    case "calibrate":
      return { result: job.rows.length, trials: calibrate(index.kernel, job) };
    default:
      return job satisfies never;
  }
}

/** Links rows for one slice, or until the tail is empty or the host pauses; returns how many. */
function link({ kernel, header }: OpenIndex): number {
  const begin = performance.now();
  let linked = 0;
  let now = begin;
  while (now - begin < sliceMs) {
    const count = kernel.linkTail(stepRows);
    linked += count;
    if (count < stepRows) break;
    const after = performance.now();
    if (Atomics.load(header, headerWord.writing / 4) !== 0) {
      // Woken early when the host pauses linking.
      Atomics.wait(header, headerWord.pause / 4, 0, giveWayFactor * (after - now));
    }
    now = performance.now();
  }
  return linked;
}

/** Tries every walk on every row of the job. */
function calibrate(kernel: KernelExports, { rows, limit, walks }: CalibrateJob): TrialSums {
  const found = walks.map(() => 0);
  const distances = walks.map(() => 0);
  let wanted = 0;
  for (const row of rows) {
    wanted += kernel.beginTrial(row, limit);
    for (const [i, { ef, slack, fine }] of walks.entries()) {
      kernel.resetCounters();
      found[i]! += kernel.tryWalk(ef, slack, Number(fine));
      distances[i]! += kernel.distanceCount.value >>> 0;
    }
  }
  kernel.endTrial();
  return { wanted, found, distances };
}
