// Installs what a peer needs into its folder under bench/peers/, from its lock file, when a benchmark first asks for it.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { KnownPeer } from "./known-peers.js";
import { peersFolder } from "./peer-package.js";

/** Whether packages may be installed: "never" where no registry is to be asked, as in tests. */
export type InstallPolicy = "missing" | "never";

/** The reason why the packages of a peer are not there; undefined if they are, or are now. */
export function installPeer({ folder, packages }: KnownPeer, policy: InstallPolicy): string | undefined {
  const path = join(peersFolder, folder);
  const missing = (): string[] => packages.filter((name) => !existsSync(join(path, "node_modules", name)));
  if (missing().length === 0) return undefined;
  if (policy === "never") return `${missing().join(", ")} is not installed, and --no-install was given`;
  console.error(`installing bench/peers/${folder} …`);
  // `install` and not `ci`: the lock file of a package with a binary for each platform may lack those of platforms for
  // which none was published, which `ci` takes for a damaged lock file.
  const { status, error, stderr } = spawnSync(
    "npm",
    ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel", "error"],
    { cwd: path, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] },
  );
  if (error !== undefined) return `npm did not start: ${error.message}`;
  if (status !== 0 || missing().length > 0) return `npm did not install it: ${firstWords(stderr)}`;
  return undefined;
}

/** How npm begins to say what went wrong; the rest is advice. */
function firstWords(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/^npm (?:error|ERR!)/, "").trim());
  return (
    lines
      .filter((line) => line !== "")
      .slice(0, 4)
      .join(", ") || "it said nothing"
  );
}
