// Tries walks on an index's own rows, now and then as it grows, so that a target recall can be turned into settings.
// Linking threads do the work in slices.

import type { SeededRandom } from "../base/seeded-random.js";
import { seededRandom } from "../base/seeded-random.js";
import type { KernelExports } from "../kernel/kernel.js";
import type { LinkingJob, LinkingReply } from "./linking-job.js";
import { trialLimit, trialWalks, type Calibration } from "./search-plan.js";

/** An index below this is scanned. */
const linkedRowsMin = 4096;
/** Rows tried while others are being linked. */
const trialRowsWhileLinking = 128;
/**
 * Rows tried when nothing is left to link. Recalls about 0.985 have a standard error of 0.0028 then: 0.045 a row on WordNet,
 * Fashion-MNIST and a clustered set.
 */
const trialRowsWhenSettled = 256;
/** Rows of one slice: each takes a scan and some twenty walks. */
const sliceRows = 2;
/** While rows are being linked, the next calibration comes when there are so many times as many. */
const growthWhileLinking = 4;
/** The same when nothing is left to link. */
const growthWhenSettled = 1.25;

/** The index as it is when trials begin. */
export interface TriedIndex {
  readonly rowEnd: number;
  readonly linkedRows: number;
  /** Nothing is left to link. */
  readonly isSettled: boolean;
}

/** Runs a slice on a thread; undefined when its thread died, the index is closed or linking failed. */
export type RunSlice = (job: LinkingJob) => Promise<LinkingReply | undefined>;

/** Holds the outcome of the last trials, and says when the next are due. */
export class Calibrator {
  readonly #kernel: Pick<KernelExports, "isLive" | "isLinked">;
  readonly #random: SeededRandom = seededRandom(1);
  #calibration: Calibration | undefined;
  /** Rows there were when trials were last made, or begun. */
  #triedAt = 0;

  constructor(kernel: Pick<KernelExports, "isLive" | "isLinked">) {
    this.#kernel = kernel;
  }

  get calibration(): Calibration | undefined {
    return this.#calibration;
  }

  /** Takes over what a checkpoint holds. */
  adopt(calibration: Calibration | undefined): void {
    this.#calibration = calibration;
    this.#triedAt = calibration?.linkedRows ?? 0;
  }

  isDue(linkedRows: number, isSettled: boolean): boolean {
    if (linkedRows < linkedRowsMin) return false;
    const growth = isSettled ? growthWhenSettled : growthWhileLinking;
    return linkedRows >= this.#triedAt * growth || linkedRows * growthWhileLinking <= this.#triedAt;
  }

  /** Makes the trials, slice by slice; false if they were broken off. */
  async run(runSlice: RunSlice, { rowEnd, linkedRows, isSettled }: TriedIndex): Promise<boolean> {
    this.#triedAt = linkedRows;
    const rows = this.#sample(rowEnd, isSettled ? trialRowsWhenSettled : trialRowsWhileLinking);
    const found = new Float64Array(trialWalks.length);
    const distances = new Float64Array(trialWalks.length);
    let wanted = 0;
    for (let from = 0; from < rows.length; from += sliceRows) {
      const slice = rows.slice(from, from + sliceRows);
      const reply = await runSlice({ kind: "calibrate", rows: slice, limit: trialLimit, walks: trialWalks });
      if (reply?.trials === undefined) {
        // A thread that died over trials is replaced, and they are made again.
        this.#triedAt = this.#calibration?.linkedRows ?? 0;
        return false;
      }
      wanted += reply.trials.wanted;
      reply.trials.found.forEach((count, i) => (found[i]! += count));
      reply.trials.distances.forEach((count, i) => (distances[i]! += count));
    }
    if (wanted === 0) return true;
    // As 32-bit floats, which is how a checkpoint keeps them: a reopened index plans the same.
    const outcomes = trialWalks.map((_, i) => ({
      recall: Math.fround(found[i]! / wanted),
      distances: Math.fround(distances[i]! / rows.length),
    }));
    this.#calibration = { linkedRows, outcomes };
    return true;
  }

  /** Live linked rows, evenly drawn; fewer where most rows are neither. */
  #sample(rowEnd: number, count: number): number[] {
    const rows: number[] = [];
    for (let attempt = 0; rows.length < count && attempt < count * 16; attempt++) {
      const row = this.#random.below(rowEnd);
      if (this.#kernel.isLive(row) !== 0 && this.#kernel.isLinked(row) !== 0) rows.push(row);
    }
    return rows;
  }
}
