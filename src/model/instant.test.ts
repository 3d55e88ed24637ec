// Which texts are dates, and for which instant each stands.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantOf } from "./instant.js";

test("what a Date writes is the instant of the Date", () => {
  const date = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(date, (instant) => {
      assert.equal(instantOf(instant.toISOString()), instant.getTime());
    }),
  );
});

test("an offset moves the instant back by as much", () => {
  const offset = fc.record({ hour: fc.nat(23), minute: fc.nat(59), isEast: fc.boolean() });
  fc.assert(
    fc.property(offset, ({ hour, minute, isEast }) => {
      const two = (value: number): string => String(value).padStart(2, "0");
      const text = `2024-03-01T12:30:15.5${isEast ? "+" : "-"}${two(hour)}:${two(minute)}`;
      const distance = (hour * 60 + minute) * 60_000 * (isEast ? -1 : 1);
      assert.equal(instantOf(text), Date.UTC(2024, 2, 1, 12, 30, 15, 500) + distance);
    }),
  );
});

const dates: readonly (readonly [string, string])[] = [
  ["2024-05-01", "2024-05-01T00:00:00.000Z"],
  ["2024-05-01T10:20", "2024-05-01T10:20:00.000Z"],
  ["2024-05-01T10:20:30", "2024-05-01T10:20:30.000Z"],
  ["2024-05-01T10:20:30.1234567Z", "2024-05-01T10:20:30.123Z"],
  ["0000-01-01", "0000-01-01T00:00:00.000Z"],
  ["0099-12-31", "0099-12-31T00:00:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
];

for (const [text, expected] of dates) {
  test(`${text} is ${expected}`, () => {
    assert.equal(new Date(instantOf(text)!).toISOString(), expected);
  });
}

const others = [
  "",
  "2024",
  "2024-05",
  "2024-5-1",
  "20240501",
  "2023-02-29",
  "2024-04-31",
  "2024-00-01",
  "2024-13-01",
  "2024-05-00",
  "2024-05-01 10:20",
  "2024-05-01t10:20:00z",
  "2024-05-01T24:00",
  "2024-05-01T10:60",
  "2024-05-01T10:20:60",
  "2024-05-01T10",
  "2024-05-01T10:20:30.",
  "2024-05-01T10:20:30,5Z",
  "2024-05-01T10:20:30+1:00",
  "2024-05-01T10:20:30+24:00",
  "2024-05-01Z",
  "+002024-05-01",
  "2024-05-01T10:20:30Z ",
  "٢٠٢٤-٠٥-٠١",
];

for (const text of others) {
  test(`${JSON.stringify(text)} is no date`, () => {
    assert.equal(instantOf(text), undefined);
  });
}
