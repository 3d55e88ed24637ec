// The kernels that need no graph, each on a set of rows in the second-level cache and on one far beyond it.

import assert from "node:assert/strict";
import { encodeCase, prepareCase } from "./encode-cases.js";
import { flatVectors } from "./flat-vectors.js";
import type { KernelCase } from "./kernel-case.js";
import { rescoreRowsCase, rescoreVectorsCase } from "./rescore-cases.js";
import { RowMemory } from "./row-memory.js";
import type { FlatPlan, RowSet } from "./row-set.js";
import { scalarPasses, scalarRowCount, specifiedDistances, type ScalarSetup } from "./scalar-passes.js";
import { scanCases } from "./scan-cases.js";

/** Codes of the smaller set: with what a copy writes they fit a second-level cache of 1 MiB. */
const nearBytes = 2 ** 19;
/** Queries that scans take in turn. */
const queryCount = 16;

/** Measures one kind of code of one dimension. */
export function flatCases(plan: FlatPlan): readonly KernelCase[] {
  const { dimension, codes, seed } = plan;
  const fullPrecision = codes === "f32";
  const metric = "cosine";
  const memory = new RowMemory(
    { dimension, metric, fullPrecision, originalsInMemory: false, maxDegree: 32, efConstruction: 96 },
    plan.rowCount,
  );
  const vectorOf = flatVectors(dimension, seed);
  const queries = Array.from({ length: queryCount }, (_, i) => vectorOf(memory.rowCount + i));
  const vectors = Array.from({ length: scalarRowCount }, (_, row) => vectorOf(row));
  const setup: ScalarSetup = { encoding: { metric, fullPrecision }, vectors, query: queries[0]! };
  const far: RowSet = {
    memory,
    rowCount: memory.rowCount,
    vectorOf,
    queries,
    scalar: scalarPasses(setup),
    plan,
  };
  // Rows are read four at a time, and scanned by words of 32.
  const nearRows = Math.ceil(nearBytes / memory.codeStride / 32) * 32;
  const near: RowSet = { ...far, rowCount: Math.min(nearRows, far.rowCount) };

  // Encoding is measured with one vector for all rows, so it comes before the rows have their own.
  const encoding = [encodeCase(near), encodeCase(far), prepareCase(near)];
  memory.encodeAll(vectorOf);
  checkDistances(memory, setup);
  memory.publish(0, near.rowCount);
  const inCache = [...scanCases(near), codes === "f32" ? rescoreRowsCase(near) : rescoreVectorsCase(near)];
  memory.publish(near.rowCount, far.rowCount);
  const beyond = [...scanCases(far), ...(codes === "f32" ? [rescoreRowsCase(far)] : [])];
  return [...encoding, ...inCache, ...beyond];
}

/** What is measured is what the specification says, or the figures are of something else. */
function checkDistances(memory: RowMemory, setup: ScalarSetup): void {
  const rows = Uint32Array.from(setup.vectors, (_, row) => row);
  for (const { build, kernel } of memory.built) {
    memory.input(kernel, setup.query);
    kernel.probePrepare();
    memory.words(kernel.gatherAddress(), rows.length).set(rows);
    for (const precision of ["coarse", "fine"] as const) {
      const probe = precision === "fine" ? kernel.probeDistances : kernel.probeCoarse;
      const distances = Array.from(memory.floats(probe(rows.length), rows.length));
      assert.deepEqual(
        distances,
        specifiedDistances(setup, build, precision),
        `${precision} distances, ${build}`,
      );
    }
  }
}
