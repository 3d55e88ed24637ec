// `omendb create`: makes a collection.

import { OmenError } from "../base/omen-error.js";
import type { CollectionConfig } from "../model/collection-config.js";
import type { CliCommand, CommandCall } from "./command.js";
import { apiKeyOption, sourceArgument, withSource } from "./opened-source.js";
import { integerOption, jsonOption } from "./option-values.js";

export const createCommand: CliCommand = {
  name: "create",
  summary: "Makes a collection.",
  arguments: [sourceArgument, { name: "collection", summary: "its name" }],
  options: [
    apiKeyOption,
    { name: "dimension", value: "number", summary: "components of a vector" },
    { name: "metric", value: "name", summary: "cosine (default), dot or euclidean" },
    { name: "config", value: "json", summary: "the whole configuration, as createCollection takes it" },
  ],
  run: (call) =>
    withSource(call, "make", async (db) => {
      const name = call.argument("collection");
      // What comes from outside is checked by the call, as anything is.
      await db.createCollection(name, configOf(call) as CollectionConfig);
      const made = (await db.listCollections()).find((info) => info.name === name)!;
      return { json: made, text: `Made ${name}.` };
    }),
};

function configOf(call: CommandCall): unknown {
  const dimension = integerOption(call, "dimension");
  const metric = call.option("metric");
  const config = jsonOption(call, "config");
  if (config === undefined) {
    return { ...(dimension === undefined ? {} : { dimension }), ...(metric === undefined ? {} : { metric }) };
  }
  if (dimension === undefined && metric === undefined) return config;
  throw new OmenError(
    "invalid",
    "usage",
    "--config is the whole configuration; leave --dimension and --metric out.",
  );
}
