// Writes of points and of their payload, one by one and in batches.

import type { PointInput } from "../../../model/point.js";
import type { UpsertOptions } from "../../../model/requests.js";
import { BodyFields } from "./body-fields.js";
import { decodeFilter } from "./decode-filter.js";
import { decodePath, decodePlace } from "./decode-path.js";
import {
  decodeDense,
  decodePayload,
  decodePoint,
  decodePointId,
  decodePointIds,
  decodeVectors,
} from "./decode-point.js";
import { decodeSelector } from "./decode-selectors.js";
import type { NamedCollection } from "./named-collection.js";
import { formatError } from "./request-errors.js";

/** A write of a decoded body. */
export type PointWrite = (body: unknown, place: string, target: NamedCollection) => Promise<unknown>;

/** `PointInsertOperations`: a list of points, or columns. */
export const upsertPoints: PointWrite = (body, place, { collection, context }) => {
  const { points, options } = BodyFields.read(body, place, (fields) => {
    fields.refuse("shard_key");
    const filter = fields.get("update_filter");
    const where =
      filter === undefined ? undefined : decodeFilter(filter, fields.place("update_filter"), context);
    return { points: decodeInput(fields), options: decodeMode(fields, where) };
  });
  return options === undefined ? collection.upsert(points) : collection.upsert(points, options);
};

function decodeInput(fields: BodyFields): PointInput[] {
  if (fields.has("batch")) return decodeBatch(fields.get("batch"), fields.place("batch"));
  const points = fields.list("points");
  if (points === undefined) throw formatError("", "either `points` or `batch` is expected");
  return points.map((point, i) => decodePoint(point, `${fields.place("points")}[${i}]`));
}

/** `Batch`: ids, vectors and payloads in columns. */
function decodeBatch(value: unknown, place: string): PointInput[] {
  return BodyFields.read(value, place, (fields) => {
    const ids = decodePointIds(fields.need("ids"), fields.place("ids"));
    const payloads = fields.list("payloads");
    const vectors = fields.need("vectors");
    const vectorsAt = vectorColumns(vectors, fields.place("vectors"), ids.length);
    if (payloads !== undefined && payloads.length !== ids.length)
      throw formatError(place, `number of ids (${ids.length}) and payloads (${payloads.length}) must match`);
    return ids.map((id, i) => ({
      id,
      ...vectorsAt(i),
      metadata: decodePayload(payloads?.[i] ?? undefined, `${fields.place("payloads")}[${i}]`),
    }));
  });
}

function vectorColumns(
  value: unknown,
  place: string,
  count: number,
): (i: number) => Pick<PointInput, "vector" | "vectors"> {
  const checked = (column: unknown, at: string): readonly unknown[] => {
    if (!Array.isArray(column) || column.length !== count)
      throw formatError(at, `number of ids (${count}) and vectors must match`);
    return column;
  };
  if (Array.isArray(value)) {
    const column = checked(value, place);
    return (i) => ({ vector: decodeDense(column[i], `${place}[${i}]`) });
  }
  if (typeof value !== "object" || value === null) throw formatError(place, "vectors are expected");
  const columns = Object.entries(value).map(
    ([name, column]) => [name, checked(column, `${place}.${name}`)] as const,
  );
  return (i) => decodeVectors(Object.fromEntries(columns.map(([name, column]) => [name, column[i]])), place);
}

function decodeMode(fields: BodyFields, where: UpsertOptions["where"]): UpsertOptions | undefined {
  const mode = fields.string("update_mode") ?? "upsert";
  const condition = where === undefined ? {} : { where };
  switch (mode) {
    case "upsert":
      return where === undefined ? undefined : condition;
    case "insert_only":
      return { ifAbsent: true, ...condition };
    case "update_only":
      return { ifPresent: true, ...condition };
    default:
      throw formatError(
        fields.place("update_mode"),
        `\`${mode}\` is not one of upsert, insert_only, update_only`,
      );
  }
}

/** `PointsSelector`. */
export const deletePoints: PointWrite = (body, place, { collection, context }) =>
  collection.delete(BodyFields.read(body, place, (fields) => decodeSelector(fields, context)));

/** `SetPayload`: the keys are written over the old ones. */
export const setPayload: PointWrite = (body, place, { collection, context }) => {
  const { target, payload, key } = decodePayloadChange(body, place, context);
  const at = key === undefined ? {} : { at: decodePath(key.path, key.place) };
  return collection.updateMetadata(target, { merge: payload, ...at });
};

/** The payload takes the place of the old one, or of what is at the key. */
export const overwritePayload: PointWrite = (body, place, { collection, context }) => {
  const { target, payload, key } = decodePayloadChange(body, place, context);
  if (key === undefined) return collection.updateMetadata(target, { set: payload });
  const { at, last } = decodePlace(key.path, key.place);
  const merge = Object.fromEntries([[last, payload]]);
  return collection.updateMetadata(target, { merge, ...(at === "" ? {} : { at }) });
};

function decodePayloadChange(body: unknown, place: string, context: NamedCollection["context"]) {
  return BodyFields.read(body, place, (fields) => {
    const key = fields.string("key");
    return {
      target: decodeSelector(fields, context),
      payload: decodePayload(fields.need("payload"), fields.place("payload")),
      key: key === undefined ? undefined : { path: key, place: fields.place("key") },
    };
  });
}

/** `DeletePayload`. */
export const deletePayload: PointWrite = (body, place, { collection, context }) => {
  const { target, unset } = BodyFields.read(body, place, (fields) => ({
    target: decodeSelector(fields, context),
    unset: stringsOf(fields, "keys").map((key, i) => decodePath(key, `${fields.place("keys")}[${i}]`)),
  }));
  return collection.updateMetadata(target, { unset });
};

/** Payload becomes empty. */
export const clearPayload: PointWrite = (body, place, { collection, context }) => {
  const target = BodyFields.read(body, place, (fields) => decodeSelector(fields, context));
  return collection.updateMetadata(target, { set: {} });
};

/** `UpdateVectors`. Points that are not there are passed over. */
export const updateVectors: PointWrite = (body, place, { collection }) =>
  collection.updateVectors(
    BodyFields.read(body, place, (fields) => {
      fields.refuse("shard_key", "update_filter");
      const points = fields.list("points");
      if (points === undefined) throw formatError(place, "missing field `points`");
      return points.map((point, i) =>
        BodyFields.read(point, `${fields.place("points")}[${i}]`, (one) => ({
          id: decodePointId(one.need("id"), one.place("id")),
          ...decodeVectors(one.need("vector"), one.place("vector")),
        })),
      );
    }),
  );

/** `DeleteVectors`: names of vectors, and whose they are. */
export const deleteVectors: PointWrite = (body, place, { collection, context }) => {
  const { target, names } = BodyFields.read(body, place, (fields) => ({
    names: stringsOf(fields, "vector"),
    target: decodeSelector(fields, context),
  }));
  return collection.deleteVectors(target, names);
};

function stringsOf(fields: BodyFields, name: string): string[] {
  return (fields.list(name) ?? []).map((value, i) => {
    if (typeof value !== "string") throw formatError(`${fields.place(name)}[${i}]`, "a string is expected");
    return value;
  });
}

/** The operations that a batch may have, by the name of their field. */
export const batchWrites: Readonly<Record<string, PointWrite>> = {
  upsert: upsertPoints,
  delete: deletePoints,
  set_payload: setPayload,
  overwrite_payload: overwritePayload,
  delete_payload: deletePayload,
  clear_payload: clearPayload,
  update_vectors: updateVectors,
  delete_vectors: deleteVectors,
};
