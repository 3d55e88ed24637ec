// The scalars at a path of a payload.

import { isArray, isObject } from "../../../model/json-value.js";
import type { JsonValue } from "../../../model/point.js";

/** The scalars at a path of metadata; of arrays on the way and at the end, those of each element. */
export function valuesAt(value: JsonValue, path: string): (string | number | boolean | null)[] {
  const keys = path.split(/(?<!\\)\./u).map((key) => key.replace(/\\(.)/gu, "$1"));
  return within(value, keys);
}

function within(value: JsonValue, keys: readonly string[]): (string | number | boolean | null)[] {
  if (isArray(value)) return value.flatMap((element) => within(element, keys));
  const [key, ...rest] = keys;
  if (!isObject(value)) return key === undefined ? [value] : [];
  if (key === undefined || !Object.hasOwn(value, key)) return [];
  return within(value[key]!, rest);
}
