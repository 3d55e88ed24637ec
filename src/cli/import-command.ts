// `omendb import`: points from a file with one JSON object a line, `{"id", "vector" or "vectors", "metadata"}`.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { OmenError } from "../base/omen-error.js";
import type { Collection } from "../model/database.js";
import type { PointInput } from "../model/point.js";
import type { CliCommand, CommandCall } from "./command.js";
import { apiKeyOption, sourceArgument, withSource } from "./opened-source.js";
import { integerOption, jsonOf } from "./option-values.js";

const batchPointsDefault = 1000;
/** Batches written at a time: while one is flushed, the next is read. */
const batchesUnderWay = 4;

export const importCommand: CliCommand = {
  name: "import",
  summary: "Writes points from a file of JSON lines into a collection.",
  arguments: [
    sourceArgument,
    { name: "collection", summary: "its name; it must be there" },
    { name: "file", summary: 'one object a line: {"id": 1, "vector": [...], "metadata": {...}}' },
  ],
  options: [
    apiKeyOption,
    {
      name: "from-line",
      value: "number",
      summary: "begin at this line, to go on after an error (default 1)",
    },
    { name: "batch", value: "number", summary: "points a write (default 1000)" },
  ],
  run: (call) =>
    withSource(call, "refuse", async (db) => {
      const collection = await db.collection(call.argument("collection"));
      const { points, seconds } = await importLines(call, collection);
      const rate = Math.round(points / Math.max(seconds, 1e-3));
      return {
        json: { points, seconds },
        text: `${points} points in ${seconds.toFixed(1)} s, ${rate} a second.`,
      };
    }),
};

interface Batch {
  readonly points: readonly PointInput[];
  readonly firstLine: number;
}

async function importLines(
  call: CommandCall,
  collection: Collection,
): Promise<{ readonly points: number; readonly seconds: number }> {
  const path = call.argument("file");
  const total = (await stat(path).catch(() => undefined))?.size;
  if (total === undefined)
    throw new OmenError("not_found", "file_not_found", `There is no file ${path}. Check the path.`);
  const startMs = performance.now();
  let points = 0;
  const underWay: Promise<void>[] = [];
  for await (const batch of batchesOf(call, path, (done) =>
    call.progress({ label: `${points} points`, done, total }),
  )) {
    const write = writeBatch(collection, batch).then(() => {
      points += batch.points.length;
    });
    // Told when its turn has come.
    write.catch(() => undefined);
    underWay.push(write);
    if (underWay.length === batchesUnderWay) await underWay.shift();
  }
  for (const write of underWay) await write;
  return { points, seconds: (performance.now() - startMs) / 1000 };
}

async function writeBatch(collection: Collection, { points, firstLine }: Batch): Promise<void> {
  try {
    await collection.upsert(points);
  } catch (error) {
    if (!(error instanceof OmenError)) throw error;
    const place = /^points\[(\d+)\]/u.exec(error.field ?? "")?.[1];
    const line = firstLine + Number(place ?? 0);
    const message = `line ${line}: ${error.message} Lines before ${firstLine} are written; go on with --from-line ${firstLine}.`;
    throw new OmenError(error.kind, error.code, message, { cause: error });
  }
}

async function* batchesOf(
  call: CommandCall,
  path: string,
  tell: (bytes: number) => void,
): AsyncGenerator<Batch, void> {
  const first = integerOption(call, "from-line") ?? 1;
  const size = Math.max(1, integerOption(call, "batch") ?? batchPointsDefault);
  const stream = createReadStream(path);
  let points: PointInput[] = [];
  let line = 0;
  let firstLine = first;
  for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (line < first) continue;
    // Empty lines count, so that places in a batch are lines: they are refused like anything that is no point.
    points.push(jsonOf(text, `file, line ${line}`) as PointInput);
    if (points.length < size) continue;
    yield { points, firstLine };
    tell(stream.bytesRead);
    points = [];
    firstLine = line + 1;
  }
  if (points.length > 0) yield { points, firstLine };
}
