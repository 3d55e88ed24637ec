// A program for lmdb-traps.test.ts, run under a limit of the size of files: writes until a commit fails, and prints
// what it saw as JSON. A rejection that nobody handles ends it with an error.
// Arguments: folder, and "full" to be told by the file system that no byte is free.

import { OmenError } from "../base/omen-error.js";
import { openLmdbPointStore } from "./lmdb-point-store.js";
import type { PointStore, StoreChange } from "./point-store.js";

const [folder, disk] = process.argv.slice(2);
if (folder !== undefined) console.log(JSON.stringify(await run(folder, disk === "full" ? 0 : 2 ** 40)));

async function run(path: string, freeBytes: number): Promise<FailureReport> {
  const store = await openLmdbPointStore(path, { dimensions: [256], freeBytes: async () => freeBytes });
  const failure = await commitUntilFailure(store);
  const { sequence, pointCount } = store.state;
  const readAfter = [...store.points()].length;
  const again = await codeOf(store.commit({ sequence: sequence + 1, changes: points(pointCount) }));
  const trim = await codeOf(store.trimChanges(sequence));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await store.close();
  return { failure, sequence, pointCount, readAfter, again, trim };
}

/** What the program prints. */
export interface FailureReport {
  readonly failure: string;
  readonly sequence: number;
  readonly pointCount: number;
  readonly readAfter: number;
  readonly again: string;
  readonly trim: string;
}

async function commitUntilFailure(store: PointStore): Promise<string> {
  for (;;) {
    const { sequence, pointCount } = store.state;
    const code = await codeOf(store.commit({ sequence: sequence + 1, changes: points(pointCount) }));
    if (code !== "ok") return code;
  }
}

function points(from: number): StoreChange[] {
  return Array.from({ length: 100 }, (_, i) => ({
    kind: "put",
    id: from + i,
    row: from + i,
    replacedRow: -1,
    metadata: "{}",
    vectors: [new Float32Array(256).fill(from + i)],
  }));
}

async function codeOf(promise: Promise<void>): Promise<string> {
  try {
    await promise;
    return "ok";
  } catch (error) {
    if (error instanceof OmenError) return `${error.kind}/${error.code}`;
    throw error;
  }
}
