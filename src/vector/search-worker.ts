// A search thread: takes queries from the desk, finds candidates with a kernel of its own over the memory of their
// index, and hands over rows. Rescoring, which may need the store, is the host's. It never returns to its event loop:
// messages, which say what indexes there are, are read where they are needed.

import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { assert } from "../base/assert.js";
import { candidatesMax } from "../kernel/kernel-settings.js";
import { instantiateKernel, type KernelExports } from "../kernel/kernel.js";
import type { IndexAccess } from "./linking-job.js";
import { deskRowsMax, deskWord, SearchDesk, type DeskSlot } from "./search-desk.js";
import type { SearchThreadMessage, SearchThreadStart } from "./search-threads.js";

/** Time that a thread looks for more work before it sleeps: about as long as the host takes between two slices of a batch. */
const spinMs = 0.02;

/** An index as this thread works on it. */
interface OpenIndex {
  readonly memory: WebAssembly.Memory;
  readonly kernel: KernelExports;
  readonly input: Float32Array;
  readonly rows: Uint32Array;
  /** The query of each slot, as long as those of this index. */
  readonly queries: readonly Float32Array[];
}

const indexes = new Map<number, OpenIndex>();
// Sent by SearchThreads.
const { slotCount, buffer, thread } = workerData as SearchThreadStart;
const desk = new SearchDesk(slotCount, buffer);

for (;;) {
  const heard = desk.listen();
  const slot = desk.claim(thread);
  if (slot >= 0) {
    serve(slot);
    continue;
  }
  readMessages();
  desk.sleep(heard, spinMs);
}

function readMessages(): void {
  assert(parentPort !== null, "search-worker runs in a worker thread");
  for (let next = receiveMessageOnPort(parentPort); next !== undefined;) {
    // Sent by SearchThreads.
    const message = next.message as SearchThreadMessage;
    if (message.kind === "open") indexes.set(message.index, openIndex(message.access));
    else indexes.delete(message.index);
    next = receiveMessageOnPort(parentPort);
  }
}

function openIndex({ module, memory, settings }: IndexAccess): OpenIndex {
  const kernel = instantiateKernel(module, memory, settings, thread);
  // This thread may replace one that died.
  kernel.clearScratch();
  return {
    memory,
    kernel,
    input: new Float32Array(memory.buffer, kernel.inputAddress(), settings.dimension),
    rows: new Uint32Array(memory.buffer, kernel.hostRowsAddress(), candidatesMax),
    queries: desk.slots.map(({ query }) => query.subarray(0, settings.dimension)),
  };
}

function serve(slot: number): void {
  const at = desk.slots[slot]!;
  const number = at.words[deskWord.index]!;
  if (!indexes.has(number)) readMessages();
  const index = indexes.get(number);
  assert(index !== undefined, "an index is sent before its queries");
  index.input.set(index.queries[slot]!);
  index.kernel.resetCounters();
  at.words[deskWord.count] = at.words[deskWord.walks] === 1 ? walk(index, at) : scan(index, at);
  at.words[deskWord.distances] = index.kernel.distanceCount.value;
  desk.tell(slot);
}

function walk({ kernel, rows }: OpenIndex, { words, floats, rows: target }: DeskSlot): number {
  const limit = words[deskWord.limit]!;
  const ef = words[deskWord.ef]!;
  const depth = words[deskWord.depth]!;
  const count = kernel.search(ef, limit, depth, floats[deskWord.slack]!, words[deskWord.fine]!);
  for (let i = 0; i < count; i++) target[i] = rows[i]!;
  return count;
}

/** An exact scan that may have too many candidates for a slot is the host's. */
function scan({ kernel, memory }: OpenIndex, { words, rows: target }: DeskSlot): number {
  kernel.beginExact(words[deskWord.limit]!);
  kernel.exactLive(0, words[deskWord.rowEnd]!);
  const count = kernel.endExact();
  if (count < 0 || count > deskRowsMax) return -1;
  target.set(new Uint32Array(memory.buffer, kernel.exactAddress(), count));
  return count;
}
