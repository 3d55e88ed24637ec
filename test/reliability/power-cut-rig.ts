// The power cut test as a rig: runs in a process of its own, which a damaged file may end.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loopDiskMissing } from "./loop-disk.js";
import type { Flushing } from "./power-cut-run.js";
import type { Rig, RigOrder } from "./rig.js";

export const powerCutRig: Rig = powerCuts("sync");

/** In mode `interval`, where young writes may be lost. */
export const powerCutIntervalRig: Rig = powerCuts("interval");

function powerCuts(flushing: Flushing): Rig {
  return {
    unit: "cuts",
    shortCount: 20,
    longCount: 2000,
    unavailable: loopDiskMissing,
    async run(order) {
      const end = await cutPower(order, flushing);
      return end.kind === "sound"
        ? { counts: end.counts, failures: [] }
        : { counts: { cuts: end.doneCount }, failures: [`--seed ${order.seed}: ${end.kind}: ${end.text}`] };
    },
  };
}

/** How a run ended: with nothing lost, with something lost, or because the rig itself failed. */
export type PowerCutEnd =
  | { readonly kind: "sound"; readonly counts: Readonly<Record<string, number>> }
  | { readonly kind: "lost" | "broken"; readonly text: string; readonly doneCount: number };

const processPath = fileURLToPath(new URL("./power-cut-process.js", import.meta.url));
/** How LMDB ends a process that reads a damaged file. */
const signalsOfDamage = new Set(["SIGBUS", "SIGSEGV", "SIGABRT", "SIGFPE"]);

export async function cutPower(
  { seed, count, onProgress = () => undefined }: RigOrder,
  flushing: Flushing,
): Promise<PowerCutEnd> {
  const child = spawn(process.execPath, [processPath, String(seed), String(count), flushing], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let doneCount = 0;
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (said: string) => {
    text += said;
    const done = text.match(/^done \d+$/gmu)?.at(-1);
    if (done === undefined) return;
    doneCount = Number(done.slice("done ".length));
    onProgress(doneCount);
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (...end) => resolve(end));
  });
  const report = /^report (.*)$/mu.exec(text)?.[1];
  // Both were written by that process.
  if (report !== undefined) return { kind: "sound", counts: JSON.parse(report) as Record<string, number> };
  const fault = /^fault (.*)$/mu.exec(text)?.[1];
  if (fault !== undefined)
    return { ...(JSON.parse(fault) as { kind: "lost" | "broken"; text: string }), doneCount };
  const isDamage = signal !== null && signalsOfDamage.has(signal);
  return {
    kind: isDamage ? "lost" : "broken",
    text: `the process ended with ${signal ?? String(code)}`,
    doneCount,
  };
}
