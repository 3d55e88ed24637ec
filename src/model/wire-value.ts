// Values of the interface as JSON text and back, for a client and a server of our own on either side: vectors as base64, and
// what JSON has no form for behind keys that begin with `$$`.
//
//   Float32Array → {"$$f32": base64, little-endian}    bigint → {"$$int": digits}      NaN, ±Infinity, -0 → {"$$num": text}
//   Date → {"$$date": milliseconds}                    undefined in an array → {"$$no": 0}
//   an object with a key that begins so → {"$$fields": [[key, value], …]}
//   what nothing can stand for, such as a function → {"$$other": what it is}

import { vectorSource } from "./decode-vector.js";
import { invalidInput, isPlainObject, showValue } from "./invalid-input.js";

const mark = "$$";
/** As deep as anything that a decoder lets through, and what stands around it. */
const depthMax = 200;

/** What stands for a function, a symbol or an instance of a class: every decoder refuses it. */
export class Unsendable {
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }
}

/** Writes a value. Throws OmenError `invalid`/`wrong_type` if it is nested too deeply, or within itself. */
export function encodeWireValue(value: unknown): string {
  return JSON.stringify(toWire(value, 0));
}

/** Reads what `encodeWireValue` has written. Throws OmenError `invalid`/`wrong_type` for anything else. */
export function decodeWireValue(text: string): unknown {
  try {
    return fromWire(JSON.parse(text));
  } catch (error) {
    throw invalidInput("wrong_type", "body", text, `JSON in OmenDB's own form is needed: ${String(error)}.`);
  }
}

function toWire(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $$num: numberText(value) };
    case "bigint":
      return { $$int: value.toString() };
    case "object":
      return value === null ? null : objectToWire(value, depth);
    case "undefined":
      return { $$no: 0 };
    case "string":
    case "boolean":
      return value;
    default:
      return { $$other: showValue(value) };
  }
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function objectToWire(value: object, depth: number): unknown {
  if (depth > depthMax) {
    throw invalidInput("wrong_type", "value", value, `At most ${depthMax} levels can be sent; flatten it.`);
  }
  if (value instanceof Float32Array) {
    return { $$f32: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
  }
  if (value instanceof Date) return { $$date: toWire(value.getTime(), depth) };
  if (Array.isArray(value)) return Array.from(value, (one: unknown) => toWire(one, depth + 1));
  const elements = vectorSource(value);
  // Whatever kind of array it is, an array of its elements is read the same.
  if (elements !== undefined && !isPlainObject(value))
    return Array.from(elements, (one) => toWire(one, depth + 1));
  if (!isPlainObject(value)) return { $$other: showValue(value) };
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([key, field]) => [key, toWire(field, depth + 1)] as const);
  return fields.some(([key]) => key.startsWith(mark)) ? { $$fields: fields } : Object.fromEntries(fields);
}

function fromWire(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromWire);
  const fields = Object.entries(value);
  const [only] = fields;
  if (fields.length === 1 && only![0].startsWith(mark)) return markedFromWire(only![0], only![1]);
  return Object.fromEntries(fields.map(([key, field]) => [key, fromWire(field)]));
}

function markedFromWire(key: string, value: unknown): unknown {
  if (key === "$$fields" && Array.isArray(value)) {
    // Each is a pair, as it was written; what is none fails in `fromEntries`.
    return Object.fromEntries((value as [string, unknown][]).map(([name, field]) => [name, fromWire(field)]));
  }
  if (key === "$$no") return undefined;
  if (key === "$$date") return new Date(Number(fromWire(value)));
  if (typeof value !== "string") throw new TypeError(`${key} stands before a text`);
  switch (key) {
    case "$$f32":
      return floatsOf(value);
    case "$$int":
      return BigInt(value);
    case "$$num":
      return Number(value);
    case "$$other":
      return new Unsendable(value);
    default:
      throw new TypeError(`${key} has no meaning`);
  }
}

/** A copy, because the bytes of a small buffer lie anywhere in a larger one. */
function floatsOf(base64: string): Float32Array {
  const bytes = new Uint8Array(Buffer.from(base64, "base64"));
  return new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2);
}
