// The process in which a run of the power cut test takes place, because a damaged LMDB file ends the process that reads
// it: the one that asked for the run goes on, and tells how this one ended.
//
//   node power-cut-process.js <seed> <count> <flushing>    the end of its input ends it
//
// It prints `done <count>` now and then, and at last `report <JSON>` or `fault <JSON>`.

import assert from "node:assert/strict";
import { CrashFault } from "./crash-ledger.js";
import { isFlushing, runPowerCuts, type Flushing } from "./power-cut-run.js";

const [seed, cutCount, flushing] = process.argv.slice(2);
// Whoever asked is gone: unmounts on the way.
process.stdin.resume().once("end", () => process.exit(1));
try {
  const counts = await runPowerCuts({
    seed: Number(seed),
    cutCount: Number(cutCount),
    flushing: flushingOf(flushing),
    onProgress: (done) => console.log(`done ${done}`),
  });
  console.log(`report ${JSON.stringify(counts)}`);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  console.log(`fault ${JSON.stringify({ kind: kindOf(error), text })}`);
}
process.exit(0);

function flushingOf(word = ""): Flushing {
  assert.ok(isFlushing(word), `flushing ${word}`);
  return word;
}

/** Whether the database is at fault, or the rig. */
function kindOf(error: unknown): "lost" | "broken" {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const isRefused = "kind" in cause && cause.kind === "corrupt";
    if (isRefused || cause instanceof CrashFault || cause instanceof assert.AssertionError) return "lost";
  }
  return "broken";
}
