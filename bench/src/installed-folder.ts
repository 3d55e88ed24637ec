// Large data sets that come in packages. They are in a folder of bench/ with a lock file of its own, and are installed
// when a benchmark first asks for one. Peers, each in a folder of its own, are installed by peers/install-peer.ts.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder bench/<name>/, in which `packageName` is installed; installs what its lock file names if need be. */
export function installedFolder(name: "data", packageName: string): string {
  const folder = fileURLToPath(new URL(`../${name}/`, import.meta.url));
  if (!existsSync(`${folder}node_modules/${packageName}`)) {
    console.log(`installing bench/${name} …`);
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], {
      cwd: folder,
      // What npm says goes to standard error, so that a benchmark's own output stays what it is.
      stdio: ["ignore", 2, 2],
    });
  }
  return folder;
}
