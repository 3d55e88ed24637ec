// The commands there are, in the order in which the help shows them. Each is a file of its own.

import type { CliCommand } from "./command.js";

export const commands: readonly CliCommand[] = [];
