// Passes over the rows of a set, as contenders: what the kernels do to gathered rows, and the yardsticks beside them.
// Only the work is timed, not handing the rows over.

import { blockRows } from "../../../dist/kernel/kernel-settings.js";
import type { KernelExports } from "../../../dist/kernel/kernel.js";
import type { Precision } from "../../../dist/kernel/scalar-distance.js";
import { nanosecondsOf, type Contender } from "./contest.js";
import type { RowMemory } from "./row-memory.js";

/** Rows handed over at once: their numbers and distances, 32 KiB, displace little of a set in the cache. */
const batchRows = 4096;
/** A pass over few rows goes over them again until it has been over this many: the clock costs as much as ten rows. */
const passRowsMin = 16_384;

/** One contender for each build. */
export function ofBuilds(
  memory: RowMemory,
  passOf: (kernel: KernelExports) => () => number,
): readonly Contender[] {
  return memory.built.map(({ build, kernel }) => ({ name: build, pass: passOf(kernel) }));
}

/** Goes over rows in their order, batch by batch, each at an address of the instance. */
export function rowPass(
  memory: RowMemory,
  { rows, address }: { readonly rows: Uint32Array; readonly address: number },
  work: (count: number) => void,
): () => number {
  const repeats = Math.ceil(passRowsMin / rows.length);
  const list = memory.words(address, Math.min(batchRows, rows.length));
  return () => {
    let elapsed = 0;
    for (let from = 0; from < rows.length; from += batchRows) {
      const batch = rows.subarray(from, from + batchRows);
      list.set(batch);
      elapsed += nanosecondsOf(() => {
        for (let i = 0; i < repeats; i++) work(batch.length);
      });
    }
    return elapsed / (rows.length * repeats);
  };
}

/** The same over the gathered rows of an instance. */
export function gatheredPass(
  memory: RowMemory,
  kernel: KernelExports,
  rows: Uint32Array,
  work: (count: number) => void,
): () => number {
  return rowPass(memory, { rows, address: kernel.gatherAddress() }, work);
}

/** What distances of that precision read of the rows, read in that order and no more. */
export function readContender(memory: RowMemory, rows: Uint32Array, precision: Precision): Contender {
  const { kernel } = memory;
  const read = precision === "fine" ? kernel.yardstickReadFine : kernel.yardstickReadCoarse;
  return { name: "read", pass: gatheredPass(memory, kernel, rows, (count) => read(count)) };
}

/** One word of each row in that order. */
export function touchContender(memory: RowMemory, rows: Uint32Array): Contender {
  const { kernel } = memory;
  return { name: "touch", pass: gatheredPass(memory, kernel, rows, (count) => kernel.yardstickTouch(count)) };
}

/** The same bytes of the first rows, copied in order. */
export function copyContender(memory: RowMemory, rowCount: number, precision: Precision): Contender {
  const { kernel, codeStride, coarseStride, copyAddress } = memory;
  const fineStride = codeStride - coarseStride;
  const repeats = Math.ceil(passRowsMin / rowCount);
  const copy = (): void => {
    for (let from = 0; from < rowCount; from += blockRows) {
      const count = Math.min(blockRows, rowCount - from);
      const to = copyAddress + from * codeStride;
      kernel.yardstickCopy(to, kernel.probeCode(from), count * coarseStride);
      if (precision === "coarse" || fineStride === 0) continue;
      kernel.yardstickCopy(to + count * coarseStride, kernel.probeFine(from), count * fineStride);
    }
  };
  const pass = (): number => {
    const elapsed = nanosecondsOf(() => {
      for (let i = 0; i < repeats; i++) copy();
    });
    return elapsed / (rowCount * repeats);
  };
  return { name: "copy", pass };
}
