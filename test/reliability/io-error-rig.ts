// The test of I/O errors as a rig.

import { runIoErrors } from "./io-error-run.js";
import type { Rig } from "./rig.js";
import { straceUnavailable } from "./strace.js";

export const ioErrorRig: Rig = {
  unit: "cases",
  shortCount: 200,
  longCount: 2000,
  unavailable: straceUnavailable,
  run: runIoErrors,
};
