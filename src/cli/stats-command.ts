// `omendb stats`: what a database says about itself.

import type { CollectionStats, DatabaseStats } from "../model/stats.js";
import type { CliCommand } from "./command.js";
import { apiKeyOption, sourceArgument, withSource } from "./opened-source.js";

export const statsCommand: CliCommand = {
  name: "stats",
  summary: "Shows rows, graph and bytes of every collection.",
  arguments: [sourceArgument],
  options: [apiKeyOption],
  run: (call) =>
    withSource(call, "refuse", async (db) => {
      const stats = await db.stats();
      return { json: stats, text: textOf(stats) };
    }),
};

function textOf({ path, durability, collections }: DatabaseStats): string {
  return [`${path}  durability ${durability}`, ...collections.flatMap(linesOf)].join("\n");
}

function linesOf({ name, points, sequence, indexes, store }: CollectionStats): string[] {
  const fields = indexes.map((index) => {
    const bytes = Object.values(index.bytes).reduce((sum, part) => sum + part, 0);
    const label = index.field === "" ? "vectors" : index.field;
    return `  ${label}: ${index.linkedRows} linked, ${index.tailRows} to link, ${index.deadRows} dead, ${megabytes(bytes)} of memory`;
  });
  return [
    `${name}  ${points} points, ${sequence} operations, ${megabytes(store.fileBytes)} on disk`,
    ...fields,
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
