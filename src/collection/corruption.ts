// Tells damage of the store from faults of our own, where work goes on without what is damaged.

import { OmenError } from "../base/omen-error.js";

/** The message of an error that says that the store is damaged; `undefined` of any other error. */
export function corruptionOf(error: unknown): string | undefined {
  return error instanceof OmenError && error.kind === "corrupt" ? error.message : undefined;
}
