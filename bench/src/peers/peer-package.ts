// Loads a package of a peer from its folder under bench/peers/. It is not installed when this is compiled, so whoever
// loads it declares the part that is used.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the folders of the peers are. */
export const peersFolder = fileURLToPath(new URL("../../peers/", import.meta.url));

/** A package that was loaded. */
export interface PeerPackage {
  readonly exports: unknown;
  readonly version: string;
}

/** Loads a package of the folder bench/peers/<peer>/. Throws what Node throws if it is not there or does not load. */
export function loadPeerPackage(peer: string, packageName: string): PeerPackage {
  const folder = join(peersFolder, peer);
  const exports: unknown = createRequire(join(folder, "package.json"))(packageName);
  const manifest = readFileSync(join(folder, "node_modules", packageName, "package.json"), "utf8");
  // npm has read this manifest before.
  const { version } = JSON.parse(manifest) as { version: string };
  return { exports, version };
}
