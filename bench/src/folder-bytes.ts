// Bytes of the files in a folder.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** The sum of the lengths of all files in a folder and below it. */
export async function folderBytes(folder: string): Promise<number> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = found
    .filter((one) => one.isFile())
    .map(async (one) => (await stat(join(one.parentPath, one.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
