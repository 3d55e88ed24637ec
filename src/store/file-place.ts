// Where a file lies, and since when the machine runs: whether what is read of it now is all that was written to it.

import { readFile, stat } from "node:fs/promises";

/** The name of the running boot; `undefined` where the platform does not tell. */
export async function bootId(): Promise<string | undefined> {
  const text = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return text.trim() === "" ? undefined : text.trim();
}

/**
 * Two texts of this are equal only if the page cache that was written to is the one that is read from: the same file on the
 * same mounted disk, and the machine was not started anew. A copy, or a snapshot of the disk, is another file. Empty where
 * it cannot be told, which counts as different.
 */
export async function filePlace(path: string): Promise<string> {
  const boot = await bootId();
  const { dev, ino } = await stat(path, { bigint: true });
  return boot === undefined ? "" : `${boot} ${dev} ${ino}`;
}
