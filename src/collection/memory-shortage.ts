// What the machine says where it gives no memory for an array, told as an error of the world. A heap that is exhausted is another
// matter: V8 ends the process.

import { OmenError } from "../base/omen-error.js";

/** V8's own text; there is no code to tell it by. */
const allocationFailed = /allocation failed/i;

/** The typed error for a failed allocation; any other error is returned as it is. */
export function withMemoryShortage(error: unknown): unknown {
  if (!(error instanceof RangeError) || !allocationFailed.test(error.message)) return error;
  const message =
    "The machine has no memory for this call; nothing of it was done. Free memory or ask for less.";
  return new OmenError("unavailable", "out_of_memory", message, { cause: error });
}
