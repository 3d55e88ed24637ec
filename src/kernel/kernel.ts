// One instance of the kernels over the shared memory of one index: the typed door to kernels/assembly/index.ts.
// Addresses are byte offsets in the memory; counts and rows are unsigned 32-bit integers.

import "./webassembly.js";
import { assert } from "../base/assert.js";
import { metricNumber, type KernelSettings } from "./kernel-settings.js";

/** The exports of the WebAssembly module. What each does is said where it is defined. */
export interface KernelExports {
  // layout.ts
  configure(
    dimension: number,
    metric: number,
    fullPrecision: number,
    originalsInMemory: number,
    maxDegree: number,
    efConstruction: number,
    threads: number,
    thread: number,
  ): void;
  bytesFor(rowCount: number): number;
  blockAddress(block: number): number;
  blockByteCount(): number;
  headerAddress(): number;
  rowLimit(): number;
  inputAddress(): number;
  hostRowsAddress(): number;
  hostScoresAddress(): number;
  rescoreAddress(): number;
  rescoreSumsAddress(): number;
  exactAddress(): number;
  allowedAddress(): number;
  originalStrideBytes(): number;
  ownOriginalBytes(): number;
  codeStrideBytes(): number;
  coarseStrideBytes(): number;
  linkStrideBytes(): number;
  scratchEnd(): number;
  checkpointBytes(): number;
  originalAddress(row: number): number;
  // encode.ts, search.ts, scan.ts, rescore.ts
  encode(row: number): void;
  search(ef: number, limit: number, depth: number, slack: number, fine: number): number;
  searchAllowed(
    ef: number,
    limit: number,
    depth: number,
    slack: number,
    fine: number,
    distanceMax: number,
  ): number;
  sortHostRows(count: number): void;
  beginExact(k: number): void;
  exactGathered(count: number): void;
  exactLive(fromRow: number, toRow: number): void;
  endExact(): number;
  gatherAddress(): number;
  gatherLimit(): number;
  rescoreRows(at: number, count: number): void;
  rescoreVectorsAt(at: number, count: number): void;
  // checksum.ts
  firstDamaged(at: number, count: number): number;
  readonly distanceCount: WebAssembly.Global;
  readonly followedCount: WebAssembly.Global;
  resetCounters(): void;
  // walk.ts
  clearScratch(): void;
  // trial.ts
  beginTrial(row: number, wanted: number): number;
  tryWalk(ef: number, slack: number, fine: number): number;
  endTrial(): void;
  // link.ts, consolidate.ts
  linkTail(count: number): number;
  condemn(row: number): void;
  replaceEntry(): number;
  emptyGraph(): void;
  reparentRange(from: number, to: number): number;
  repairRange(from: number, to: number): number;
  release(row: number): void;
  // rows.ts
  setRowEnd(rowEnd: number): void;
  publish(row: number): void;
  remove(row: number): number;
  isLive(row: number): number;
  isLinked(row: number): number;
  countLive(): number;
  countLiveLinked(): number;
  gatherDead(from: number, limit: number): number;
  resetAfterLoad(): void;
  unlinkAll(): void;
  beginReach(): void;
  reachRange(from: number, to: number): number;
  countUnreached(): number;
  // probe.ts
  probeCode(row: number): number;
  probeFine(row: number): number;
  probePrepare(): number;
  probeRow(row: number): void;
  probeDistances(count: number): number;
  probeCoarse(count: number): number;
  // yardstick.ts
  yardstickCopy(to: number, from: number, byteCount: number): void;
  yardstickReadCoarse(count: number): number;
  yardstickReadFine(count: number): number;
  yardstickTouch(count: number): number;
}

/** Instantiates a compiled build over `memory` for one thread. Thread 0 is the host's. */
export function instantiateKernel(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  settings: KernelSettings,
  thread: number,
): KernelExports {
  assert(thread < settings.threads, "a thread has scratch memory");
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  // The exports are those of kernels/assembly/index.ts, compiled with this package.
  const kernel = instance.exports as unknown as KernelExports;
  kernel.configure(
    settings.dimension,
    metricNumber[settings.metric],
    Number(settings.fullPrecision),
    Number(settings.originalsInMemory),
    settings.maxDegree,
    settings.efConstruction,
    settings.threads,
    thread,
  );
  return kernel;
}
