// What the vector indexes of one collection count of their work. Searches add one number; the rest is a few times a second.

import { addTally } from "../base/tally.js";
import type { LinkingJob } from "./linking-job.js";

interface ThreadWork {
  jobs: number;
  threadMs: number;
}

const threadWorkNames = ["jobs", "threadMs"] as const;
const countNames = ["distances", "linkedRows", "consolidations", "consolidatedRows"] as const;

/** Counters of indexes; several may count into one. */
export class IndexMeters {
  readonly counts = { distances: 0, linkedRows: 0, consolidations: 0, consolidatedRows: 0 };
  readonly linking: ThreadWork = { jobs: 0, threadMs: 0 };
  readonly calibration: ThreadWork = { jobs: 0, threadMs: 0 };
  readonly consolidation: ThreadWork = { jobs: 0, threadMs: 0 };

  /** A thread has done a job. */
  jobDone({ kind }: LinkingJob, threadMs: number): void {
    const work =
      kind === "link" ? this.linking : kind === "calibrate" ? this.calibration : this.consolidation;
    work.jobs++;
    work.threadMs += threadMs;
  }

  /** Adds what another has counted. */
  add(other: IndexMeters): void {
    addTally(this.counts, other.counts, countNames);
    addTally(this.linking, other.linking, threadWorkNames);
    addTally(this.calibration, other.calibration, threadWorkNames);
    addTally(this.consolidation, other.consolidation, threadWorkNames);
  }
}
