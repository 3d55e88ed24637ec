// Kinds of indexes by example: what each answers alone, what it leaves to points, and what a check of it finds.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Filter } from "../model/filter.js";
import type { Metadata } from "../model/point.js";
import type { MetadataKind } from "../model/collection-config.js";
import { seededRandom } from "../base/seeded-random.js";
import { decodeFilter } from "../model/decode-filter.js";
import { boundsOf } from "./geo-bounds.js";
import { passesGeoTest } from "./geo.js";
import type { CheckedPoint, MetadataCheck } from "./metadata-check.js";
import { MetadataIndex } from "./metadata-index.js";
import { unansweredPaths } from "./unanswered-paths.js";
import { passesFilter } from "./reference-filter.suite.js";

/** An index of the field `a` with these kinds, of points whose rows are their places. */
function indexOf(kinds: readonly MetadataKind[], points: readonly Metadata[]): MetadataIndex {
  const index = new MetadataIndex({ others: "none", declared: [{ path: ["a"], kinds }] }, "filled");
  points.forEach((metadata, row) => index.set(row, index.prepare(JSON.stringify(metadata))));
  return index;
}

interface Answer {
  readonly rows: number[];
  readonly isExact: boolean;
  readonly unanswered: string[];
}

function ask(index: MetadataIndex, filter: Filter): Answer {
  const node = decodeFilter(filter, "filter")!;
  const { rows, isExact } = index.candidates(node, () => undefined);
  return {
    rows: [...rows.sorted()],
    isExact,
    unanswered: unansweredPaths(node, (path) => index.fieldAt(path)).map((path) => path.join(".")),
  };
}

const points: readonly Metadata[] = [
  { a: "red fox" },
  { a: 7 },
  { a: 7.5 },
  { a: true },
  { a: "2024-05-01" },
  { a: { lat: 10, lon: 20 } },
  { a: null },
  { a: ["red", "fox"] },
  { b: 1 },
];

/** A filter, and the kinds that answer it alone. */
const answeredBy: readonly (readonly [Filter, readonly MetadataKind[]])[] = [
  [{ a: "red fox" }, ["keyword"]],
  [{ a: { $startsWith: "red" } }, ["keyword"]],
  [{ a: { $gte: "red" } }, ["keyword"]],
  [{ a: { $regex: "fox$" } }, ["keyword"]],
  [{ a: { $contains: "fox red" } }, ["keyword"]],
  [{ a: { $contains: "fox" } }, ["keyword", "text"]],
  [{ a: 7 }, ["integer", "float"]],
  [{ a: { $gt: 7 } }, ["float"]],
  [{ a: true }, ["boolean"]],
  [{ a: { $gte: { $date: "2024-01-01" } } }, ["keyword", "date"]],
  [{ a: { $in: [{ $date: "2024-05-01T00:00:00Z" }] } }, ["keyword", "date"]],
  [{ a: "2024-05-01" }, ["keyword", "date"]],
  [{ a: { $geoRadius: { center: { lat: 10, lon: 20 }, radiusMeters: 1 } } }, ["geo"]],
  [{ a: null }, ["keyword", "integer", "float", "boolean", "date", "text", "geo"]],
  [{ a: { $exists: false } }, ["keyword", "integer", "float", "boolean", "date", "text", "geo"]],
];

test("each kind answers what it is for, and leaves the rest to points", () => {
  for (const [filter, kinds] of answeredBy) {
    const passing = points.flatMap((metadata, row) =>
      passesFilter(filter, { id: 0, metadata }) ? [row] : [],
    );
    for (const kind of ["keyword", "integer", "float", "boolean", "date", "text", "geo"] as const) {
      const { rows, isExact } = ask(indexOf([kind], points), filter);
      const shown = `${kind} ${JSON.stringify(filter)}`;
      assert.equal(isExact, kinds.includes(kind), shown);
      if (isExact) assert.deepEqual(rows, passing, shown);
      else for (const row of passing) assert.ok(rows.includes(row), shown);
    }
  }
});

test("what is not answered is told by path, and only where there is something to judge", () => {
  const index = indexOf(["integer"], points);
  assert.deepEqual(ask(index, { a: "red fox", b: 1, $nor: [{ c: 1 }] }).unanswered, ["a", "b", "c"]);
  assert.deepEqual(ask(index, { a: 7 }).unanswered, []);
  assert.deepEqual(ask(indexOf(["integer"], [{ a: 7 }]), { a: "red fox" }), {
    rows: [],
    isExact: true,
    unanswered: [],
  });
  const texts = Array.from({ length: 10_001 }, (_, i) => ({ a: `word${i}` }));
  assert.deepEqual(ask(indexOf(["keyword"], texts), { a: { $contains: "word7" } }).unanswered, ["a"]);
  assert.deepEqual(ask(indexOf(["keyword", "text"], texts), { a: { $contains: "word7" } }), {
    rows: [7],
    isExact: true,
    unanswered: [],
  });
});

test("words of several texts are not taken for those of one", () => {
  const index = indexOf(["text"], [{ a: ["red", "fox"] }, { a: "fox, RED!" }, { a: ["red fox", "x"] }]);
  assert.deepEqual(ask(index, { a: { $contains: "red fox" } }), {
    rows: [0, 1, 2],
    isExact: false,
    unanswered: [],
  });
  index.set(0, index.prepare('{"a":"red"}'));
  index.remove(2);
  assert.deepEqual(ask(index, { a: { $contains: "red fox" } }), { rows: [1], isExact: true, unanswered: [] });
});

