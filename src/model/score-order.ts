// Which of two scores is better: the greater similarity or product, the smaller distance.

import type { Metric } from "./collection-config.js";

/** Negative if `a` is the better score of the two, positive if `b` is. */
export function compareScores(metric: Metric, a: number, b: number): number {
  return metric === "euclidean" ? a - b : b - a;
}
