// Decoding of changes of vectors: new ones for points that stay, and which named ones go.

import type { ResolvedVectorField } from "./collection-config.js";
import { decodeFields, decodeStrings } from "./decode-object.js";
import { type DecodedPoint, decodePoints } from "./decode-points.js";
import { invalidInput } from "./invalid-input.js";
import { pointsBetweenPauses } from "./limits.js";
import type { VectorUpdate } from "./requests.js";
import { namesOf } from "./vector-field-errors.js";

const updateFields: readonly (keyof VectorUpdate)[] = ["id", "vector", "vectors"];

/** New vectors of a point, in the order of the fields; `undefined` where the old one stays. */
export type DecodedVectorUpdate = Pick<DecodedPoint, "id" | "vectors">;

/** Decodes new vectors: points without metadata, each with at least one vector. */
export function* decodeVectorUpdates(
  value: unknown,
  fields: readonly ResolvedVectorField[],
): Generator<void, DecodedVectorUpdate[]> {
  if (!Array.isArray(value))
    throw invalidInput("wrong_type", "points", value, "An array of points is needed.");
  for (let i = 0; i < value.length; i++) {
    const { vector, vectors } = decodeFields(value[i], `points[${i}]`, updateFields);
    if (vector === undefined && vectors === undefined)
      throw invalidInput("missing_field", `points[${i}]`, value[i], "A vector is needed.");
    if (i % pointsBetweenPauses === 0) yield;
  }
  return yield* decodePoints(value, fields);
}

/** Decodes the names of vectors that go, as places in the configuration. An unnamed vector cannot go without its point. */
export function decodeVectorNames(value: unknown, fields: readonly ResolvedVectorField[]): Set<number> {
  const names = decodeStrings(value, "names");
  const known = namesOf(fields);
  return new Set(
    names.map((name, i) => {
      const field = name === "" ? -1 : known.indexOf(name);
      if (field >= 0) return field;
      const message =
        known[0] === ""
          ? "The vector of this collection has no name and goes with its point; use delete()."
          : `The vector fields of this collection are ${known.join(", ")}.`;
      throw invalidInput("vector_field", `names[${i}]`, name, message);
    }),
  );
}
