// Exact scores in double precision: of vectors that the host has brought from its store, and of rows whose originals
// are in memory. With f32 codes the original is the code.

import { nanosecondsOf } from "./contest.js";
import { shuffledRows } from "./flat-vectors.js";
import type { KernelCase } from "./kernel-case.js";
import { copyContender, ofBuilds, readContender, rowPass, touchContender } from "./row-passes.js";
import { measureCase, type RowSet } from "./row-set.js";

/** Vectors that one call takes. */
const vectorCount = 64;
/** Calls in a pass. */
const callCount = 64;

/** Scores 64 vectors a call, all in the cache: the host has just written them. */
export function rescoreVectorsCase(set: RowSet): KernelCase {
  const { memory, queries, vectorOf, plan } = set;
  const { kernel, vectorBytes, copyAddress } = memory;
  const repeated = (work: () => void) => (): number =>
    nanosecondsOf(() => {
      for (let i = 0; i < callCount; i++) work();
    }) /
    (callCount * vectorCount);
  const contenders = ofBuilds(memory, (own) => {
    memory.input(own, queries[0]!);
    for (let i = 0; i < vectorCount; i++) {
      memory.floats(own.rescoreAddress() + i * vectorBytes, plan.dimension).set(vectorOf(i));
    }
    return repeated(() => own.rescoreVectorsAt(0, vectorCount));
  });
  const from = kernel.rescoreAddress();
  const copy = repeated(() => kernel.yardstickCopy(copyAddress, from, vectorCount * vectorBytes));
  return {
    ...measureCase(set, {
      kernel: "rescore vectors",
      bytes: vectorBytes,
      contenders: [...contenders, { name: "copy", pass: copy }, { name: "scalar", pass: set.scalar.rescore }],
    }),
    rowCount: vectorCount,
  };
}

/** Scores rows at random. Only f32 codes: beside int8 codes originals would lie as far apart as these do. */
export function rescoreRowsCase(set: RowSet): KernelCase {
  const { memory, rowCount, queries, plan } = set;
  const rows = shuffledRows(rowCount, plan.seed);
  const contenders = ofBuilds(memory, (kernel) => {
    memory.input(kernel, queries[0]!);
    const at = { rows, address: kernel.hostRowsAddress() };
    return rowPass(memory, at, (count) => kernel.rescoreRows(0, count));
  });
  return measureCase(set, {
    kernel: "rescore at random",
    bytes: memory.vectorBytes,
    contenders: [
      ...contenders,
      copyContender(memory, rowCount, "fine"),
      readContender(memory, rows, "fine"),
      touchContender(memory, rows),
      { name: "scalar", pass: set.scalar.rescore },
    ],
  });
}
