// Every rig, by the name that the command takes.

import { crashRig } from "./crash-rig.js";
import { ioErrorRig } from "./io-error-rig.js";
import { powerCutIntervalRig, powerCutRig } from "./power-cut-rig.js";
import type { Rig } from "./rig.js";

export const rigs: Readonly<Record<string, Rig>> = {
  kill: crashRig,
  "power-cut": powerCutRig,
  "power-cut-interval": powerCutIntervalRig,
  "io-errors": ioErrorRig,
};
