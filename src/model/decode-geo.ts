// Decoding of the operands of `$geoRadius`, `$geoBox` and `$geoPolygon`: places in degrees, and a radius in meters.

import type { GeoPoint } from "./filter.js";
import type { GeoTest } from "./filter-tree.js";
import { decodeFields, within } from "./decode-object.js";
import { invalidInput, isPlainObject } from "./invalid-input.js";
import { limits } from "./limits.js";

/** Decodes `{ center, radiusMeters }`. */
export function decodeGeoRadius(value: unknown, field: string): GeoTest {
  const { center, radiusMeters } = decodeFields(value, field, ["center", "radiusMeters"]);
  const radiusField = within(field, "radiusMeters");
  if (typeof radiusMeters !== "number" || !(radiusMeters >= 0 && radiusMeters < Number.POSITIVE_INFINITY)) {
    throw invalidInput(
      "filter_value",
      radiusField,
      radiusMeters,
      "A number of meters, 0 or more, is needed.",
    );
  }
  return { kind: "radius", center: decodePlace(center, within(field, "center")), radiusMeters };
}

/** Decodes `{ topLeft, bottomRight }`. */
export function decodeGeoBox(value: unknown, field: string): GeoTest {
  const given = decodeFields(value, field, ["topLeft", "bottomRight"]);
  const topLeft = decodePlace(given.topLeft, within(field, "topLeft"));
  const bottomRight = decodePlace(given.bottomRight, within(field, "bottomRight"));
  if (topLeft.lat >= bottomRight.lat) return { kind: "box", topLeft, bottomRight };
  const message = "The top may not lie south of the bottom.";
  throw invalidInput("filter_value", within(field, "topLeft.lat"), topLeft.lat, message);
}

/** Decodes `{ exterior, interiors? }`. */
export function decodeGeoPolygon(value: unknown, field: string): GeoTest {
  const { exterior, interiors } = decodeFields(value, field, ["exterior", "interiors"]);
  const interiorsField = within(field, "interiors");
  if (interiors !== undefined && !Array.isArray(interiors)) {
    throw invalidInput("filter_value", interiorsField, interiors, "An array of rings is needed.");
  }
  const given: readonly unknown[] = interiors ?? [];
  let cornerCount = cornersOf(exterior);
  if (given.length > limits.filterCornersMax) throw tooManyCorners(value, field);
  for (const ring of given) cornerCount += cornersOf(ring);
  if (cornerCount > limits.filterCornersMax) throw tooManyCorners(value, field);
  const rings = [decodeRing(exterior, within(field, "exterior"))];
  for (let i = 0; i < given.length; i++) rings.push(decodeRing(given[i], `${interiorsField}[${i}]`));
  return { kind: "polygon", rings };
}

function cornersOf(ring: unknown): number {
  return Array.isArray(ring) ? ring.length : 0;
}

function tooManyCorners(value: unknown, field: string): Error {
  const message = `A polygon has at most ${limits.filterCornersMax} corners in all.`;
  return invalidInput("filter_too_large", field, value, message);
}

function decodeRing(value: unknown, field: string): GeoPoint[] {
  if (!Array.isArray(value) || value.length < 3) {
    throw invalidInput("filter_value", field, value, "An array of at least three places is needed.");
  }
  const ring: GeoPoint[] = [];
  for (let i = 0; i < value.length; i++) {
    const corner: unknown = value[i];
    ring.push(readPlace(corner) ?? decodePlace(corner, `${field}[${i}]`));
  }
  return ring;
}

/** A place in the form that nearly all have, without the text of an error; `undefined` says nothing yet. */
function readPlace(value: unknown): GeoPoint | undefined {
  if (!isPlainObject(value) || Object.keys(value).length !== 2) return undefined;
  const { lat, lon } = value;
  return isDegrees(lat, 90) && isDegrees(lon, 180) ? { lat, lon } : undefined;
}

function decodePlace(value: unknown, field: string): GeoPoint {
  const { lat, lon } = decodeFields(value, field, ["lat", "lon"]);
  return {
    lat: decodeDegrees(lat, within(field, "lat"), 90),
    lon: decodeDegrees(lon, within(field, "lon"), 180),
  };
}

function isDegrees(value: unknown, max: number): value is number {
  return typeof value === "number" && value >= -max && value <= max;
}

function decodeDegrees(value: unknown, field: string, max: number): number {
  if (isDegrees(value, max)) return value;
  throw invalidInput("filter_value", field, value, `A number of degrees from -${max} to ${max} is needed.`);
}
