// `omendb export`: all points of a collection as JSON lines, which `omendb import` reads.

import { open } from "node:fs/promises";
import { OmenError } from "../base/omen-error.js";
import type { Collection } from "../model/database.js";
import { exactJsonText, type ExactJson } from "../model/exact-json.js";
import type { Point, PointId } from "../model/point.js";
import type { CliCommand, CommandCall } from "./command.js";
import { apiKeyOption, sourceArgument, withSource } from "./opened-source.js";

const pagePoints = 500;

export const exportCommand: CliCommand = {
  name: "export",
  summary: "Writes the points of a collection into a file of JSON lines.",
  arguments: [
    sourceArgument,
    { name: "collection", summary: "its name" },
    { name: "file", summary: "a file that is not there yet" },
  ],
  options: [apiKeyOption],
  run: (call) =>
    withSource(call, "refuse", async (db) => {
      const collection = await db.collection(call.argument("collection"));
      const points = await exportLines(call, collection);
      return { json: { points }, text: `${points} points.` };
    }),
};

async function exportLines(call: CommandCall, collection: Collection): Promise<number> {
  const path = call.argument("file");
  const file = await open(path, "wx").catch((cause: unknown) => {
    const message = `${path} cannot be made. Name a file that is not there, in a folder that is.`;
    throw new OmenError("conflict", "file_exists", message, { cause });
  });
  try {
    const total = await collection.count();
    let points = 0;
    for await (const page of pagesOf(collection)) {
      await file.write(page.map((point) => `${lineOf(point)}\n`).join(""));
      points += page.length;
      call.progress({ label: `${points} points`, done: points, total });
    }
    await file.sync();
    return points;
  } finally {
    await file.close();
  }
}

async function* pagesOf(collection: Collection): AsyncGenerator<readonly Point[], void> {
  let after: PointId | undefined;
  do {
    const { points, next } = await collection.list({
      limit: pagePoints,
      include: ["metadata", "vector"],
      ...(after === undefined ? {} : { after }),
    });
    yield points;
    after = next;
  } while (after !== undefined);
}

/** Floats are written so that they read back as the same 32 bits. */
function lineOf({ id, vector, vectors, metadata }: Point): string {
  const named =
    vectors === undefined ? [] : Object.entries(vectors).map(([name, one]) => [name, Array.from(one)]);
  return exactJsonText({
    id,
    vector: vector === undefined ? undefined : Array.from(vector),
    vectors: vectors === undefined ? undefined : (Object.fromEntries(named) as ExactJson),
    // Metadata is JSON.
    metadata: metadata as ExactJson,
  });
}
