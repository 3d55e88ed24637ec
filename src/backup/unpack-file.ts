// Writes a file out of a backup, as it was.

import { open } from "node:fs/promises";
import { join } from "node:path";
import type { BackupChain } from "./backup-chain.js";
import { readFile, type PlacedFile } from "./piece-reader.js";

/** Where files are unpacked to, and how. */
export interface Unpacking {
  readonly folder: string;
  /** Told the bytes of each slice that was written. */
  readonly written: (bytes: number) => void;
}

/** Writes a file into a folder that has none of its name, flushes it, and throws where what was backed up is damaged. */
export async function unpackFile(
  chain: BackupChain,
  placed: PlacedFile,
  { folder, written }: Unpacking,
): Promise<void> {
  const file = await open(join(folder, placed.file.name), "wx");
  try {
    let position = 0;
    for await (const slice of readFile(chain, placed)) {
      for (let done = 0; done < slice.length;) {
        const { bytesWritten } = await file.write(slice, done, slice.length - done, position + done);
        done += bytesWritten;
      }
      position += slice.length;
      written(slice.length);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
