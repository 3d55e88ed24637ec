// Distances against another formula, and polygons and boxes against each other and against half-planes.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { GeoPoint } from "../model/filter.js";
import { distanceMeters, passesGeoTest, placeOf } from "./geo.js";

const place = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
});
/** Whole degrees, so that borders are met often. */
const gridPlace = fc.record({ lat: fc.integer({ min: -5, max: 5 }), lon: fc.integer({ min: -5, max: 5 }) });

/** The angle between two unit vectors, which is exact near 0 and near 180° alike. */
function angleBetween(a: GeoPoint, b: GeoPoint): number {
  const [u, v] = [unitVector(a), unitVector(b)];
  const cross = Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]);
  return Math.atan2(cross, u[0] * v[0] + u[1] * v[1] + u[2] * v[2]);
}

function unitVector({ lat, lon }: GeoPoint): [number, number, number] {
  const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

test("the distance is the angle between the places times the radius", () => {
  fc.assert(
    fc.property(place, place, (a, b) => {
      assert.ok(Math.abs(distanceMeters(a, b) - 6_371_008.8 * angleBetween(a, b)) < 1, "within a meter");
      assert.equal(distanceMeters(a, b), distanceMeters(b, a));
    }),
  );
});

test("known distances", () => {
  const paris = { lat: 48.8566, lon: 2.3522 };
  assert.equal(Math.round(distanceMeters(paris, { lat: 51.5074, lon: -0.1278 }) / 1000), 344);
  assert.equal(distanceMeters(paris, paris), 0);
  assert.equal(Math.round(distanceMeters({ lat: 0, lon: 0 }, { lat: 0, lon: 180 }) / 1000), 20_015);
});

test("a box is the polygon of its corners", () => {
  fc.assert(
    fc.property(gridPlace, gridPlace, gridPlace, (a, b, tested) => {
      const topLeft = { lat: Math.max(a.lat, b.lat), lon: Math.min(a.lon, b.lon) };
      const bottomRight = { lat: Math.min(a.lat, b.lat), lon: Math.max(a.lon, b.lon) };
      const corners = [
        topLeft,
        { lat: topLeft.lat, lon: bottomRight.lon },
        bottomRight,
        { lat: bottomRight.lat, lon: topLeft.lon },
      ];
      const expected = passesGeoTest({ kind: "box", topLeft, bottomRight }, tested);
      assert.equal(passesGeoTest({ kind: "polygon", rings: [corners] }, tested), expected);
      assert.equal(passesGeoTest({ kind: "polygon", rings: [corners.toReversed()] }, tested), expected);
    }),
  );
});

test("a triangle holds what lies on one side of all its edges, and as a hole everything else", () => {
  fc.assert(
    fc.property(gridPlace, gridPlace, gridPlace, gridPlace, (a, b, c, tested) => {
      const ring = [a, b, c];
      const area = side(a, b, c);
      fc.pre(area !== 0);
      const sides = [side(a, b, tested), side(b, c, tested), side(c, a, tested)].map(
        (value) => value * Math.sign(area),
      );
      assert.equal(
        passesGeoTest({ kind: "polygon", rings: [ring] }, tested),
        sides.every((value) => value >= 0),
      );
      const around = [
        { lat: 9, lon: -9 },
        { lat: 9, lon: 9 },
        { lat: -9, lon: 9 },
        { lat: -9, lon: -9 },
      ];
      assert.equal(
        passesGeoTest({ kind: "polygon", rings: [around, ring] }, tested),
        sides.some((value) => value <= 0),
      );
    }),
  );
});

function side(a: GeoPoint, b: GeoPoint, c: GeoPoint): number {
  return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon);
}

test("a box goes over the meridian of 180° where its left is east of its right", () => {
  const box = { kind: "box", topLeft: { lat: 10, lon: 170 }, bottomRight: { lat: -10, lon: -170 } } as const;
  const longitudes = [-180, -170, -169, 0, 169, 170, 180];
  assert.deepEqual(
    longitudes.map((lon) => passesGeoTest(box, { lat: 0, lon })),
    [true, true, false, false, false, true, true],
  );
});

test("a place is an object with two numbers in range", () => {
  const values = [
    { lat: 1, lon: 2 },
    { lat: 1, lon: 2, name: "x" },
    { lat: 91, lon: 0 },
    { lat: "1", lon: 2 },
    [1, 2],
    null,
    { lat: 1 },
  ];
  assert.deepEqual(
    values.map((value) => placeOf(value) !== undefined),
    [true, true, false, false, false, false, false],
  );
});
