// What bench:scale measured, as it is kept in its JSON file: every repetition of every size, nothing summarised.

import type { Conditions } from "../conditions.js";
import type { ContenderFacts, MemoryReading, ReopenTimes, SearchFigures } from "../contender-protocol.js";
import type { BuildTimes, ContenderDetails } from "../contender.js";
import type { Metric } from "../data-set.js";

/** One size, once, in a process of its own. */
export interface ScaleRun {
  readonly n: number;
  readonly repetition: number;
  readonly build: BuildTimes;
  readonly memory: MemoryReading;
  /** One a setting, ascending. */
  readonly searches: readonly SearchFigures[];
  readonly details: ContenderDetails;
  readonly reopen: ReopenTimes;
  readonly bytesOnDisk: number;
  /** Share of the machine that others used meanwhile; undefined where it is not known. */
  readonly others?: number;
}

/** One data set in all its sizes and repetitions. */
export interface ScaleSet {
  readonly name: string;
  readonly title: string;
  readonly metric: Metric;
  readonly dimension: number;
  readonly queryCount: number;
  readonly seed: number;
  readonly contender: ContenderFacts;
  readonly runs: readonly ScaleRun[];
}

/** Everything of one call of the benchmark. */
export interface ScaleResults {
  readonly conditions: Conditions;
  readonly repetitions: number;
  readonly sets: readonly ScaleSet[];
}
