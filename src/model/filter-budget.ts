// What one filter may cost in all, counted while it is decoded: nodes, listed values and instructions of patterns.

import { invalidInput } from "./invalid-input.js";
import { limits } from "./limits.js";
import { decodePattern, patternTooLarge, type PatternPlace } from "./decode-pattern.js";
import type { TextPattern } from "./filter-tree.js";

/** Counts down; each method throws once its limit is passed. */
export class FilterBudget {
  #nodes = 0;
  #values = 0;
  #patternSize = 0;

  /** Counts a condition. Throws `filter_too_large`. */
  takeNode(value: unknown, field: string): void {
    if (++this.#nodes <= limits.filterNodesMax) return;
    const message = `A filter has at most ${limits.filterNodesMax} conditions; lists of values belong into $in.`;
    throw invalidInput("filter_too_large", field, value, message);
  }

  /** Counts the values of a list, before any of them is looked at. Throws `filter_too_large`. */
  takeValues(list: readonly unknown[], field: string): void {
    this.#values += list.length;
    if (this.#values <= limits.filterValuesMax) return;
    const message = `The lists of a filter have at most ${limits.filterValuesMax} values in all.`;
    throw invalidInput("filter_too_large", field, list, message);
  }

  /** Compiles a pattern and counts its instructions. Throws `filter_value` or `filter_pattern`. */
  takePattern(source: unknown, options: unknown, place: PatternPlace): TextPattern {
    const { pattern, size } = decodePattern(source, options, place);
    this.#patternSize += size;
    if (this.#patternSize <= limits.patternSizeMax) return pattern;
    throw patternTooLarge(source, place.field);
  }
}
