// The log of `omendb serve`: one line of JSON for each thing that happened, on standard error.

import { pino } from "pino";
import type { ServerLog } from "../server.js";
import type { CommandCall } from "./command.js";
import { wrongOption } from "./option-values.js";

const levels = ["debug", "info", "warn", "error", "silent"] as const;
const standardError = 2;

/** Lines of the level that `--log-level` names, or above it. */
export function serverLogLines(call: CommandCall): ServerLog {
  const level = call.option("log-level") ?? "info";
  if (!(levels as readonly string[]).includes(level))
    throw wrongOption("log-level", level, `One of ${levels.join(", ")} is needed.`);
  // At once and in this thread: the last lines before an end are the ones that matter.
  const stream = pino.destination({ dest: standardError, sync: true });
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } },
    stream,
  );
}

/** Names instead of numbers. */
function named(label: string): { readonly level: string } {
  return { level: label };
}
