// JSON in and out with integers beyond 2^53: on Node 20 `JSON.parse` rounds them, so that two ids become one.

import { parse as parseLossless } from "lossless-json";

/** Only a text with so many digits in a row can hold such an integer. */
const manyDigits = /\d{16}/;

/** Parses a text. Integers of 64 bits that a `number` cannot hold become `bigint`. Throws SyntaxError. */
export function parseExactJson(text: string): unknown {
  if (!manyDigits.test(text)) return JSON.parse(text);
  return parseLossless(text, undefined, exactNumber);
}

function exactNumber(text: string): number | bigint {
  const number = Number(text);
  const isExact = !/^-?\d+$/u.test(text) || Number.isSafeInteger(number);
  return isExact || number < -(2 ** 63) || number > 2 ** 64 ? number : BigInt(text);
}

/** What can be written: JSON, integers of 64 bits, and fields that are left out where they are `undefined`. */
export type ExactJson =
  | string
  | number
  | boolean
  | null
  | bigint
  | undefined
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

/** Writes a value as JSON. */
export function exactJsonText(value: ExactJson): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(exactJsonText).join(",")}]`;
  const fields = Object.entries(value).flatMap(([key, field]) =>
    field === undefined ? [] : [`${JSON.stringify(key)}:${exactJsonText(field)}`],
  );
  return `{${fields.join(",")}}`;
}
