// Decoding of ids. Integers have one form each: `number` where they are safe, `bigint` elsewhere. Reading and
// explaining are apart, so that good input never pays for the text of an error.

import type { OmenError } from "../base/omen-error.js";
import type { PointId } from "./point.js";
import { invalidInput, tooMany } from "./invalid-input.js";
import { limits } from "./limits.js";

const bigintMin = -(2n ** 63n);
const bigintMax = 2n ** 64n - 1n;

/** The id in its one form, or `undefined` if it is not an id: `idError` says why. */
export function readId(value: unknown): PointId | undefined {
  if (typeof value === "string")
    return utf8Length(value) <= limits.idBytesMax && value !== "" ? value : undefined;
  // Adding 0 turns -0 into 0.
  if (typeof value === "number") return Number.isSafeInteger(value) ? value + 0 : undefined;
  if (typeof value !== "bigint" || value < bigintMin || value > bigintMax) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Why `value` is not an id: `id_type`, `id_range`, `id_empty`, `id_too_long` or `id_malformed`. */
export function idError(value: unknown, field: string): OmenError {
  switch (typeof value) {
    case "number":
      return invalidInput("id_range", field, value, "A safe integer is needed; pass greater ones as bigint.");
    case "bigint":
      return invalidInput("id_range", field, value, "An integer from -2^63 to 2^64 - 1 is needed.");
    case "string":
      return textError(value, field);
    default:
      return invalidInput("id_type", field, value, "A string, a safe integer or a bigint is needed.");
  }
}

function textError(text: string, field: string): OmenError {
  if (text === "") return invalidInput("id_empty", field, text, "A string of at least one byte is needed.");
  if (utf8Length(text) === Number.POSITIVE_INFINITY && text.length <= limits.idBytesMax) {
    return invalidInput(
      "id_malformed",
      field,
      text,
      "Half of a surrogate pair has no UTF-8 form; remove it.",
    );
  }
  const message = `At most ${limits.idBytesMax} UTF-8 bytes are allowed; shorten the id or use a hash of it.`;
  return invalidInput("id_too_long", field, text, message);
}

/** UTF-8 bytes of a text, or infinity if it holds half of a surrogate pair or is far over the limit. */
function utf8Length(text: string): number {
  // Every unit takes at least a byte, so a longer text need not be walked.
  if (text.length > limits.idBytesMax) return Number.POSITIVE_INFINITY;
  let byteCount = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    byteCount += unit < 0x800 ? 1 : 2;
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(i + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return Number.POSITIVE_INFINITY;
    // The pair takes four bytes: two units counted at the start and two bytes above.
    i++;
  }
  return byteCount;
}

/** Decodes one id, or throws what `idError` says. */
export function decodeId(value: unknown, field: string): PointId {
  const id = readId(value);
  if (id === undefined) throw idError(value, field);
  return id;
}

/** Decodes an array of ids. */
export function decodeIds(value: unknown, field: string): PointId[] {
  if (!Array.isArray(value)) throw invalidInput("wrong_type", field, value, "An array of ids is needed.");
  if (value.length > limits.pointsMax) throw tooMany(field, value, limits.pointsMax);
  const ids: PointId[] = [];
  for (let i = 0; i < value.length; i++) {
    const id = readId(value[i]);
    if (id === undefined) throw idError(value[i], `${field}[${i}]`);
    ids.push(id);
  }
  return ids;
}
