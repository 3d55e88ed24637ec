// Performs a planned write of the crash test on a collection.

import type { Collection, ColumnsInput, PointInput, PointSelector } from "omendb";
import { shapeOfName, type PlannedField, type PlannedPoint, type Target, type Write } from "./crash-plan.js";

/** What an operation said it did: points inserted and points replaced, or points touched and 0. */
export type Outcome = readonly [number, number];

/** Writes points. */
export async function perform(collection: Collection, write: Write): Promise<Outcome> {
  switch (write.kind) {
    case "upsert": {
      const { fields } = shapeOfName(collection.name);
      const points =
        write.form === "points"
          ? write.points.map((point) => pointInput(point, fields))
          : columnsInput(write.points, fields);
      const { inserted, replaced } = await collection.upsert(points);
      return [inserted, replaced];
    }
    case "delete":
      return [(await collection.delete(selectorOf(write.target))).deleted, 0];
    case "update":
      return [(await collection.updateMetadata(selectorOf(write.target), write.change)).updated, 0];
    default:
      return write satisfies never;
  }
}

function selectorOf(target: Target): PointSelector {
  return target.kind === "ids" ? target.ids : { filter: { shelf: target.shelf } };
}

function pointInput({ id, vectors, metadata }: PlannedPoint, fields: readonly PlannedField[]): PointInput {
  const [first] = vectors;
  if (fields[0]!.name === "") return { id, vector: first!, metadata };
  const named = fields.flatMap(({ name }, f) =>
    vectors[f] === undefined ? [] : [[name, vectors[f]] as const],
  );
  return { id, vectors: Object.fromEntries(named), metadata };
}

function columnsInput(points: readonly PlannedPoint[], fields: readonly PlannedField[]): ColumnsInput {
  const ids = points.map((point) => point.id);
  const metadata = points.map((point) => point.metadata);
  const columns = fields.map((field, f) => [field, columnOf(points, f, field.dimension)] as const);
  const [only] = columns;
  if (only![0].name === "") return { ids, vectors: only![1]!, metadata };
  const named = columns.flatMap(([{ name }, column]) =>
    column === undefined ? [] : [[name, column] as const],
  );
  return { ids, vectors: Object.fromEntries(named), metadata };
}

function columnOf(
  points: readonly PlannedPoint[],
  field: number,
  dimension: number,
): Float32Array | undefined {
  if (points[0]?.vectors[field] === undefined) return undefined;
  const column = new Float32Array(points.length * dimension);
  for (const [i, { vectors }] of points.entries()) column.set(vectors[field]!, i * dimension);
  return column;
}
