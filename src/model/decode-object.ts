// Decoding of the parts that every request is made of: objects with known fields, numbers in a range, choices.

import { invalidInput, isPlainObject } from "./invalid-input.js";

/** Fields of an object that came from outside: known by name, of unknown value. */
export type Fields<Name extends string> = { readonly [K in Name]?: unknown };

/**
 * Checks that `value` is a plain object without other fields than `names`. Throws `wrong_type` or `unknown_field`.
 * A field whose value is `undefined` counts as absent.
 */
export function decodeFields<Name extends string>(
  value: unknown,
  field: string,
  names: readonly Name[],
): Fields<Name> {
  if (!isPlainObject(value))
    throw invalidInput("wrong_type", field || "request", value, "An object is needed.");
  for (const name of Object.keys(value)) {
    if (!(names as readonly string[]).includes(name)) throw unknownField(value, { field, name, names });
  }
  // Every own key is one of `names`, so the object has exactly this shape; its values are still unknown.
  return value as Fields<Name>;
}

function unknownField(
  value: { readonly [key: string]: unknown },
  {
    field,
    name,
    names,
  }: { readonly field: string; readonly name: string; readonly names: readonly string[] },
): Error {
  const message = `There is no such field; the fields are ${names.join(", ")}.`;
  return invalidInput("unknown_field", within(field, name), value[name], message);
}

/** Reads a field whose name the caller chose: `constructor` must not be read from the prototype. */
export function ownField(fields: { readonly [name: string]: unknown }, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The path of a field inside an object: `index.maxDegree`, or the name alone at the top. */
export function within(field: string, name: string): string {
  return field === "" ? name : `${field}.${name}`;
}

/** A range of integers, both ends included, and the value for an absent field. */
export interface IntegerRange {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/** Decodes an optional integer. Throws `wrong_type` or `out_of_range`. */
export function decodeInteger(value: unknown, field: string, { min, max, fallback }: IntegerRange): number {
  if (value === undefined) return fallback;
  const wanted = `An integer from ${min} to ${max} is needed.`;
  if (typeof value !== "number") throw invalidInput("wrong_type", field, value, wanted);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalidInput("out_of_range", field, value, wanted);
  }
  return value;
}

/** Decodes an optional boolean; an absent one is false. */
export function decodeBoolean(value: unknown, field: string): boolean {
  if (value === undefined) return false;
  if (typeof value !== "boolean") throw invalidInput("wrong_type", field, value, "true or false is needed.");
  return value;
}

/** Decodes an optional choice of strings. Throws `wrong_type` or `unknown_value`. */
export function decodeChoice<Choice extends string>(
  value: unknown,
  field: string,
  { choices, fallback }: { readonly choices: readonly Choice[]; readonly fallback: Choice },
): Choice {
  if (value === undefined) return fallback;
  const wanted = `One of ${choices.map((choice) => `"${choice}"`).join(", ")} is needed.`;
  if (typeof value !== "string") throw invalidInput("wrong_type", field, value, wanted);
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw invalidInput("unknown_value", field, value, wanted);
  return found;
}

/** Decodes an array of strings. */
export function decodeStrings(value: unknown, field: string): readonly string[] {
  if (!Array.isArray(value)) throw invalidInput("wrong_type", field, value, "An array of strings is needed.");
  return Array.from(value, (text: unknown, i) => {
    if (typeof text === "string") return text;
    throw invalidInput("wrong_type", `${field}[${i}]`, text, "A string is needed.");
  });
}
