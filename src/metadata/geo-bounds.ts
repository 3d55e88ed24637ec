// Boxes of parallels and meridians around what a test of places lets through. They may be too large, never too small.

import type { GeoTest } from "../model/filter-tree.js";
import { earthRadiusMeters, radians } from "./geo.js";

/** From the first to the last, both within the ranges of degrees. */
interface Range {
  readonly min: number;
  readonly max: number;
}

export interface GeoBounds {
  readonly lat: Range;
  readonly lon: Range;
}

/** Degrees by which a circle is widened, because distances are rounded. Far more than that: it is 11 m. */
const marginDegrees = 1e-4;
const everyLon: Range = { min: -180, max: 180 };

/** One box, or two where the meridian of 180° lies between. */
export function boundsOf(test: GeoTest): GeoBounds[] {
  switch (test.kind) {
    case "radius":
      return circleBounds(test);
    case "box": {
      const { topLeft, bottomRight } = test;
      const lat = { min: bottomRight.lat, max: topLeft.lat };
      return splitLon(topLeft.lon, bottomRight.lon + (topLeft.lon > bottomRight.lon ? 360 : 0)).map(
        (lon) => ({ lat, lon }),
      );
    }
    case "polygon": {
      const [exterior = []] = test.rings;
      return [
        {
          lat: rangeOf(exterior.map(({ lat }) => lat)),
          lon: rangeOf(exterior.map(({ lon }) => lon)),
        },
      ];
    }
    default:
      return test satisfies never;
  }
}

/** The meridians that touch a circle lie asin(sin r / cos lat) to either side, unless a pole is in it. */
function circleBounds({ center, radiusMeters }: GeoTest & { readonly kind: "radius" }): GeoBounds[] {
  const radius = degrees(radiusMeters / earthRadiusMeters) + marginDegrees;
  const lat = { min: Math.max(-90, center.lat - radius), max: Math.min(90, center.lat + radius) };
  if (lat.min === -90 || lat.max === 90) return [{ lat, lon: everyLon }];
  const sine = Math.sin(radians(radius)) / Math.cos(radians(center.lat));
  if (sine >= 1) return [{ lat, lon: everyLon }];
  const width = degrees(Math.asin(sine)) + marginDegrees;
  return splitLon(center.lon - width, center.lon + width).map((lon) => ({ lat, lon }));
}

/** A range of degrees that may go past 180 or -180, as one or two that do not. Both of these are one meridian. */
function splitLon(min: number, max: number): Range[] {
  if (max - min >= 360) return [everyLon];
  if (min <= -180)
    return [
      { min: -180, max },
      { min: min + 360, max: 180 },
    ];
  if (max >= 180)
    return [
      { min, max: 180 },
      { min: -180, max: max - 360 },
    ];
  return [{ min, max }];
}

function rangeOf(values: readonly number[]): Range {
  return {
    min: values.reduce((least, value) => Math.min(least, value), Infinity),
    max: values.reduce((most, value) => Math.max(most, value), -Infinity),
  };
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI;
}
