// `omendb restore`: makes a database of a backup, in a folder that no program has open.

import { restore } from "../index.js";
import { bytesText, collectionLines, stepOf } from "./backup-text.js";
import type { CliCommand, CommandCall, CommandOutcome } from "./command.js";

export const restoreCommand: CliCommand = {
  name: "restore",
  summary: "Makes a database of a backup, after everything in it was checked.",
  arguments: [
    { name: "backup", summary: "the backup" },
    { name: "folder", summary: "the database; a new or empty folder" },
  ],
  options: [{ name: "replace", summary: "take the place of the database in the folder" }],
  run: restoreBackup,
};

async function restoreBackup(call: CommandCall): Promise<CommandOutcome> {
  const backup = call.argument("backup");
  const result = await restore(backup, call.argument("folder"), {
    replace: call.has("replace"),
    onProgress: (progress) => call.progress(stepOf(progress)),
  });
  const { path, createdAt, totalBytes, collections } = result;
  const text = [
    `Restored ${backup}, made at ${createdAt}, into ${path}: ${bytesText(totalBytes)}.`,
    ...collectionLines(collections),
  ].join("\n");
  return { json: result, text };
}
