// How far a benchmark is: a bar that is drawn over itself on a terminal, and plain lines elsewhere. It goes to standard
// error, so that results can be piped.

import { performance } from "node:perf_hooks";

const barWidth = 24;
/** A terminal shows no more than this often what changes all the time. */
const redrawMs = 80;

/** A bar and what is being done. Parts of the work are announced with their weight before they begin. */
export class Progress {
  readonly #total: number;
  readonly #isTerminal = process.stderr.isTTY;
  readonly #begin = performance.now();
  #done = 0;
  #drawnAt = -Infinity;

  /** `total` is the weight of all the work, in any unit. */
  constructor(total: number) {
    this.#total = total;
  }

  /** So much of the work is done. */
  advance(weight: number): void {
    this.#done = Math.min(this.#total, this.#done + weight);
  }

  /** Shows what is being done now; on a terminal alone. */
  show(what: string): void {
    const now = performance.now();
    if (!this.#isTerminal || now - this.#drawnAt < redrawMs) return;
    this.#drawnAt = now;
    const share = this.#done / this.#total;
    const filled = Math.round(share * barWidth);
    const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
    const line = `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${what}${this.#left(share)}`;
    // A line that wraps could not be drawn over. Some terminals do not tell their width, and say 0.
    const width = process.stderr.columns > 0 ? process.stderr.columns : 100;
    process.stderr.write(`\r\u001B[K${line.slice(0, width - 1)}`);
  }

  /** Writes a line that stays. */
  line(text: string): void {
    this.clear();
    process.stderr.write(`${text}\n`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#isTerminal) process.stderr.write("\r\u001B[K");
    this.#drawnAt = -Infinity;
  }

  /** What is left at the pace so far, once there is a pace. */
  #left(share: number): string {
    if (share < 0.02) return "";
    const seconds = Math.round(((performance.now() - this.#begin) / 1000) * (1 / share - 1));
    return `   ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`;
  }
}
