// A program for folder-lock.test.ts. Arguments: folder, then "hold" to take the lock, say so and wait to be killed,
// or a number of rounds to take and release it in, with proof in each round that no other holder is there.

import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { OmenError } from "../base/omen-error.js";
import { acquireFolderLock, type FolderLock } from "./folder-lock.js";

const [folder, task] = process.argv.slice(2);
if (folder !== undefined) await (task === "hold" ? hold(folder) : race(folder, Number(task)));

async function hold(path: string): Promise<void> {
  await take(path);
  console.log("held");
  setInterval(() => {}, 1000);
}

async function race(path: string, roundCount: number): Promise<void> {
  const proof = join(path, "proof");
  for (let round = 0; round < roundCount; round++) {
    const lock = await take(path);
    // Fails if another holder made it.
    await (await open(proof, "wx")).close();
    await rm(proof);
    await lock.release();
  }
  console.log("done");
}

async function take(path: string): Promise<FolderLock> {
  for (;;) {
    try {
      return await acquireFolderLock(path);
    } catch (error) {
      if (!(error instanceof OmenError && error.code === "folder_locked")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1 + (process.pid % 3)));
    }
  }
}
