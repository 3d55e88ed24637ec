// The crash test as a rig: a process that writes is killed at a random moment, again and again.

import { runCrashCycles } from "./crash-run.js";
import type { Rig } from "./rig.js";

export const crashRig: Rig = {
  unit: "kills",
  shortCount: 200,
  longCount: 20_000,
  unavailable: () => undefined,
  async run({ seed, count }) {
    const { phases, ...report } = await runCrashCycles({ seed, cycleCount: count });
    return { counts: { kills: count, ...phases, ...report }, failures: [] };
  },
};
