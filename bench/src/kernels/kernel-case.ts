// What one measured kernel is: on which rows, how many bytes a row it has to touch, and what came out.

import type { Outcome } from "./contest.js";

/** How the rows of a set are encoded. */
export type CodeKind = "int8" | "f32";

/** A kernel on a set of rows. Contenders are the builds, `scalar`, and the yardsticks `copy`, `read` and `touch`. */
export interface KernelCase {
  readonly kernel: string;
  readonly dimension: number;
  readonly codes: CodeKind;
  /** Rows of the working set. */
  readonly rowCount: number;
  /** What a nanosecond is counted for: a row unless it says otherwise. */
  readonly unit: "row" | "query" | "distance";
  /** Bytes that one unit has to read, what GB/s are counted with; undefined where that cannot be told. */
  readonly bytes: number | undefined;
  readonly outcome: Outcome;
}
