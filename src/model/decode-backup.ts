// Decoding of what `backup` and `restore` are given.

import type { BackupOptions, BackupVerification, RestoreOptions } from "./backup.js";
import { decodeBoolean, decodeChoice, decodeFields } from "./decode-object.js";
import { invalidInput } from "./invalid-input.js";

/** A backup that was asked for, complete. */
export interface BackupRequest {
  readonly path: string;
  readonly base: string | undefined;
  readonly checkpoints: boolean;
  readonly verify: BackupVerification;
  readonly onProgress: NonNullable<BackupOptions["onProgress"]>;
}

/** A restoring that was asked for, complete. */
export interface RestoreRequest {
  readonly backup: string;
  readonly path: string;
  readonly replace: boolean;
  readonly onProgress: NonNullable<RestoreOptions["onProgress"]>;
}

/** Decodes the arguments of `backup`. */
export function decodeBackup(path: unknown, options: unknown): BackupRequest {
  const names = ["base", "checkpoints", "verify", "onProgress"] as const;
  const given = decodeFields(options === undefined ? {} : options, "options", names);
  return {
    path: decodePath(path, "path"),
    base: given.base === undefined ? undefined : decodePath(given.base, "options.base"),
    checkpoints: given.checkpoints === undefined || decodeBoolean(given.checkpoints, "options.checkpoints"),
    verify: decodeChoice(given.verify, "options.verify", {
      choices: ["records", "checksums"],
      fallback: "records",
    }),
    onProgress: decodeListener(given.onProgress),
  };
}

/** Decodes the arguments of `restore`. */
export function decodeRestore(backup: unknown, path: unknown, options: unknown): RestoreRequest {
  const given = decodeFields(options === undefined ? {} : options, "options", ["replace", "onProgress"]);
  return {
    backup: decodePath(backup, "backup"),
    path: decodePath(path, "path"),
    replace: decodeBoolean(given.replace, "options.replace"),
    onProgress: decodeListener(given.onProgress),
  };
}

function decodePath(value: unknown, field: string): string {
  // A database in memory has no folder that could be backed up into or restored.
  if (typeof value === "string" && value !== "" && value !== ":memory:" && !value.includes("\0"))
    return value;
  throw invalidInput("path", field, value, "The path of a folder is needed.");
}

function decodeListener(value: unknown): (progress: object) => void {
  if (value === undefined) return () => undefined;
  if (typeof value !== "function")
    throw invalidInput("wrong_type", "options.onProgress", value, "A function is needed.");
  // Only its being a function can be checked.
  return value as (progress: object) => void;
}
