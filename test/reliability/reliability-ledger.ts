// The ledger of long runs: one line of JSON a run, in reliability-ledger.jsonl at the root of the repository. Runs that
// failed stand there too.

import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../architecture-files.js";
import type { RigReport } from "./rig.js";

/** One run, as the ledger has it. */
export interface LedgerEntry extends RigReport {
  readonly rig: string;
  /** When it ended, as an ISO instant. */
  readonly at: string;
  /** What was tested; with `+` behind it where files differed from the commit. */
  readonly commit: string;
  readonly node: string;
  readonly platform: string;
  readonly seed: number;
  readonly count: number;
  readonly seconds: number;
}

/** Appends one run. */
export function appendToLedger(entry: LedgerEntry): void {
  appendFileSync(join(repositoryRoot, "reliability-ledger.jsonl"), `${JSON.stringify(entry)}\n`);
}

/** The commit that the repository is at. The ledger itself may differ from it: every run of a campaign changes it. */
export function testedCommit(): string {
  const git = (...request: string[]): string =>
    execFileSync("git", request, { cwd: repositoryRoot, encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--", ".", ":!reliability-ledger.jsonl");
  return `${git("rev-parse", "--short=12", "HEAD")}${changed === "" ? "" : "+"}`;
}
