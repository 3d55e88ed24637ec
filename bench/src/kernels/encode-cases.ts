// From vectors to codes and prepared queries: one call of the host for each, of a vector that it has just written.

import { nanosecondsOf } from "./contest.js";
import type { KernelCase } from "./kernel-case.js";
import { ofBuilds } from "./row-passes.js";
import { measureCase, type RowSet } from "./row-set.js";

/** Calls in a pass, at least: the clock costs as much as a short one. */
const callsMin = 4096;

/** Encodes all rows of the set. The copy writes vectors, round and round in as much room as the codes take. */
export function encodeCase(set: RowSet): KernelCase {
  const { memory, rowCount, queries } = set;
  const { kernel, codeStride, vectorBytes, copyAddress } = memory;
  const input = kernel.inputAddress();
  const places = Math.max(1, Math.floor((rowCount * codeStride) / vectorBytes));
  const placeOf = (row: number): number => copyAddress + (row % places) * vectorBytes;
  const contenders = ofBuilds(memory, (own) => {
    memory.input(own, queries[0]!);
    return callPass(rowCount, (row) => own.encode(row));
  });
  const copy = callPass(rowCount, (row) => kernel.yardstickCopy(placeOf(row), input, vectorBytes));
  return measureCase(set, {
    kernel: "encode",
    bytes: vectorBytes,
    contenders: [...contenders, { name: "copy", pass: copy }, { name: "scalar", pass: set.scalar.encode }],
  });
}

/** Prepares one query again and again. */
export function prepareCase(set: RowSet): KernelCase {
  const { memory, queries } = set;
  const { kernel, vectorBytes, copyAddress } = memory;
  const contenders = ofBuilds(memory, (own) => {
    memory.input(own, queries[0]!);
    return callPass(1, () => own.probePrepare());
  });
  const copy = callPass(1, () => kernel.yardstickCopy(copyAddress, kernel.inputAddress(), vectorBytes));
  return {
    ...measureCase(set, {
      kernel: "prepare a query",
      bytes: vectorBytes,
      contenders: [...contenders, { name: "copy", pass: copy }, { name: "scalar", pass: set.scalar.prepare }],
    }),
    unit: "query",
    rowCount: 1,
  };
}

/** One call a row, over all rows and again until there are enough. */
function callPass(rowCount: number, work: (row: number) => void): () => number {
  const repeats = Math.ceil(callsMin / rowCount);
  return () => {
    const elapsed = nanosecondsOf(() => {
      for (let i = 0; i < repeats; i++) for (let row = 0; row < rowCount; row++) work(row);
    });
    return elapsed / (rowCount * repeats);
  };
}
