// Errors about which vector fields a point may have, shared by the two forms of points.

import type { OmenError } from "../base/omen-error.js";
import type { ResolvedVectorField } from "./collection-config.js";
import { vectorError } from "./decode-vector.js";
import { invalidInput } from "./invalid-input.js";

/** Why a vector that must be there is refused: `missing_field`, or what `vectorError` says. */
export function missingOrBad(value: unknown, field: string, config: ResolvedVectorField): OmenError {
  if (value !== undefined) return vectorError(value, field, config);
  return invalidInput("missing_field", field, value, `A vector of ${config.dimension} components is needed.`);
}

/** The error for named vectors given to a collection with one unnamed field. */
export function unnamedFieldError(value: unknown, field: string): OmenError {
  return invalidInput(
    "vector_field",
    field,
    value,
    `This collection has one unnamed field; pass it as "vector".`,
  );
}

/** The error for an unnamed vector given to a collection with named fields. */
export function namedFieldError(
  value: unknown,
  field: string,
  fields: readonly ResolvedVectorField[],
): OmenError {
  const message = `The vector fields of this collection are ${namesOf(fields).join(", ")}; pass them in "vectors".`;
  return invalidInput("vector_field", field, value, message);
}

/** Names of fields, in their order. */
export function namesOf(fields: readonly ResolvedVectorField[]): string[] {
  return fields.map((field) => field.name);
}
