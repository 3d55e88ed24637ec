// What bench:peers measured, as it is kept in its JSON file: every round of every setting, and what the table is made of.

import type { Conditions } from "../conditions.js";
import type { ContenderFacts, MemoryReading, ReopenTimes, SearchOutcome } from "../contender-protocol.js";
import type { BuildTimes } from "../contender.js";
import type { DataSetRequest } from "../data-set.js";
import type { Choice } from "./choose-setting.js";

/** One run. */
export interface PeersResults {
  readonly conditions: Conditions;
  readonly data: DataSetRequest & { readonly title: string; readonly metric: string };
  /** Rows of the group that filtered searches ask for, and their share. */
  readonly filtered: { readonly rowCount: number; readonly share: number };
  readonly limit: number;
  readonly rounds: number;
  /** Recalls to be reached, ascending. */
  readonly targets: readonly number[];
  /** Share of the machine that other processes used, by part of the run; absent where it is not known. */
  readonly others: { readonly building?: number; readonly searching?: number };
  /** OmenDB first. */
  readonly contenders: readonly ContenderResults[];
  readonly leftOut: readonly LeftOut[];
}

/** One contender. */
export interface ContenderResults {
  /** As the command line calls it. */
  readonly name: string;
  readonly facts: ContenderFacts;
  readonly build: BuildTimes;
  /** What was found for each recall, in the order of `targets`. */
  readonly choices: readonly Choice<SearchOutcome>[];
  /** Every round of every setting that was chosen, and of the default one. */
  readonly searches: readonly SearchOutcome[];
  /** Every round among the rows of a group; none if it has no filter. */
  readonly filteredSearches: readonly SearchOutcome[];
  readonly memory: MemoryReading;
  readonly reopen?: ReopenTimes;
  readonly bytesOnDisk: number;
}

/** A peer that was asked for and is not in the table. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}
