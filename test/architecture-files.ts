// Reads the files of this repository for the whole-system tests: those git tracks or would track, or, where there is
// no git, those a walk finds outside of what .gitignore names.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SourceFile } from "./architecture-rules.js";

/** The folder of the repository, wherever this file was compiled to. */
export const repositoryRoot = findRoot(import.meta.dirname);

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    // Only the name is read, and a manifest without one is passed over.
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, "utf8")) as { name?: string }).name === "omendb"
    ) {
      return folder;
    }
    if (folder === dirname(folder)) throw new Error(`There is no package omendb above ${start}.`);
  }
}

/** Every text file of the repository, with its path from the root. */
export function readRepository(): SourceFile[] {
  return listPaths()
    .filter((path) => existsSync(join(repositoryRoot, path)))
    .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), "utf8") }))
    .filter((file) => !file.text.includes("\0"));
}

function listPaths(): string[] {
  const request = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  try {
    const listed = execFileSync("git", request, { cwd: repositoryRoot, stdio: ["ignore", "pipe", "ignore"] });
    const paths = listed
      .toString("utf8")
      .split("\0")
      .filter((path) => path !== "");
    if (paths.includes("package.json")) return paths;
  } catch {
    // No git, no repository, or one that git does not trust: the walk finds the same files.
  }
  return walk("");
}

const skippedFolders = new Set(["node_modules", "dist", ".git", ".scratch"]);
const skippedPaths = new Set(["data", "bench/cache", "bench/results"]);

function walk(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((found) => {
    const path = folder === "" ? found.name : `${folder}/${found.name}`;
    if (found.isDirectory())
      return skippedFolders.has(found.name) || skippedPaths.has(path) ? [] : walk(path);
    return found.isFile() && !/\.(generated\.ts|tsbuildinfo|tgz)$/.test(path) ? [path] : [];
  });
}
