// `omendb search`: the nearest points of a vector, or of a point.

import { OmenError } from "../base/omen-error.js";
import { exactJsonText, type ExactJson } from "../model/exact-json.js";
import type { Filter } from "../model/filter.js";
import type { VectorInput } from "../model/point.js";
import type { Collection } from "../model/database.js";
import type { CliCommand, CommandCall } from "./command.js";
import { apiKeyOption, sourceArgument, withSource } from "./opened-source.js";
import { integerOption, jsonOf, jsonOption } from "./option-values.js";

export const searchCommand: CliCommand = {
  name: "search",
  summary: "Finds the nearest points of a vector, or of a point by its id.",
  arguments: [sourceArgument, { name: "collection", summary: "its name" }],
  options: [
    apiKeyOption,
    { name: "vector", value: "json", summary: "an array of numbers" },
    { name: "id", value: "json", summary: "the id of a point whose vector is searched for: 7, or a text" },
    { name: "using", value: "field", summary: "the vector field, where there are several" },
    { name: "limit", value: "number", summary: "hits wanted (default 10)" },
    { name: "filter", value: "json", summary: "a filter; docs/reference/filters.md" },
    { name: "exact", summary: "compare every eligible point" },
  ],
  run: (call) =>
    withSource(call, "refuse", async (db) => {
      const collection = await db.collection(call.argument("collection"));
      const using = call.option("using");
      const limit = integerOption(call, "limit");
      const filter = jsonOption(call, "filter");
      const hits = await collection.search({
        vector: await vectorOf(call, collection),
        exact: call.has("exact"),
        ...(using === undefined ? {} : { using }),
        ...(limit === undefined ? {} : { limit }),
        // It is checked by the call.
        ...(filter === undefined ? {} : { filter: filter as Filter }),
      });
      const shown = hits.map(({ id, score, metadata }) => ({ id, score, metadata }));
      const lines = hits.map(
        ({ id, score, metadata }) =>
          `${score.toFixed(4)}  ${String(id)}  ${exactJsonText(metadata as ExactJson)}`,
      );
      return { json: { hits: shown }, text: lines.length === 0 ? "Nothing was found." : lines.join("\n") };
    }),
};

async function vectorOf(call: CommandCall, collection: Collection): Promise<VectorInput> {
  const [vector, id] = [call.option("vector"), call.option("id")];
  if ((vector === undefined) === (id === undefined)) {
    throw new OmenError("invalid", "usage", "Either --vector or --id is needed. See omendb search --help.");
  }
  // It is checked by the call.
  if (vector !== undefined) return jsonOf(vector, "vector") as VectorInput;
  // A text that is no JSON is the id itself.
  const wanted = /^-?\d+$|^"/u.test(id!) ? (jsonOf(id!, "id") as string | number) : id!;
  const [point] = await collection.get([wanted]);
  const using = call.option("using");
  const found = using === undefined ? point?.vector : point?.vectors?.[using];
  if (found !== undefined) return found;
  throw new OmenError(
    "not_found",
    "point_not_found",
    `There is no point ${String(id)}, or it has no such vector.`,
  );
}
