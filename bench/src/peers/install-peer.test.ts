// What is said of a peer whose packages are not there, without asking a registry; and that lock files are complete.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { installPeer } from "./install-peer.js";
import { knownPeers } from "./known-peers.js";
import { peersFolder } from "./peer-package.js";

/** What is read of manifests and lock files. */
interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

describe("the packages of a peer", () => {
  it("are named if they are not there and must not be installed", () => {
    const peer = { ...knownPeers[0]!, folder: "none", packages: ["not-there", "nor-this"] };
    assert.equal(
      installPeer(peer, "never"),
      "not-there, nor-this is not installed, and --no-install was given",
    );
  });

  for (const { folder, packages } of new Map(knownPeers.map((peer) => [peer.folder, peer])).values()) {
    it(`are pinned in ${folder}, to the last byte`, () => {
      // Files that npm wrote or has read.
      const parse = (name: string): unknown =>
        JSON.parse(readFileSync(join(peersFolder, folder, name), "utf8"));
      const { dependencies } = parse("package.json") as Manifest;
      const lock = parse("package-lock.json") as Lock;
      assert.deepEqual(Object.keys(dependencies).sort(), [...packages].sort());
      for (const [name, version] of Object.entries(dependencies)) {
        const locked = lock.packages[`node_modules/${name}`];
        assert.equal(locked?.version, version);
        assert.match(locked?.integrity ?? "", /^sha512-/);
      }
      assert.ok(existsSync(join(peersFolder, folder, ".npmrc")));
    });
  }
});
