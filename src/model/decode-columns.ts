// Decoding of the column form of points: ids, vectors and metadata as arrays of equal length.

import type { ResolvedVectorField } from "./collection-config.js";
import type { DecodedPoint } from "./decode-points.js";
import { limits, pointsBetweenPauses } from "./limits.js";
import { decodeFields, ownField } from "./decode-object.js";
import { idError, readId } from "./decode-id.js";
import {
  componentError,
  copyComponents,
  isFinitePart,
  isZeroPart,
  vectorSource,
  type VectorSource,
} from "./decode-vector.js";
import { metadataError, readMetadata } from "./decode-metadata.js";
import { invalidInput, tooMany } from "./invalid-input.js";
import { missingOrBad, namedFieldError, namesOf } from "./vector-field-errors.js";
import { VectorRoom } from "./vector-room.js";

/** Decodes columns; see `ColumnsInput`. Pauses as `decodePoints` does. */
export function* decodeColumns(
  value: { readonly [key: string]: unknown },
  fields: readonly ResolvedVectorField[],
): Generator<void, DecodedPoint[]> {
  const { ids, vectors, metadata } = decodeFields(value, "", ["ids", "vectors", "metadata"]);
  if (!Array.isArray(ids)) throw invalidInput("wrong_type", "ids", ids, "An array of ids is needed.");
  if (metadata !== undefined && !Array.isArray(metadata)) {
    throw invalidInput("wrong_type", "metadata", metadata, "An array with one object an id is needed.");
  }
  const count = ids.length;
  if (count > limits.pointsMax) throw tooMany("ids", ids, limits.pointsMax);
  if (metadata !== undefined && metadata.length !== count) {
    const message = `There must be one a id: ids has ${count}, metadata has ${metadata.length}.`;
    throw invalidInput("columns_length", "metadata", metadata, message);
  }
  const columns = openColumns(vectors, fields, count);
  const points: DecodedPoint[] = [];
  for (let i = 0; i < count; i++) {
    const id = readId(ids[i]);
    if (id === undefined) throw idError(ids[i], `ids[${i}]`);
    const text = readMetadata(metadata?.[i]);
    if (text === undefined) throw metadataError(metadata?.[i], `metadata[${i}]`);
    points.push({ id, metadata: text, vectors: readRow(columns, i) });
    if (i % pointsBetweenPauses === pointsBetweenPauses - 1) yield;
  }
  return points;
}

function readRow(columns: readonly (VectorColumn | undefined)[], i: number): (Float32Array | undefined)[] {
  const [only] = columns;
  return columns.length === 1 ? [only?.read(i)] : columns.map((column) => column?.read(i));
}

function openColumns(
  vectors: unknown,
  fields: readonly ResolvedVectorField[],
  count: number,
): (VectorColumn | undefined)[] {
  const [only] = fields;
  if (only !== undefined && only.name === "") return [openColumn(vectors, "vectors", only, count)];
  if (vectorSource(vectors) !== undefined) throw namedFieldError(vectors, "vectors", fields);
  const given = decodeFields(vectors, "vectors", namesOf(fields));
  return fields.map((field) => {
    const source = ownField(given, field.name);
    return source === undefined ? undefined : openColumn(source, `vectors.${field.name}`, field, count);
  });
}

function openColumn(value: unknown, field: string, config: ResolvedVectorField, count: number): VectorColumn {
  const source = vectorSource(value);
  if (source === undefined) throw missingOrBad(value, field, config);
  const wanted = count * config.dimension;
  if (source.length !== wanted) {
    const message = `${count} ids of ${config.dimension} components need ${wanted} numbers, not ${source.length}.`;
    throw invalidInput("columns_length", field, value, message);
  }
  return new VectorColumn(source, field, config);
}

/**
 * The vectors of one field as one array. Where that is a Float32Array of ordinary memory its parts are used as they
 * are, without a copy, which is why callers must leave it alone until their promise settles.
 */
class VectorColumn {
  readonly #source: VectorSource;
  readonly #field: string;
  readonly #config: ResolvedVectorField;
  readonly #room: VectorRoom;

  constructor(source: VectorSource, field: string, config: ResolvedVectorField) {
    this.#source = source;
    this.#field = field;
    this.#config = config;
    this.#room = new VectorRoom(config.dimension);
  }

  read(i: number): Float32Array {
    const { dimension, metric } = this.#config;
    const sourceOffset = i * dimension;
    const vector = this.#view(sourceOffset);
    if (vector === undefined || (metric === "cosine" && isZeroPart(vector, 0, dimension))) {
      throw componentError(this.#source, sourceOffset, this.#field, this.#config);
    }
    return vector;
  }

  #view(sourceOffset: number): Float32Array | undefined {
    const { dimension } = this.#config;
    if (this.#source instanceof Float32Array && !(this.#source.buffer instanceof SharedArrayBuffer)) {
      const view = this.#source.subarray(sourceOffset, sourceOffset + dimension);
      return isFinitePart(view, 0, dimension) ? view : undefined;
    }
    const target = this.#room.take();
    const span = { sourceOffset, targetOffset: 0, length: dimension };
    return copyComponents(this.#source, target, span) ? target : undefined;
  }
}
