// What the host and the linking threads say to each other. A job is a slice of work of some milliseconds.

import type { KernelSettings } from "../kernel/kernel-settings.js";

/** One slice of work on one index. */
export type LinkingJob =
  | { readonly kind: "link" }
  | { readonly kind: "reparent" | "repair"; readonly from: number; readonly to: number };

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

/** From a linking thread. `result`: rows linked, or for the other jobs the row it stopped at. */
export interface LinkingReply {
  readonly index: number;
  readonly result: number;
}

/** An index that has work for linking threads. */
export interface LinkingSource {
  readonly access: IndexAccess;
  /** The process must not end before its work is done: somebody waits for it. */
  readonly awaited: boolean;
  /** The next slice, or undefined if there is nothing to do. */
  nextJob(): LinkingJob | undefined;
  jobDone(job: LinkingJob, result: number): void;
  jobFailed(error: Error): void;
}
