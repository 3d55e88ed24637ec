// Writes points until the heap of the process is exhausted, and says after each write that it was acknowledged. Run by
// heap-exhaustion.test.ts: the folder is the argument.

import { writeSync } from "node:fs";
import { open } from "omendb";

const [folder = ""] = process.argv.slice(2);
const perWrite = 200;
const writesMax = 1000;
const fieldCount = 30;

const database = await open(folder);
const collection = await database.createCollection("points", { dimension: 4 });
for (let write = 0; write < writesMax; write++) {
  const points = Array.from({ length: perWrite }, (_, i) => ({
    id: `${write}-${i}`,
    vector: [write + 1, i, 1, 0],
    // The index over metadata holds each of these values in the heap.
    metadata: Object.fromEntries(
      Array.from({ length: fieldCount }, (__, field) => [`f${field}`, `${write}-${i}-${field}`]),
    ),
  }));
  await collection.upsert(points);
  writeSync(1, `${write}\n`);
}
