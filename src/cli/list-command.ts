// `omendb list`: which collections there are.

import type { CollectionInfo } from "../model/database.js";
import type { CliCommand } from "./command.js";
import { apiKeyOption, sourceArgument, withSource } from "./opened-source.js";

export const listCommand: CliCommand = {
  name: "list",
  summary: "Shows the collections of a database, with their vector fields and numbers of points.",
  arguments: [sourceArgument],
  options: [apiKeyOption],
  run: (call) =>
    withSource(call, "refuse", async (db) => {
      const collections = [];
      for (const { name, config } of await db.listCollections())
        collections.push({ name, points: await (await db.collection(name)).count(), config });
      const lines = collections.map(
        ({ name, points, config }) => `${name}  ${points} points  ${fieldsOf(config)}`,
      );
      return {
        json: { collections },
        text: lines.length === 0 ? "There are no collections." : lines.join("\n"),
      };
    }),
};

function fieldsOf({ fields }: CollectionInfo["config"]): string {
  return fields
    .map(({ name, dimension, metric }) => `${name === "" ? "" : `${name}: `}${dimension} × ${metric}`)
    .join(", ");
}