test("many places: circles, boxes and polygons give what each place says alone", () => {
  const random = seededRandom(7);
  const placed: Metadata[] = Array.from({ length: 3000 }, (_, i) => ({
    a: {
      lat: i % 3 === 0 ? 48 + random.next() : random.next() * 180 - 90,
      lon: i % 3 === 0 ? 2 + random.next() : i % 3 === 1 ? 179 + random.next() : random.next() * 360 - 180,
    },
  }));
  const index = indexOf(["geo"], placed);
  const lat = fc.oneof(fc.constantFrom(-90, 90, 0, 48.5), fc.double({ min: -90, max: 90, noNaN: true }));
  const lon = fc.oneof(fc.constantFrom(-180, 180, 2.5), fc.double({ min: -180, max: 180, noNaN: true }));
  const place = fc.record({ lat, lon });
  const filters: fc.Arbitrary<Filter> = fc.oneof(
    fc
      .record({ center: place, radiusMeters: fc.constantFrom(0, 5000, 60_000, 2e6, 1.2e7, 2.1e7) })
      .map(($geoRadius) => ({ a: { $geoRadius } })),
    fc.tuple(place, place).map(([p, q]) => ({
      a: {
        $geoBox: {
          topLeft: { lat: Math.max(p.lat, q.lat), lon: p.lon },
          bottomRight: { lat: Math.min(p.lat, q.lat), lon: q.lon },
        },
      },
    })),
    fc.array(place, { minLength: 3, maxLength: 5 }).map((exterior) => ({ a: { $geoPolygon: { exterior } } })),
  );
  fc.assert(
    fc.property(filters, (filter) => {
      const passing = placed.flatMap((metadata, row) =>
        passesFilter(filter, { id: 0, metadata }) ? [row] : [],
      );
      assert.deepEqual(ask(index, filter), { rows: passing, isExact: true, unanswered: [] });
    }),
    { numRuns: 300 },
  );
});

test("a circle lies within its boxes, also over a pole and across the meridian of 180°", () => {
  const degree = (max: number): fc.Arbitrary<number> =>
    fc.oneof(fc.constantFrom(-max, max), fc.double({ min: -max, max, noNaN: true }));
  const place = fc.record({ lat: degree(90), lon: degree(180) });
  fc.assert(
    fc.property(
      place,
      place,
      fc.double({ min: 0, max: 2.1e7, noNaN: true }),
      (center, found, radiusMeters) => {
        const circle = { kind: "radius" as const, center, radiusMeters };
        if (!passesGeoTest(circle, found)) return;
        const isWithin = boundsOf(circle).some(
          ({ lat, lon }) =>
            lat.min <= found.lat && found.lat <= lat.max && lon.min <= found.lon && found.lon <= lon.max,
        );
        assert.ok(isWithin, JSON.stringify(boundsOf(circle)));
      },
    ),
    { numRuns: 2000 },
  );
});

function checkOf(index: MetadataIndex, checked: readonly CheckedPoint[]): MetadataCheck {
  const steps = index.check(checked);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

test("a check finds what was planted: rows lost, rows too many, rows with other values", () => {
  const kinds: readonly MetadataKind[] = ["keyword", "text", "geo", "float", "boolean"];
  const checked = points.map((metadata, row) => ({ row, metadata }));
  const faultless = { checkedPoints: 9, missingPoints: 0, strayPoints: 0, problems: [] };
  assert.deepEqual(checkOf(indexOf(kinds, points), checked), faultless);
  for (const row of [0, 1, 3, 5, 7]) {
    const lost = indexOf(kinds, points);
    lost.remove(row);
    assert.deepEqual(checkOf(lost, checked), {
      ...faultless,
      missingPoints: 1,
      problems: [{ path: ["a"], wrongRows: 1, strayRows: 0 }],
    });
  }
  const many = indexOf(kinds, points);
  many.set(100, many.prepare('{"a":"red"}'));
  assert.deepEqual(checkOf(many, [...checked, { row: 100, metadata: undefined }]), {
    ...faultless,
    strayPoints: 1,
    problems: [{ path: ["a"], wrongRows: 0, strayRows: 1 }],
  });
  for (const a of ["red foxes", 8, { lat: 1, lon: 1 }, ["red fox", "wolf"], `x${"y".repeat(200)}`]) {
    const other = indexOf(kinds, points);
    other.set(0, other.prepare(JSON.stringify({ a })));
    const { problems } = checkOf(other, checked);
    assert.deepEqual(problems, [{ path: ["a"], wrongRows: 1, strayRows: 0 }], JSON.stringify(a));
  }
});

test("a check finds a row that stands under a value, a word or a cell alone", () => {
  const index = indexOf(["keyword", "text", "geo"], points);
  const field = index.fieldAt(["a"]);
  assert.ok(typeof field !== "string");
  field.rowsOf(["red"])[0]!.add(0);
  assert.equal(field.rowsOf(["red"])[0]!.has(0), false, "a set of one row is a copy");
  index.set(20, index.prepare('{"a":"red"}'));
  field.rowsOf(["red"])[0]!.add(0);
  const checked = points.map((metadata, row) => ({ row, metadata }));
  const { problems } = checkOf(index, [...checked, { row: 20, metadata: { a: "red" } }]);
  assert.deepEqual(problems, [{ path: ["a"], wrongRows: 0, strayRows: 1 }]);
});
