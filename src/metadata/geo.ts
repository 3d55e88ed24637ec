// Places on the earth as a sphere: distance along a great circle, and whether a place lies in a box or a polygon.

import type { GeoPoint } from "../model/filter.js";
import type { GeoTest } from "../model/filter-tree.js";
import type { JsonValue } from "../model/point.js";

/** The mean radius of the earth as the IUGG defines it, in meters. */
export const earthRadiusMeters = 6_371_008.8;

/** The place that a value of metadata stands for: an object with the numbers `lat` and `lon`, within their ranges. */
export function placeOf(value: JsonValue): GeoPoint | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  // Narrowing away arrays does not remove readonly ones.
  const { lat, lon } = value as { readonly lat?: JsonValue; readonly lon?: JsonValue };
  if (typeof lat !== "number" || typeof lon !== "number") return undefined;
  if (!Object.hasOwn(value, "lat") || !Object.hasOwn(value, "lon")) return undefined;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : undefined;
}

/** True if the place passes the test; what lies on a border is inside. */
export function passesGeoTest(test: GeoTest, place: GeoPoint): boolean {
  switch (test.kind) {
    case "radius":
      return distanceMeters(test.center, place) <= test.radiusMeters;
    case "box":
      return isInBox(test, place);
    case "polygon":
      return isInPolygon(test.rings, place);
    default:
      return test satisfies never;
  }
}

/** By the haversine formula: hav(d / r) = hav(Δlat) + cos(lat₁) cos(lat₂) hav(Δlon), where hav(x) = sin²(x / 2). */
export function distanceMeters(a: GeoPoint, b: GeoPoint): number {
  const latSine = Math.sin(radians(b.lat - a.lat) / 2);
  const lonSine = Math.sin(radians(b.lon - a.lon) / 2);
  const haversine = latSine ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * lonSine ** 2;
  // Rounding may leave a little more than 1 between opposite places.
  return 2 * earthRadiusMeters * Math.asin(Math.sqrt(Math.min(1, haversine)));
}

/** An angle in degrees, in radians. */
export function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function isInBox(
  { topLeft, bottomRight }: { readonly topLeft: GeoPoint; readonly bottomRight: GeoPoint },
  { lat, lon }: GeoPoint,
): boolean {
  if (lat > topLeft.lat || lat < bottomRight.lat) return false;
  if (topLeft.lon <= bottomRight.lon) return lon >= topLeft.lon && lon <= bottomRight.lon;
  return lon >= topLeft.lon || lon <= bottomRight.lon;
}

/** The first ring is the border, the others are holes, whose own borders are still inside. */
function isInPolygon([exterior, ...holes]: readonly (readonly GeoPoint[])[], place: GeoPoint): boolean {
  if (exterior === undefined || sideOf(exterior, place) === "outside") return false;
  return holes.every((hole) => sideOf(hole, place) !== "inside");
}

/** By the rule of even and odd: a ray to the east crosses the ring once more than an even number of times. */
function sideOf(ring: readonly GeoPoint[], { lat, lon }: GeoPoint): "inside" | "outside" | "border" {
  let isInside = false;
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!;
    const b = ring[(i + 1) % ring.length]!;
    // Twice the area of the triangle; its sign says on which side of the line from `a` to `b` the place lies.
    const area = (b.lon - a.lon) * (lat - a.lat) - (b.lat - a.lat) * (lon - a.lon);
    if (area === 0 && isBetween(a.lat, lat, b.lat) && isBetween(a.lon, lon, b.lon)) return "border";
    if (a.lat > lat !== b.lat > lat && area > 0 === b.lat > a.lat) isInside = !isInside;
  }
  return isInside ? "inside" : "outside";
}

function isBetween(a: number, x: number, b: number): boolean {
  return Math.min(a, b) <= x && x <= Math.max(a, b);
}
