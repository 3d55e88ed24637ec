// Decoding of what `upsert` takes: an array of points, or columns. Both become the same points. The work is a
// generator that pauses every few points, so that its caller can let the event loop turn; each pause is a chance,
// not a duty.

import type { PointId } from "./point.js";
import type { ResolvedVectorField } from "./collection-config.js";
import { decodeFields, ownField } from "./decode-object.js";
import { idError, readId } from "./decode-id.js";
import { readVectorInto, vectorError } from "./decode-vector.js";
import { decodeColumns } from "./decode-columns.js";
import { metadataError, readMetadata } from "./decode-metadata.js";
import { invalidInput, isPlainObject, tooMany } from "./invalid-input.js";
import { limits, pointsBetweenPauses } from "./limits.js";
import { missingOrBad, namedFieldError, namesOf, unnamedFieldError } from "./vector-field-errors.js";
import { VectorRoom } from "./vector-room.js";

/** A point whose parts are known to be right. Its vectors are in the order of the collection's fields. */
export interface DecodedPoint {
  readonly id: PointId;
  /** JSON text. */
  readonly metadata: string;
  readonly vectors: readonly (Float32Array | undefined)[];
}

type VectorFields = readonly ResolvedVectorField[];

/** Decodes points or columns for a collection of these vector fields. Throws OmenError invalid for the first fault. */
export function* decodePoints(value: unknown, fields: VectorFields): Generator<void, DecodedPoint[]> {
  if (Array.isArray(value)) return yield* decodeRows(value, fields);
  if (isPlainObject(value)) return yield* decodeColumns(value, fields);
  throw invalidInput(
    "wrong_type",
    "points",
    value,
    "An array of points, or an object of columns, is needed.",
  );
}

function* decodeRows(rows: readonly unknown[], fields: VectorFields): Generator<void, DecodedPoint[]> {
  if (rows.length > limits.pointsMax) throw tooMany("points", rows, limits.pointsMax);
  const rooms = fields.map((field) => new VectorRoom(field.dimension));
  const points: DecodedPoint[] = [];
  // The caller may change the array during a pause; what is read then is decoded like the rest.
  for (let i = 0; i < rows.length; i++) {
    points.push(decodePoint(rows[i], i, fields, rooms));
    if (i % pointsBetweenPauses === pointsBetweenPauses - 1) yield;
  }
  return points;
}

const pointFields = ["id", "vector", "vectors", "metadata"] as const;

function decodePoint(
  value: unknown,
  i: number,
  fields: VectorFields,
  rooms: readonly VectorRoom[],
): DecodedPoint {
  if (!isPlainObject(value) || !hasOnlyPointFields(value)) {
    decodeFields(value, `points[${i}]`, pointFields);
    throw invalidInput("wrong_type", `points[${i}]`, value, "A plain object is needed.");
  }
  const id = readId(value["id"]);
  if (id === undefined) throw idError(value["id"], `points[${i}].id`);
  const metadata = readMetadata(value["metadata"]);
  if (metadata === undefined) throw metadataError(value["metadata"], `points[${i}].metadata`);
  return { id, metadata, vectors: decodeVectors(value, i, fields, rooms) };
}

function hasOnlyPointFields(value: { readonly [key: string]: unknown }): boolean {
  for (const name in value) {
    if (name !== "id" && name !== "vector" && name !== "metadata" && name !== "vectors") return false;
  }
  return true;
}

function decodeVectors(
  point: { readonly [key: string]: unknown },
  i: number,
  fields: VectorFields,
  rooms: readonly VectorRoom[],
): (Float32Array | undefined)[] {
  const { vector, vectors } = point;
  const [only] = fields;
  const [room] = rooms;
  if (only !== undefined && room !== undefined && only.name === "") {
    if (vectors !== undefined) throw unnamedFieldError(vectors, `points[${i}].vectors`);
    const target = room.take();
    if (readVectorInto(vector, target, 0, only)) return [target];
    throw missingOrBad(vector, `points[${i}].vector`, only);
  }
  if (vector !== undefined) throw namedFieldError(vector, `points[${i}].vector`, fields);
  if (vectors === undefined) return fields.map(() => undefined);
  const given = decodeFields(vectors, `points[${i}].vectors`, namesOf(fields));
  return fields.map((field, f) => {
    const source = ownField(given, field.name);
    if (source === undefined) return undefined;
    const target = rooms[f]!.take();
    if (!readVectorInto(source, target, 0, field))
      throw vectorError(source, `points[${i}].vectors.${field.name}`, field);
    return target;
  });
}
