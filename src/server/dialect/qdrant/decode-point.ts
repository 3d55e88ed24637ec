// Points and ids as Qdrant writes them. Vectors go through as they are: the database reads each once, into floats.

import type { PointId, PointInput, VectorInput } from "../../../model/point.js";
import { isPlainObject } from "../../../model/invalid-input.js";
import { BodyFields } from "./body-fields.js";
import { formatError } from "./request-errors.js";

const uuid =
  /^(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/iu;

/** An id: an unsigned 64-bit integer, or a UUID in any of its forms, which are one id. */
export function decodePointId(value: unknown, place: string): PointId {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === "bigint" && value >= 0n && value < 2n ** 64n) return value;
  const parts = typeof value === "string" ? uuid.exec(value) : null;
  if (parts !== null) return parts.slice(1).join("-").toLowerCase();
  const shown = typeof value === "string" ? `"${value.slice(0, 80)}"` : String(value);
  throw formatError(
    place,
    `value ${shown} is not a valid point ID, valid values are either an unsigned integer or a UUID`,
  );
}

/** An id in a path. */
export function decodePathId(text: string): PointId {
  return decodePointId(/^\d{1,20}$/u.test(text) ? BigInt(text) : text, "id");
}

export function decodePointIds(value: unknown, place: string): PointId[] {
  if (!Array.isArray(value)) throw formatError(place, "an array of point IDs is expected");
  return value.map((id, i) => decodePointId(id, `${place}[${i}]`));
}

/** `PointStruct`. */
export function decodePoint(value: unknown, place: string): PointInput {
  return BodyFields.read(value, place, (fields) => ({
    id: decodePointId(fields.need("id"), fields.place("id")),
    ...decodeVectors(fields.need("vector"), fields.place("vector")),
    metadata: decodePayload(fields.get("payload"), fields.place("payload")),
  }));
}

/** `VectorStruct`: one unnamed vector, or named ones. */
export function decodeVectors(value: unknown, place: string): Pick<PointInput, "vector" | "vectors"> {
  if (isPlainObject(value)) {
    const named = Object.entries(value).map(
      ([name, vector]) => [name, decodeDense(vector, `${place}.${name}`)] as const,
    );
    // The unnamed vector may also be written under an empty name.
    if (named.length === 1 && named[0]![0] === "") return { vector: named[0]![1] };
    return named.length === 0 ? {} : { vectors: Object.fromEntries(named) };
  }
  return { vector: decodeDense(value, place) };
}

/** A dense vector: its components are checked where they are read. */
export function decodeDense(value: unknown, place: string): VectorInput {
  if (!Array.isArray(value))
    throw formatError(
      place,
      "a dense vector is expected: sparse vectors and inference are not supported yet",
    );
  if (Array.isArray(value[0])) throw formatError(place, "multivectors are not supported yet");
  // What JSON gave: numbers, large integers among them, or else the database says what they are.
  const components = value as VectorInput;
  return hasBigint(value) ? Array.from(components, Number) : components;
}

function hasBigint(values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i++) if (typeof values[i] === "bigint") return true;
  return false;
}

/** Payload. Integers beyond 2^53 become the nearest 64-bit floats, as they do in JavaScript. */
export function decodePayload(value: unknown, place: string): NonNullable<PointInput["metadata"]> {
  if (value === undefined) return {};
  if (!isPlainObject(value)) throw formatError(place, "an object is expected");
  // What JSON gave, and numbers again: the database checks it in any case.
  return withoutBigints(value) as NonNullable<PointInput["metadata"]>;
}

/** The value itself where there is none, which is nearly always. */
function withoutBigints(value: unknown): unknown {
  return holdsBigint(value) ? copyWithoutBigints(value) : value;
}

function holdsBigint(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "bigint";
  return Object.values(value).some(holdsBigint);
}

function copyWithoutBigints(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(copyWithoutBigints);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copyWithoutBigints(field)]));
}
