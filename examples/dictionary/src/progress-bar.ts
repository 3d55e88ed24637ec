// Shows how far a long piece of work has come: one line that is redrawn on a terminal, and a plain line every few
// seconds elsewhere. It knows nothing about the work.

/** Where the progress is shown; `process.stderr` fits. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  /** Width of the terminal; a longer line would wrap, and a wrapped line cannot be redrawn. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** What a progress bar needs to know at its start. */
export interface ProgressBarOptions {
  readonly output: ProgressOutput;
  /** What is counted, in the plural. */
  readonly unit: string;
  readonly total: number;
  /** Units that were done before this run; they do not count for the rate. */
  readonly alreadyDone?: number;
  /** The time in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

const barWidth = 24;
const redrawEveryMs = 100;
const plainLineEveryMs = 3000;

/** Counts units of work and shows them. The remaining time supposes that the rate stays as it was on average. */
export class ProgressBar {
  readonly #options: ProgressBarOptions;
  readonly #now: () => number;
  readonly #isTerminal: boolean;
  readonly #startedAtMs: number;
  readonly #startedWith: number;
  #done: number;
  #shownAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ProgressBarOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#isTerminal = options.output.isTTY === true;
    this.#startedAtMs = this.#now();
    this.#startedWith = options.alreadyDone ?? 0;
    this.#done = this.#startedWith;
    this.#show();
  }

  /** Adds units that are done now. */
  advance(count: number): void {
    this.#done = Math.min(this.#done + count, this.#options.total);
    const interval = this.#isTerminal ? redrawEveryMs : plainLineEveryMs;
    if (this.#now() - this.#shownAtMs >= interval) this.#show();
  }

  /** Shows the last state and leaves the cursor on a fresh line. */
  finish(): void {
    this.#show();
    if (this.#isTerminal) this.#options.output.write("\n");
  }

  #show(): void {
    this.#shownAtMs = this.#now();
    const { output } = this.#options;
    const line = this.#line();
    output.write(this.#isTerminal ? `\r\x1b[K${line.slice(0, (output.columns ?? 80) - 1)}` : `${line}\n`);
  }

  #line(): string {
    const { total, unit } = this.#options;
    const share = total === 0 ? 1 : this.#done / total;
    const counts = `${formatCount(this.#done)} of ${formatCount(total)} ${unit}`;
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    const bar = this.#isTerminal ? `${drawBar(share)} ` : "";
    return `  ${bar}${percent}  ${counts}${this.#rateAndRemainingTime()}`;
  }

  #rateAndRemainingTime(): string {
    const elapsedSeconds = (this.#now() - this.#startedAtMs) / 1000;
    const rate = (this.#done - this.#startedWith) / elapsedSeconds;
    if (!(rate > 0) || !Number.isFinite(rate)) return "";
    const left = this.#options.total - this.#done;
    const when = left === 0 ? `${Math.round(elapsedSeconds)} s` : `${Math.ceil(left / rate)} s left`;
    return `, ${Math.round(rate)}/s, ${when}`;
  }
}

/** `3000` as `3,000`, whatever the language of the machine. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

function drawBar(share: number): string {
  const filled = Math.floor(share * barWidth);
  return "█".repeat(filled) + "░".repeat(barWidth - filled);
}
