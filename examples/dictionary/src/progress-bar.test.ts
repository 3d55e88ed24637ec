// The bar is driven by a clock of the test; nothing here waits.

import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";

import { formatCount, ProgressBar } from "./progress-bar.js";

interface Trial {
  readonly written: string[];
  readonly bar: ProgressBar;
  readonly passMs: (ms: number) => void;
}

function start(isTTY: boolean, settings: { total: number; alreadyDone?: number; columns?: number }): Trial {
  let nowMs = 5000;
  const written: string[] = [];
  const { columns = 80, ...counts } = settings;
  const output = { isTTY, columns, write: (text: string) => written.push(text) };
  const bar = new ProgressBar({ output, unit: "glosses", now: () => nowMs, ...counts });
  return { written, bar, passMs: (ms) => (nowMs += ms) };
}

test("a terminal's line is redrawn in place, with rate and remaining time", () => {
  const { written, bar, passMs } = start(true, { total: 3000 });
  passMs(10_000);
  bar.advance(1000);
  equal(
    written.at(-1),
    `\r\x1b[K  ${"█".repeat(8)}${"░".repeat(16)}  33 %  1,000 of 3,000 glosses, 100/s, 20 s left`,
  );
  bar.finish();
  equal(written.at(-1), "\n");
});

test("a terminal's line is not redrawn more often than ten times a second", () => {
  const { written, bar, passMs } = start(true, { total: 1000 });
  for (let i = 0; i < 1000; i++) {
    passMs(1);
    bar.advance(1);
  }
  equal(written.length, 11);
});

test("the line never wraps, and fits 80 columns without being cut", () => {
  const draw = (columns: number): string => {
    const { written, bar, passMs } = start(true, { total: 3000, columns });
    passMs(2000);
    bar.advance(1250);
    return (written.at(-1) ?? "").replace("\r\x1b[K", "");
  };
  match(draw(80), / 3 s left$/);
  equal(draw(40).length, 39);
});

test("elsewhere there is a plain line every three seconds and at the end", () => {
  const { written, bar, passMs } = start(false, { total: 100 });
  for (let i = 0; i < 100; i++) {
    passMs(100);
    bar.advance(1);
  }
  bar.finish();
  deepEqual(written, [
    "    0 %  0 of 100 glosses\n",
    "   30 %  30 of 100 glosses, 10/s, 7 s left\n",
    "   60 %  60 of 100 glosses, 10/s, 4 s left\n",
    "   90 %  90 of 100 glosses, 10/s, 1 s left\n",
    "  100 %  100 of 100 glosses, 10/s, 10 s\n",
  ]);
});

test("what was done before does not count for the rate", () => {
  const { written, bar, passMs } = start(false, { total: 3000, alreadyDone: 2000 });
  match(written[0] ?? "", /^ +66 % {2}2,000 of 3,000 glosses\n$/);
  passMs(5000);
  bar.advance(500);
  match(written[1] ?? "", /2,500 of 3,000 glosses, 100\/s, 5 s left/);
});

test("it never passes its total, and nothing to do is done", () => {
  const { written, bar, passMs } = start(true, { total: 10 });
  passMs(1000);
  bar.advance(25);
  match(written.at(-1) ?? "", /100 % {2}10 of 10/);
  match(start(true, { total: 0 }).written[0] ?? "", /100 % {2}0 of 0/);
});

test("counts are grouped by thousands", () => {
  deepEqual([0, 999, 3000, 1_234_567].map(formatCount), ["0", "999", "3,000", "1,234,567"]);
});
