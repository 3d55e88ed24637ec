// The crash test as a rig: a process that writes is killed at a random moment or system call, again and again.

import { runCrashCycles } from "./crash-run.js";
import type { Rig } from "./rig.js";
import { straceUnavailable } from "./strace.js";

export const crashRig: Rig = {
  unit: "kills",
  shortCount: 200,
  longCount: 20_000,
  unavailable: straceUnavailable,
  async run({ seed, count, onProgress = () => undefined }) {
    const { phases, struck, ...report } = await runCrashCycles({
      seed,
      cycleCount: count,
      kills: "at moments and calls",
      onProgress,
    });
    return { counts: { kills: count, ...phases, ...struck, ...report }, failures: [] };
  },
};
