// One field of an image that was read and checked but not yet taken apart: maps of its values are made when it is first asked,
// or a piece at a time in the background. Changes that come before are made behind it.

import type { ImageSection, SectionReading } from "./image-section.js";

/** What an image says of a field beside its pieces. */
export interface FieldSummary {
  readonly rows: number;
  readonly values: number;
  readonly words: number;
}

export class SleepingField {
  readonly summary: FieldSummary;
  readonly #sections: ImageSection[];
  readonly #reading: SectionReading<void>;
  readonly #changes: (() => void)[] = [];

  /** Pieces in the order in which `reading`, which has not begun, asks for them. */
  constructor(summary: FieldSummary, sections: readonly ImageSection[], reading: SectionReading<void>) {
    this.summary = summary;
    this.#sections = sections.toReversed();
    this.#reading = reading;
    reading.next();
  }

  /** Bytes held. */
  get byteCount(): number {
    return this.#sections.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Leaves a change until all pieces are taken in. */
  defer(change: () => void): void {
    this.#changes.push(change);
  }

  /** Takes in the next piece; true if it was the last one. The changes that came before are the caller's to make then. */
  step(): boolean {
    const section = this.#sections.pop();
    return section === undefined || this.#reading.next(section).done === true;
  }

  /** What was left until now, in its order. */
  get changes(): readonly (() => void)[] {
    return this.#changes;
  }
}
