// On what, when and how something was measured: no figure is printed without it.

import { execFileSync } from "node:child_process";
import { statfsSync } from "node:fs";
import { availableParallelism, cpus, release, tmpdir, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** Conditions of a run. */
export interface Conditions {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** The commit that was measured, with a mark if files differ from it. */
  readonly commit: string;
  readonly command: string;
  /** When it began, ISO 8601. */
  readonly date: string;
  /** The file system of the databases, where it is known. */
  readonly fileSystem: string;
}

/** Reads them now. `script` is the npm script that this is. */
export function readConditions(script: string): Conditions {
  const given = process.argv.slice(2);
  return {
    processor: cpus()[0]?.model ?? "unknown processor",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    commit: commitOf(),
    command: [`npm run ${script}`, ...(given.length > 0 ? ["--", ...given] : [])].join(" "),
    date: new Date().toISOString(),
    fileSystem: fileSystemOf(tmpdir()),
  };
}

function commitOf(): string {
  const folder = fileURLToPath(new URL("../", import.meta.url));
  const git = (...given: string[]): string =>
    execFileSync("git", given, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "--short=10", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return "unknown";
  }
}

/** The name of a file system that keeps nothing: what is "flushed" there is in memory. */
export const memoryFileSystem = "tmpfs";

/** From statfs(2). */
const fileSystems: Readonly<Record<number, string>> = {
  0x01021994: memoryFileSystem,
  0xef53: "ext4",
  0x58465342: "xfs",
  0x9123683e: "btrfs",
  0x794c7630: "overlay",
};

function fileSystemOf(folder: string): string {
  return fileSystems[statfsSync(folder).type] ?? "unknown";
}
