// Regular expressions that take a backtracking engine seconds or years, that are larger than they look, or that RE2 does
// not have.

import { type HostileFilter, answered, refused } from "./hostile-case.js";

const allTexts = [0, 1, 7, 8];

const catastrophic: readonly (readonly [string, readonly number[]])[] = [
  ["^(a+)+$", [1]],
  ["^(a*)*$", [1]],
  ["(a|a)*$", allTexts],
  ["^(a|aa)+$", [1]],
  ["(.*a){20}", [0, 1, 8]],
  ["^(([a-z])+.)+$", [0, 1]],
  ["^(a?){30}a{30}$", []],
  ["([a-zA-Z]+)*$", allTexts],
  ["(a+)+a+a+", [0, 1, 8]],
  ["((a*)*)*$", allTexts],
  ["(((((((((a*)*)*)*)*)*)*)*)*)*b", [8]],
  ["(?:a{1,30}){1,8}!", [0]],
  ["(.*)(.*)(.*)(.*)(.*)a", [0, 1, 8]],
  ["(?:.?){100}a", [0, 1, 8]],
  ["[a]*[a]*[a]*[a]*a", [0, 1, 8]],
  ["(?i)^(A+)+$", [1]],
  ["(?s)(.+.+)+a", [0, 1, 8]],
  ["(?:a|b|ab|ba)*$", allTexts],
  ["\\b(a+)+", [0, 1]],
  ["(\\w+\\s?)+$", [1, 8]],
  ["^(a+)+[xyz]", []],
  ["(a*)*[xyz]\\d$", []],
  ["(?:[abc]*a[abc]{200}[xyz])", []],
  ["[ab]a[ab]{12}!", [0]],
  ["(?:[a-c]{0,15}a){0,15}[x-z]$", []],
  ["(?:[abc]?){100}[abc]{100}[xyz]", []],
  ["(x+x+)+y", []],
  ["(?:\\pL+\\s?)+\\d$", []],
  [".*.*.*=.*", []],
  ["(?i)[^\\pL]{300}", []],
  ["(?:a?[ab]?[abc]{1,12}){1,12}[xyz]$", []],
  ["\\D+\\d+\\D+\\d+$", []],
];

const notInRe2: readonly string[] = [
  "(?=a)",
  "(?!a)",
  "(?<=a)b",
  "(?<!a)b",
  "(a)\\1",
  "(?>a+)",
  "a++",
  "\\k<name>",
  "(?(1)a|b)",
  "\\u0041",
  "[",
  "(",
  ")",
  "*",
  "a**",
  "\\",
  "[b-a]",
  "\\p{Nonsense}",
  "(?<n>a)(?<n>b)",
  "\\Z",
  "(?R)",
];

const tooLarge: readonly (readonly [string, () => string])[] = [
  ["a repeat over 1,000", () => "a{1001}"],
  ["nested repeats", () => "((a{10}){10}){11}"],
  ["many repeats", () => "a{200}".repeat(6)],
  ["a long group repeated", () => `(?:${"ab".repeat(200)}){30}`],
  ["1,001 characters", () => "a".repeat(1001)],
  ["a million characters", () => "(a|b)*".repeat(170_000)],
  ["a million open groups", () => "(".repeat(1_000_000)],
  ["optional letters", () => "(a?){1000}(a?){1000}"],
  ["classes repeated", () => "(?:[\\pL\\d]){600}\\pL{600}"],
  ["repeats of repeats of repeats", () => `${"(".repeat(20)}a${"){9}".repeat(20)}`],
];

const badOptions: readonly unknown[] = ["g", "ii", "imsu", "x", 1, null, {}, "i".repeat(100_000)];

export const hostilePatterns: readonly HostileFilter[] = [
  ...catastrophic.map(([pattern, ids]) =>
    answered(ids, `the pattern ${pattern}`, () => ({ text: { $regex: pattern } })),
  ),
  ...notInRe2.map((pattern) =>
    refused("filter_pattern", `the pattern ${pattern}, which RE2 lacks`, () => ({
      text: { $regex: pattern },
    })),
  ),
  ...tooLarge.map(([title, pattern]) =>
    refused("filter_pattern", `a pattern of ${title}`, () => ({ text: { $regex: pattern() } })),
  ),
  ...badOptions.map((options, i) =>
    refused("filter_value", `bad options, number ${i}`, () => ({ text: { $regex: "a", $options: options } })),
  ),
  refused("filter_operator", "options without a pattern", () => ({ text: { $options: "i" } })),
  refused("filter_value", "a RegExp", () => ({ text: { $regex: /(a+)+$/ } })),
  refused("filter_pattern", "many patterns that are too large together", () => ({
    $or: Array.from({ length: 400 }, () => ({ text: { $regex: "a{9}" } })),
  })),
  answered([8], "a pattern of half a surrogate pair, which no letter of a text is", () => ({
    text: { $regex: "^xyz!" },
    words: { $not: { $regex: "\ud800" } },
  })),
  answered([0, 8], "the longest pattern there may be", () => ({
    text: { $regex: `${"(?:a)".repeat(29)}a!|${"b|".repeat(50)}!$` },
  })),
];
