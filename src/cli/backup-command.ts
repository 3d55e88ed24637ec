// `omendb backup`: copies the database in a folder that no program has open.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { OmenError } from "../base/omen-error.js";
import { open } from "../index.js";
import { bytesText, collectionLines, stepOf } from "./backup-text.js";
import type { CliCommand, CommandCall, CommandOutcome } from "./command.js";

export const backupCommand: CliCommand = {
  name: "backup",
  summary: "Copies a database into a new folder, with checksums, and reads the copy back.",
  arguments: [
    { name: "folder", summary: "the database" },
    { name: "target", summary: "where the backup is written; a new or empty folder" },
  ],
  options: [
    {
      name: "base",
      value: "backup",
      summary: "an earlier backup beside it: what it has is not written again",
    },
    { name: "without-checkpoints", summary: "leave out the indexes, which are built again after a restore" },
    {
      name: "checksums-only",
      summary: "read the copy back, but do not open its stores and read each record",
    },
  ],
  run: backUp,
};

async function backUp(call: CommandCall): Promise<CommandOutcome> {
  const folder = call.argument("folder");
  await checkDatabase(folder);
  const base = call.option("base");
  const db = await open(folder, { searchThreads: 0 });
  try {
    const result = await db.backup(call.argument("target"), {
      ...(base === undefined ? {} : { base }),
      checkpoints: !call.has("without-checkpoints"),
      verify: call.has("checksums-only") ? "checksums" : "records",
      onProgress: (progress) => call.progress(stepOf(progress)),
    });
    const { path, id, baseId, totalBytes, writtenBytes, collections } = result;
    const based = baseId === undefined ? "" : ` It needs the backup ${baseId} beside it.`;
    const text = [
      `Backed up ${folder} into ${path}: ${bytesText(totalBytes)}, of which ${bytesText(writtenBytes)} were written.`,
      ...collectionLines(collections),
      `It was read back and verified. Its id is ${id}.${based}`,
    ].join("\n");
    return { json: { ...result, baseId: baseId ?? null }, text };
  } finally {
    await db.close();
  }
}

/** Opening would make a database of an empty folder, and back up nothing. */
async function checkDatabase(folder: string): Promise<void> {
  const found = await stat(join(folder, "catalog")).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const message = `There is no database in ${folder}. Pass the folder that a program opens.`;
  throw new OmenError("not_found", "database_not_found", message, { received: folder });
}
