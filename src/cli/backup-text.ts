// How backups are told to people.

import type { BackupProgress, CollectionInBackup, RestoreProgress } from "../index.js";
import type { ProgressStep } from "./command.js";

export function stepOf({ stage, doneBytes, totalBytes }: BackupProgress | RestoreProgress): ProgressStep {
  const label = `${stage} ${bytesText(doneBytes)} of ${bytesText(totalBytes)}`;
  return { label, done: doneBytes, total: totalBytes };
}

export function bytesText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}

export function collectionLines(collections: readonly CollectionInBackup[]): string[] {
  if (collections.length === 0) return ["  no collections"];
  return collections.map(
    ({ name, points, sequence }) => `  ${name}: ${points} points, up to operation ${sequence}`,
  );
}
