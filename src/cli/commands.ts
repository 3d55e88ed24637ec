// The commands there are, in the order in which the help shows them. Each is a file of its own.

import { backupCommand } from "./backup-command.js";
import type { CliCommand } from "./command.js";
import { createCommand } from "./create-command.js";
import { exportCommand } from "./export-command.js";
import { importCommand } from "./import-command.js";
import { keyCommand } from "./key-command.js";
import { listCommand } from "./list-command.js";
import { repairCommand } from "./repair-command.js";
import { restoreCommand } from "./restore-command.js";
import { searchCommand } from "./search-command.js";
import { serveCommand } from "./serve-command.js";
import { statsCommand } from "./stats-command.js";
import { verifyCommand } from "./verify-command.js";

export const commands: readonly CliCommand[] = [
  serveCommand,
  keyCommand,
  listCommand,
  statsCommand,
  createCommand,
  searchCommand,
  importCommand,
  exportCommand,
  verifyCommand,
  repairCommand,
  backupCommand,
  restoreCommand,
];
