// What the host and the linking threads say to each other. A job is a slice of work of some milliseconds.

import type { KernelSettings } from "../kernel/kernel-settings.js";
import type { WalkSettings } from "./search-plan.js";

/** One slice of work on one index. */
export type LinkingJob =
  | { readonly kind: "link" }
  | CalibrateJob
  | { readonly kind: "reparent" | "repair"; readonly from: number; readonly to: number };

/** Walks tried on rows as queries, `limit` nearest wanted of each. */
export interface CalibrateJob {
  readonly kind: "calibrate";
  readonly rows: readonly number[];
  readonly limit: number;
  readonly walks: readonly WalkSettings[];
}

/** What walks found on the rows of one job, in sum. */
export interface TrialSums {
  /** Rows that should have been found. */
  readonly wanted: number;
  /** Found by each walk, and the distances it computed. */
  readonly found: readonly number[];
  readonly distances: readonly number[];
}

/** Everything a thread needs to work on an index; sent with its first job there. */
export interface IndexAccess {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly settings: KernelSettings;
}

/** To a linking thread. */
export type LinkingRequest =
  | { readonly kind: "run"; readonly index: number; readonly job: LinkingJob; readonly access?: IndexAccess }
  | { readonly kind: "forget"; readonly index: number };

/** From a linking thread. */
export interface LinkingReply {
  readonly index: number;
  /** Rows linked, or the row that consolidation stopped at, or rows tried. */
  readonly result: number;
  /** There for trials. */
  readonly trials?: TrialSums;
}

/** An index that has work for linking threads. */
export interface LinkingSource {
  readonly access: IndexAccess;
  /** The process must not end before its work is done: somebody waits for it. */
  readonly awaited: boolean;
  /** The next slice, or undefined if there is nothing to do. */
  nextJob(): LinkingJob | undefined;
  jobDone(job: LinkingJob, reply: LinkingReply): void;
  jobFailed(error: Error): void;
}
