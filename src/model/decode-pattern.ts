// Compiling the regular expressions of filters, with re2js: what users write is never given to RegExp, which can take
// seconds over thirty characters. Syntax: https://github.com/google/re2/wiki/Syntax.

import { RE2JS, RE2JSException } from "re2js";
import type { TextPattern } from "./filter-tree.js";
import { OmenError } from "../base/omen-error.js";
import { invalidInput, showValue } from "./invalid-input.js";
import { limits } from "./limits.js";
import { estimatePatternSize } from "./pattern-size.js";

const flagOfOption: ReadonlyMap<string, number> = new Map([
  ["i", RE2JS.CASE_INSENSITIVE],
  ["m", RE2JS.MULTILINE],
  ["s", RE2JS.DOTALL],
]);

/** A compiled pattern with the number of its instructions, which bounds the time it takes a character. */
export interface SizedPattern {
  readonly pattern: TextPattern;
  readonly size: number;
}

/** Where a pattern and its options stand in a filter. */
export interface PatternPlace {
  readonly field: string;
  readonly optionsField: string;
}

/** Compiles a pattern. Throws `filter_value` or `filter_pattern`. */
export function decodePattern(source: unknown, options: unknown, place: PatternPlace): SizedPattern {
  const { field } = place;
  if (typeof source !== "string") {
    const message = "The text of a regular expression is needed; pass the flags of a RegExp in $options.";
    throw invalidInput("filter_value", field, source, message);
  }
  const size = source.length > limits.patternLengthMax ? undefined : estimatePatternSize(source);
  if (size === undefined || size > limits.patternSizeMax) throw patternTooLarge(source, field);
  const compiled = compile(source, decodeOptions(options, place.optionsField), field);
  return { pattern: { matches: (text) => compiled.test(text) }, size: compiled.programSize() };
}

/** The error for a pattern that is too large by itself or with the others of its filter. */
export function patternTooLarge(source: unknown, field: string): OmenError {
  const message = `A pattern has at most ${limits.patternLengthMax} characters, and those of a filter ${limits.patternSizeMax} instructions in all; counted repeats multiply.`;
  return invalidInput("filter_pattern", field, source, message);
}

function compile(source: string, flags: number, field: string): RE2JS {
  try {
    return RE2JS.compile(source, flags);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const received = showValue(source);
    const message = `${field}: The regular expression is not in the syntax of RE2: ${error.message}. Received ${received}.`;
    throw new OmenError("invalid", "filter_pattern", message, { field, received, cause: error });
  }
}

function decodeOptions(options: unknown, field: string): number {
  if (options === undefined) return 0;
  const wanted = `Letters of "i", "m" and "s", each once, are needed.`;
  if (typeof options !== "string") throw invalidInput("filter_value", field, options, wanted);
  let flags = 0;
  for (const option of options) {
    const flag = flagOfOption.get(option);
    if (flag === undefined || (flags & flag) !== 0)
      throw invalidInput("filter_value", field, options, wanted);
    flags |= flag;
  }
  return flags;
}
