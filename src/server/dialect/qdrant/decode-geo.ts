// Conditions on places: boxes, circles and polygons, whose points Qdrant writes with `lon` first.

import type { Filter, GeoPoint } from "../../../model/filter.js";
import { BodyFields } from "./body-fields.js";
import { formatError } from "./request-errors.js";

/** A condition on the places at a path. */
export function decodeGeoCondition(
  kind: "geo_bounding_box" | "geo_radius" | "geo_polygon",
  value: unknown,
  place: string,
  path: string,
): Filter {
  return BodyFields.read(value, place, (fields) => {
    const point = (name: string): GeoPoint => decodeGeoPoint(fields.need(name), fields.place(name));
    switch (kind) {
      case "geo_bounding_box":
        return { [path]: { $geoBox: { topLeft: point("top_left"), bottomRight: point("bottom_right") } } };
      case "geo_radius": {
        const radiusMeters = fields.number("radius");
        if (radiusMeters === undefined) throw formatError(place, "missing field `radius`");
        return { [path]: { $geoRadius: { center: point("center"), radiusMeters } } };
      }
      case "geo_polygon": {
        const exterior = decodeRing(fields.need("exterior"), fields.place("exterior"));
        const interiors = (fields.list("interiors") ?? []).map((ring, i) =>
          decodeRing(ring, `${fields.place("interiors")}[${i}]`),
        );
        return { [path]: { $geoPolygon: { exterior, interiors } } };
      }
      default:
        return kind satisfies never;
    }
  });
}

function decodeRing(value: unknown, place: string): GeoPoint[] {
  return BodyFields.read(value, place, (fields) =>
    (fields.list("points") ?? []).map((point, i) => decodeGeoPoint(point, `${fields.place("points")}[${i}]`)),
  );
}

function decodeGeoPoint(value: unknown, place: string): GeoPoint {
  return BodyFields.read(value, place, (fields) => {
    const [lat, lon] = [fields.number("lat"), fields.number("lon")];
    if (lat === undefined || lon === undefined)
      throw formatError(place, "fields `lat` and `lon` are expected");
    return { lat, lon };
  });
}
