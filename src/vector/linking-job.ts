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

/** True for jobs that lock and rewrite lists: a thread that dies over one may leave any list locked or half written. */
export function changesGraph(job: LinkingJob): boolean {
  return job.kind !== "calibrate";
}

/** Jobs of one index that no thread will end. No thread works on the graph of the index any more, if it is damaged. */
export interface LostJobs {
  readonly jobs: readonly LinkingJob[];
  /** Lists may be locked or half written. */
  readonly isGraphDamaged: boolean;
  /** Why the first thread ended. */
  readonly cause: Error;
}

/** An index that has work for linking threads. */
export interface LinkingSource {
  readonly access: IndexAccess;
  /** The process must not end before its work is done: somebody waits for it. */
  readonly awaited: boolean;
  /** The next slice, or undefined if there is nothing to do. */
  nextJob(): LinkingJob | undefined;
  jobDone(job: LinkingJob, reply: LinkingReply): void;
  /** Called when threads died over jobs; what was lost may be given out again. */
  jobsLost(lost: LostJobs): void;
}
