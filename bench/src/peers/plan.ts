// What bench:peers is asked to measure.

import { readArguments } from "../arguments.js";
import { dataFolderDefaults, dataSetRequest } from "../data-set-arguments.js";
import type { ContenderOptions } from "../contender.js";
import type { DataSetRequest } from "../data-set.js";
import type { InstallPolicy } from "./install-peer.js";
import { knownPeers, type KnownPeer } from "./known-peers.js";

/** Everything a run measures. */
export interface PeersPlan {
  readonly data: DataSetRequest;
  readonly peers: readonly KnownPeer[];
  /** Of OmenDB. */
  readonly options: ContenderOptions;
  /** Recalls to be reached, ascending. */
  readonly targets: readonly number[];
  readonly rounds: number;
  readonly install: InstallPolicy;
  /** Folder that results are written to. */
  readonly out: string;
}

const defaults = {
  data: "wordnet",
  n: 50_000,
  dimension: 128,
  queries: 1000,
  seed: 1,
  peers: "all",
  recall: "0.95,0.99",
  rounds: 3,
  originals: "disk",
  postgres: "",
  "no-install": false,
  out: "bench/results",
  ...dataFolderDefaults,
};

/** Reads the command line. Ends the process, saying why, if it makes no sense. */
export function readPlan(given: readonly string[] = process.argv.slice(2)): PeersPlan {
  const settings = readArguments(defaults, given);
  for (const name of ["rounds", "queries", "dimension", "n"] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1) {
      refuse(`--${name} ${settings[name]}: an integer from 1 on.`);
    }
  }
  const targets = settings.recall
    .split(",")
    .map(Number)
    .sort((a, b) => a - b);
  if (!targets.every((target) => target > 0 && target <= 1)) {
    refuse(`--recall ${settings.recall}: recalls between 0 and 1, with commas between.`);
  }
  return {
    data: dataSetRequest(settings),
    peers: peersNamed(settings.peers).map((peer) => withPostgres(peer, settings.postgres)),
    options: { originals: settings.originals },
    targets,
    rounds: settings.rounds,
    install: settings["no-install"] ? "never" : "missing",
    out: settings.out,
  };
}

function peersNamed(text: string): readonly KnownPeer[] {
  if (text === "all") return knownPeers;
  if (text === "none") return [];
  return text.split(",").map((name) => {
    const peer = knownPeers.find((one) => one.name === name);
    if (peer !== undefined) return peer;
    return refuse(`--peers ${name}: all, none, or of ${knownPeers.map((one) => one.name).join(",")}.`);
  });
}

/** The only peer that is a program of the machine and not a package. */
function withPostgres(peer: KnownPeer, postgres: string): KnownPeer {
  return peer.module === "pgvector" ? { ...peer, options: { postgres } } : peer;
}

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}
