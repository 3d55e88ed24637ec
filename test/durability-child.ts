// A program for durability-modes.test.ts: opens a folder in a mode and writes points until it is killed, telling of each
// acknowledged one synchronously. Arguments: folder, mode, number of points that are there.

import { writeSync } from "node:fs";
import { open, type DurabilityMode } from "omendb";

const [path, mode, from] = process.argv.slice(2);
if (path !== undefined) await write(path, mode as DurabilityMode, Number(from));

async function write(folder: string, durability: DurabilityMode, first: number): Promise<never> {
  const db = await open(
    folder,
    durability === "interval" ? { durability, flushIntervalMs: 20 } : { durability },
  );
  const points =
    first === 0 ? await db.createCollection("points", { dimension: 8 }) : await db.collection("points");
  for (let id = first; ; id++) {
    await points.upsert([{ id, vector: new Float32Array(8).fill(id + 1), metadata: { id } }]);
    writeSync(1, `${id}\n`);
  }
}
