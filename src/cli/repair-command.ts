// `omendb repair`: mends a database that no program has open, and tells what could not be saved.

import { type CollectionRepair, repair, type RepairReport } from "../index.js";
import type { CliCommand, CommandCall, CommandOutcome } from "./command.js";
import { idText, problemLines, stepOf } from "./verify-text.js";

export const repairCommand: CliCommand = {
  name: "repair",
  summary: "Makes anew what is derived, saves every whole point, and names those that are lost.",
  arguments: [{ name: "folder", summary: "the database" }],
  options: [{ name: "dry-run", summary: "only tell what would be done, and change nothing" }],
  run: runRepair,
};

async function runRepair(call: CommandCall): Promise<CommandOutcome> {
  const report = await repair(call.argument("folder"), {
    dryRun: call.has("dry-run"),
    onProgress: (progress) => call.progress(stepOf(progress)),
  });
  return { json: report, text: textOf(report), hasProblems: !report.isWhole };
}

function textOf(report: RepairReport): string {
  const { path, isDryRun, wasSound, isWhole } = report;
  if (wasSound) return `The database in ${path} is sound: there is nothing to repair.`;
  const begin = isDryRun ? "Would be repaired" : "Repaired";
  return [
    `${begin}: the database in ${path}. ${isWhole ? "Nothing is lost." : "Not everything could be saved; see below."}`,
    ...problemLines(report.before.problems),
    ...report.catalog,
    ...report.collections.flatMap(collectionLines),
  ].join("\n");
}

function collectionLines(repaired: CollectionRepair): string[] {
  const { name, store, savedPoints, lostPoints, lost, doubtfulPoints, setAside, checkpointsRemoved } =
    repaired;
  const lines: string[] = [];
  if (checkpointsRemoved > 0) lines.push(`${name}: ${checkpointsRemoved} checkpoints to be made anew`);
  if (store === "impossible")
    lines.push(`${name}: no point can be read. Restore a backup, or drop the collection.`);
  if (store === "saved")
    lines.push(`${name}: ${savedPoints} points saved, ${lostPoints ?? "an unknown number of"} points lost`);
  if (setAside !== null) lines.push(`${name}: the damaged files are kept in ${setAside}`);
  if (doubtfulPoints > 0)
    lines.push(`${name}: of ${doubtfulPoints} points it is not known whether they had one more vector`);
  if (repaired.mayBeOutdated)
    lines.push(`${name}: pages were damaged; some points may be as they were before their last change`);
  for (const { id, row, place } of lost) {
    const named = id === null ? `the point of row ${row}` : `the point ${idText(id)}`;
    lines.push(`${name}: lost ${named} (${place})`);
  }
  return lines;
}
