// Decoding of what `on` and `off` take.

import type { DatabaseEventName } from "./database-events.js";
import { decodeChoice } from "./decode-object.js";
import { invalidInput } from "./invalid-input.js";

const names: readonly DatabaseEventName[] = ["checkpoint", "rebuild", "error", "slowQuery"];

/** Checks the name of an event and its listener. Throws `wrong_type` or `unknown_value`. */
export function checkListener(event: unknown, listener: unknown): void {
  if (event === undefined)
    throw invalidInput("missing_field", "event", event, `One of ${names.join(", ")} is needed.`);
  decodeChoice(event, "event", { choices: names, fallback: "error" });
  if (typeof listener !== "function")
    throw invalidInput("wrong_type", "listener", listener, "A function is needed.");
}
