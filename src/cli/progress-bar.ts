// A bar on one line of a terminal that is drawn over itself, and taken away when the command is done.

import type { ProgressStep } from "./command.js";

/** What is needed of a stream that a bar is drawn on. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

const barCharacters = 30;
/** Time between drawings: more often nobody sees, and a slow terminal would be waited for. */
const pauseMs = 100;

/** Draws nothing where the stream is no terminal. */
export class ProgressBar {
  readonly #stream: TerminalStream;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  show(step: ProgressStep): void {
    if (this.#stream.isTTY !== true) return;
    const now = performance.now();
    if (now - this.#drawnAt < pauseMs) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    this.#stream.write(`\r\u001b[K${barOf(step)}`);
  }

  /** Leaves the line empty, for what comes behind. */
  remove(): void {
    if (this.#isDrawn) this.#stream.write("\r\u001b[K");
    this.#isDrawn = false;
  }
}

function barOf({ label, done, total }: ProgressStep): string {
  if (total === 0) return label;
  const part = total > 0 ? Math.min(1, done / total) : 0;
  const full = Math.round(part * barCharacters);
  return `[${"#".repeat(full)}${" ".repeat(barCharacters - full)}] ${String(Math.floor(part * 100)).padStart(3)} % ${label}`;
}
