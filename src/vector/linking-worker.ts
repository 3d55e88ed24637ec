// A linking thread: links rows of any index of the database in slices, and gives way to writers.

import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/assert.js";
import { headerWord } from "../kernel/kernel-settings.js";
import { instantiateKernel, type KernelExports } from "../kernel/kernel.js";
import type { IndexAccess, LinkingJob, LinkingReply, LinkingRequest } from "./linking-job.js";

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
  port.postMessage({ index: request.index, result: run(index, request.job) } satisfies LinkingReply);
});

function openIndex({ module, memory, settings }: IndexAccess): OpenIndex {
  const kernel = instantiateKernel(module, memory, settings, thread);
  return { kernel, header: new Int32Array(memory.buffer, kernel.headerAddress(), 64) };
}

function run(index: OpenIndex, job: LinkingJob): number {
  switch (job.kind) {
    case "link":
      return link(index);
    case "reparent":
      return index.kernel.reparentRange(job.from, job.to);
    case "repair":
      return index.kernel.repairRange(job.from, job.to);
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
