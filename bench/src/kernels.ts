// Each kernel in nanoseconds a row and in GB/s, in turn with the scalar specification and with yardsticks over the same
// bytes: a copy, a read in the same order, and a touch of one word a row. Both builds are measured side by side.
//
//   npm run bench:kernels [-- --dimension 128,512,768,1536 --rows 400000 --rounds 9 --json file --quick]

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { readConditions } from "./conditions.js";
import { flatCases } from "./kernels/flat-cases.js";
import { graphCases } from "./kernels/graph-cases.js";
import type { KernelCase } from "./kernels/kernel-case.js";
import { kernelTable } from "./kernels/kernel-table.js";
import { readKernelPlan } from "./kernels/plan.js";
import { scalarRowCount } from "./kernels/scalar-passes.js";
import { cpuOfOthers, cpuTimes } from "./measure.js";

const plan = readKernelPlan();
const conditions = readConditions("bench:kernels");
for (const line of conditionLines()) console.log(line);
const before = cpuTimes();
const begin = performance.now();
const cases: KernelCase[] = [];
for (const dimension of plan.dimensions) {
  for (const codes of ["int8", "f32"] as const) {
    const own = [...flatCases({ ...plan, dimension, codes })];
    if (codes === "int8") own.push(...(await graphCases({ ...plan, dimension, rowCount: plan.linkedCount })));
    cases.push(...own);
    console.log(`\n${dimension} dimensions, ${codes} codes`);
    for (const line of kernelTable(own)) console.log(line);
  }
}
const others = cpuOfOthers(before, cpuTimes(), performance.now() - begin);
console.log(`\nothers used ${others} of the machine`);
if (plan.json !== "") {
  const { rounds, seed } = plan;
  writeFileSync(plan.json, `${JSON.stringify({ conditions, others, rounds, seed, cases }, undefined, 1)}\n`);
}

function conditionLines(): string[] {
  const { rounds, turnMs, seed } = plan;
  return [
    `${conditions.processor}, ${conditions.cores} cores, ${conditions.system}, Node ${conditions.node} (V8 ${process.versions.v8})`,
    `commit ${conditions.commit}, ${conditions.date}, ${conditions.command}`,
    `transparent huge pages: ${hugePages()}`,
    `cosine, seed ${seed}, one thread; medians of ${rounds} rounds in turn, each turn of ${turnMs} ms at least`,
    "nanoseconds a row, or what is in parentheses; GB/s are of the bytes of codes or vectors it reads, a copy's counted once",
    `the scalar specification on ${scalarRowCount} rows of its own, whatever the set`,
  ];
}

/** Rows at random cost less where pages are huge. Linux only: elsewhere unknown. */
function hugePages(): string {
  const path = "/sys/kernel/mm/transparent_hugepage/enabled";
  return existsSync(path) ? (/\[(\w+)\]/.exec(readFileSync(path, "utf8"))?.[1] ?? "unknown") : "unknown";
}
