// Values of options that are more than a text: numbers, and JSON. What is wrong with one is told with its name.

import { OmenError } from "../base/omen-error.js";
import { parseExactJson } from "../model/exact-json.js";
import type { CommandCall } from "./command.js";

/** A whole number, or `undefined` if the option was not given. */
export function integerOption(call: CommandCall, name: string): number | undefined {
  const text = call.option(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/u.test(text)) throw wrongOption(name, text, "A whole number is needed.");
  return Number(text);
}

/** JSON of any form, or `undefined` if the option was not given. */
export function jsonOption(call: CommandCall, name: string): unknown {
  const text = call.option(name);
  return text === undefined ? undefined : jsonOf(text, name);
}

/** Reads JSON; `name` is where it stands. */
export function jsonOf(text: string, name: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    throw wrongOption(name, text, `JSON is needed: ${error instanceof Error ? error.message : ""}.`);
  }
}

/** The error for an option with a value that is none. */
export function wrongOption(name: string, received: string, message: string): OmenError {
  const shown = JSON.stringify(received.length > 80 ? `${received.slice(0, 80)}…` : received);
  return new OmenError("invalid", "option_value", `--${name}: ${message} Received ${shown}.`, {
    field: name,
    received: shown,
  });
}
