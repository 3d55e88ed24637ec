#!/usr/bin/env node
// The door of the command line, `npx omendb`: hands arguments and streams to it, and ends with its exit code.
// docs/reference/cli.md says what it does.

import { runCommandLine } from "./cli/command-line.js";
import { commands } from "./cli/commands.js";

// Not process.exit: what was written to a pipe may still be on its way.
process.exitCode = await runCommandLine(process.argv.slice(2), {
  commands,
  stdout: process.stdout,
  stderr: process.stderr,
});
