// The texts of one field that stand for an instant, by instant: `2024-01-01` and `2024-01-01T00:00Z` are the same one.

import { instantOf } from "../model/instant.js";

export class DateTexts {
  readonly #texts = new Map<number, string | Set<string>>();

  instants(): IterableIterator<number> {
    return this.#texts.keys();
  }

  /** The texts that stand for these instants. */
  textsOf(instants: Iterable<number>): string[] {
    const found: string[] = [];
    for (const instant of instants) {
      const texts = this.#texts.get(instant);
      if (typeof texts === "string") found.push(texts);
      else if (texts !== undefined) found.push(...texts);
    }
    return found;
  }

  /** Notes a text that is new; returns its instant, if it has one. */
  add(text: string): number | undefined {
    const instant = instantOf(text);
    if (instant === undefined) return undefined;
    const texts = this.#texts.get(instant);
    if (texts === undefined) this.#texts.set(instant, text);
    else if (typeof texts === "string") this.#texts.set(instant, new Set([texts, text]));
    else texts.add(text);
    return instant;
  }

  remove(text: string): void {
    const instant = instantOf(text);
    const texts = instant === undefined ? undefined : this.#texts.get(instant);
    if (texts === undefined) return;
    if (typeof texts !== "string") texts.delete(text);
    if (typeof texts === "string" || texts.size === 0) this.#texts.delete(instant!);
  }
}
