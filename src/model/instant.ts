// Dates in metadata: texts in ISO 8601, as RFC 3339 narrows it down, and the instants that they stand for. A date alone is
// its first moment in UTC, a time without an offset is in UTC, and what is finer than a millisecond is cut off.

const isoDate =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d\d):(\d\d))?)?$/;

/** Milliseconds since 1970 of a date, or `undefined` where the text is none: `2023-02-29` is not. */
export function instantOf(text: string): number | undefined {
  // Most texts of metadata are no dates; this is cheaper than the expression.
  if (text.length < 10 || text.length > 35 || text.charCodeAt(4) !== 0x2d) return undefined;
  const parts = isoDate.exec(text);
  return parts === null ? undefined : instantOfParts(parts);
}

/** The groups up to the seconds; those behind are no numbers. */
type Seven = [number, number, number, number, number, number, number];

function instantOfParts(parts: readonly (string | undefined)[]): number | undefined {
  const [, year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0)) as Seven;
  const millisecond = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  const offsetHour = Number(parts[10] ?? 0);
  const offsetMinute = Number(parts[11] ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  // `Date.UTC` takes the years 0 to 99 for others; the calendar repeats itself every 400 years.
  const local = Date.UTC(year + 400, month - 1, day, hour, minute, second, millisecond) - fourCenturiesMs;
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000;
  return parts[9] === "-" ? local + offsetMs : local - offsetMs;
}

const fourCenturiesMs = 146_097 * 86_400_000;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && isLeap ? 29 : monthDays[month - 1]!;
}
