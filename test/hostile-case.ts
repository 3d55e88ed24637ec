// What a case of a hostile filter is, and the points on which they are tried: long texts that patterns stumble over, deep
// and wide metadata, and keys that mean something to JavaScript.

import type { Metadata } from "omendb";

/** A filter, made when its turn comes because some are large, and its outcome. */
export interface HostileFilter {
  readonly title: string;
  readonly filter: () => unknown;
  /** The code of the refusal, or the ids of the points found. */
  readonly outcome: string | readonly number[];
}

/** A filter that is refused with this code. */
export function refused(code: string, title: string, filter: () => unknown): HostileFilter {
  return { title, filter, outcome: code };
}

/** A filter that is answered with these points. */
export function answered(ids: readonly number[], title: string, filter: () => unknown): HostileFilter {
  return { title, filter, outcome: ids };
}

/** An object of objects, so many deep. */
export function nested(depth: number, wrap: (inner: unknown) => unknown, innermost: unknown): unknown {
  let value = innermost;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

/** Letters a, b and c in an order without a pattern. */
function scrambled(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return "abc"[state % 3];
  }).join("");
}

/** Metadata of the points, by id. */
export const hostilePoints: readonly Metadata[] = [
  { text: `${"a".repeat(30)}!` },
  { text: "a".repeat(20_000), words: "word ".repeat(4000) },
  JSON.parse(
    '{"__proto__":{"x":1},"constructor":{"name":"c"},"toString":1,"hasOwnProperty":true}',
  ) as Metadata,
  { "a.b": 1, "a[0]": 2, "": 3, $gt: 4, "\\": 5, a: { b: [6, { c: 7 }] }, "[": { "]": 8 }, "x\0y": 9, é: 10 },
  nested(63, (inner) => ({ d: inner }), { end: 1 }) as Metadata,
  {
    list: Array.from({ length: 10_000 }, (_, i) => i),
    objects: Array.from({ length: 1000 }, (_, i) => ({ i })),
  },
  {
    at: [
      { lat: 90, lon: 180 },
      { lat: 0, lon: 0 },
      { lat: "0", lon: 0 },
      { lat: 1e9, lon: 0 },
    ],
    time: "2024-05-01T00:00:00Z",
  },
  { text: "\ud800", "\udc00": 1, pair: "\u{1f600}" },
  { text: `xyz!1 ${scrambled(1000)}` },
  {},
];

/** The ids of all points but these. */
export function allBut(...ids: readonly number[]): readonly number[] {
  return hostilePoints.map((_, id) => id).filter((id) => !ids.includes(id));
}
