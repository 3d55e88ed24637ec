// The naive model of a collection, for the crash test: what each operation makes of it, and how it differs from what a
// database holds.

import { isDeepStrictEqual } from "node:util";
import type { JsonValue, Metadata, MetadataChange, Point, PointId } from "omendb";
import type { Outcome } from "./crash-perform.js";
import { shapeOfName, type PlannedField, type PlannedPoint, type Target, type Write } from "./crash-plan.js";

/** Points by `keyOf` their id. */
export type ModelPoints = Map<string, PlannedPoint>;

/** A text for an id that no other id has: `5` and `5n` are the same, `5` and `"5"` are not. */
export function keyOf(id: PointId): string {
  return typeof id === "string" ? `"${id}` : String(id);
}

/** Applies a write; returns what the database should say of it. */
export function applyWrite(points: ModelPoints, write: Write): Outcome {
  switch (write.kind) {
    case "upsert":
      return upsert(points, write.points);
    case "delete": {
      const keys = select(points, write.target);
      for (const key of keys) points.delete(key);
      return [keys.size, 0];
    }
    case "update": {
      const keys = select(points, write.target);
      for (const key of keys) {
        const point = points.get(key)!;
        points.set(key, { ...point, metadata: changed(point.metadata, write.change) });
      }
      return [keys.size, 0];
    }
    default:
      return write satisfies never;
  }
}

function upsert(points: ModelPoints, written: readonly PlannedPoint[]): Outcome {
  const keys = new Set(written.map((point) => keyOf(point.id)));
  let replaced = 0;
  for (const key of keys) if (points.has(key)) replaced++;
  for (const point of written) points.set(keyOf(point.id), point);
  return [keys.size - replaced, replaced];
}

/** Keys of the selected points that exist. */
function select(points: ModelPoints, target: Target): Set<string> {
  if (target.kind === "ids") return new Set(target.ids.map(keyOf).filter((key) => points.has(key)));
  return new Set([...points.keys()].filter((key) => points.get(key)!.metadata["shelf"] === target.shelf));
}

function changed(metadata: Metadata, change: MetadataChange): Metadata {
  if ("set" in change) return change.set;
  const result: Record<string, JsonValue> = { ...metadata, ...change.merge };
  for (const key of change.unset ?? []) delete result[key];
  return result;
}

const differencesMax = 5;

/** How points that were read differ from the model: the first few differences as texts; none if all bits agree. */
export function differences(name: string, found: readonly Point[], expected: ModelPoints): string[] {
  const { fields } = shapeOfName(name);
  const result: string[] = [];
  const seen = new Set<string>();
  for (const point of found) {
    const key = keyOf(point.id);
    const wanted = expected.get(key);
    if (seen.has(key)) result.push(`${key} is there twice`);
    else if (wanted === undefined) result.push(`${key} should not be there`);
    else result.push(...pointDifferences(key, point, wanted, fields));
    seen.add(key);
    if (result.length >= differencesMax) return result;
  }
  for (const key of expected.keys()) if (!seen.has(key)) result.push(`${key} is missing`);
  return result.slice(0, differencesMax);
}

function pointDifferences(
  key: string,
  found: Point,
  expected: PlannedPoint,
  fields: readonly PlannedField[],
): string[] {
  const result: string[] = [];
  if (typeof found.id !== typeof normalised(expected.id))
    result.push(`${key} has an id of type ${typeof found.id}`);
  for (const [f, { name }] of fields.entries()) {
    const vector = name === "" ? found.vector : found.vectors?.[name];
    if (!sameBits(vector, expected.vectors[f]))
      result.push(`${key} has another vector ${JSON.stringify(name)}`);
  }
  if (!sameMetadata(found.metadata, expected.metadata)) {
    const texts = [found.metadata, expected.metadata].map((metadata) =>
      JSON.stringify(metadata).slice(0, 200),
    );
    result.push(`${key} has metadata ${texts.join(" instead of ")}`);
  }
  return result;
}

/** Integers come back as numbers where they are safe. */
function normalised(id: PointId): PointId {
  return typeof id === "bigint" && Number.isSafeInteger(Number(id)) ? Number(id) : id;
}

/** `Object.is` tells zeros of different signs apart, and a stored vector holds no NaN. */
function sameBits(a: Float32Array | undefined, b: Float32Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Texts are compared first, because that is faster. */
function sameMetadata(a: Metadata | undefined, b: Metadata): boolean {
  return JSON.stringify(a) === JSON.stringify(b) || isDeepStrictEqual(a, b);
}
