// Points as Qdrant's clients get them: floats in their shortest text, cosine vectors normalised.

import type { ResolvedCollectionConfig } from "../../../model/collection-config.js";
import type { Point, PointId } from "../../../model/point.js";
import type { Hit } from "../../../model/requests.js";
import type { ExactJson } from "../../../model/exact-json.js";
import { shortestFloat32 } from "../../float-text.js";
import type { DecodedInclude } from "./decode-selectors.js";

/** What the form of a point depends on beside itself. */
export interface PointForm extends Pick<DecodedInclude, "vectorNames"> {
  readonly config: ResolvedCollectionConfig;
}

/** `Record`. Without payload asked for there is no payload, which is not an empty one. */
export function encodeRecord(point: Point, form: PointForm): { readonly [key: string]: ExactJson } {
  return { id: encodeId(point.id), payload: point.metadata, vector: encodeVectors(point, form) };
}

/** `ScoredPoint`. Versions of points are not kept: it is always 0. */
export function encodeHit(hit: Hit, form: PointForm): { readonly [key: string]: ExactJson } {
  const { id, ...rest } = encodeRecord(hit, form);
  return { id, version: 0, score: shortestFloat32(hit.score), ...rest };
}

export function encodeId(id: PointId): ExactJson {
  return id;
}

function encodeVectors({ vector, vectors }: Point, { config, vectorNames }: PointForm): ExactJson {
  if (vector !== undefined) return encodeVector(vector, config, "");
  if (vectors === undefined) return undefined;
  const wanted = Object.entries(vectors).filter(([name]) => vectorNames?.includes(name) ?? true);
  return Object.fromEntries(wanted.map(([name, one]) => [name, encodeVector(one, config, name)]));
}

/** Qdrant keeps vectors that are compared by cosine as unit vectors, and gives them back so. */
function encodeVector(vector: Float32Array, { fields }: ResolvedCollectionConfig, name: string): number[] {
  const isCosine = fields.find((field) => field.name === name)?.metric === "cosine";
  const scale = isCosine ? 1 / Math.hypot(...vector) : 1;
  return Array.from(vector, (component) => shortestFloat32(component * scale));
}
