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

type Seven = [number, number, number, number, number, number, number];

function instantOfParts(parts: readonly (string | undefined)[]): number | undefined {
  const [, year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0)) as Seven;
  const millisecond = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  const offsetHour = Number(parts[10] ?? 0);
  const offsetMinute = Number(parts[11] ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const date = new Date(0);
  // Unlike `Date.UTC`, this takes the years 0 to 99 as they are.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const local = date.setUTCHours(hour, minute, second, millisecond);
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000;
  return parts[9] === "-" ? local + offsetMs : local - offsetMs;
}
