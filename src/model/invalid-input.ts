// How decoders refuse input: one shape of error and one way to show the value that was received.

import { OmenError } from "../base/omen-error.js";

const shownLengthMax = 80;

/** The error for bad input. `message` says the limit and the fix; field and received value are put before it. */
export function invalidInput(code: string, field: string, received: unknown, message: string): OmenError {
  const shown = showValue(received);
  return new OmenError("invalid", code, `${field}: ${message} Received ${shown}.`, {
    field,
    received: shown,
  });
}

/** The error for more points, ids or searches than one call takes. */
export function tooMany(field: string, received: readonly unknown[], countMax: number): OmenError {
  return invalidInput(
    "out_of_range",
    field,
    received,
    `At most ${countMax} are taken in one call; split it.`,
  );
}

/** A short text for any value; never throws and never runs code of the value's own. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > shownLengthMax ? `${value.slice(0, shownLengthMax)}…` : value);
    case "bigint":
      return `${shortened(value.toString())}n`;
    case "function":
      return "a function";
    case "object":
      return showObject(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    default:
      return String(value);
  }
}

function showObject(value: object | null): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a typed array of ${value.byteLength} bytes`;
  return isPlainObject(value) ? `an object with ${shownKeys(value)}` : "an instance of a class";
}

function shownKeys(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return "no fields";
  return shortened(`the fields ${keys.slice(0, 5).join(", ")}${keys.length > 5 ? ", …" : ""}`);
}

function shortened(text: string): string {
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text;
}

/**
 * True for objects that are only fields: `{}`, `Object.create(null)`, what `JSON.parse` makes; also those of another
 * realm, whose `Object.prototype` is another one.
 */
export function isPlainObject(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && !Array.isArray(value);
}
