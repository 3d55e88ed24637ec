// Names of collections and of vector fields. A collection's name is never used as a path.

import { invalidInput } from "./invalid-input.js";
import { limits } from "./limits.js";

// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;
const fieldName = /^[A-Za-z0-9_-]+$/;

/** Decodes the name of a collection: 1 to 255 characters, no control characters, no lone surrogates. */
export function decodeCollectionName(value: unknown): string {
  const wanted = `A name of 1 to ${limits.collectionNameLengthMax} characters without control characters is needed.`;
  if (typeof value !== "string") throw invalidInput("wrong_type", "name", value, wanted);
  const isLengthGood = value.length >= 1 && value.length <= limits.collectionNameLengthMax;
  if (!isLengthGood || controlCharacter.test(value) || !isWellFormed(value)) {
    throw invalidInput("collection_name", "name", value, wanted);
  }
  return value;
}

/** Checks the name of a vector field: 1 to 64 characters of A-Z, a-z, 0-9, `_` and `-`. */
export function checkFieldName(name: string, field: string): void {
  if (name.length <= limits.fieldNameLengthMax && fieldName.test(name)) return;
  const wanted = `A name of 1 to ${limits.fieldNameLengthMax} characters of A-Z, a-z, 0-9, "_" and "-" is needed.`;
  throw invalidInput("field_name", field, name, wanted);
}

/** False if the text holds a surrogate without its partner, which no UTF-8 text can stand for. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
