// Points and columns of the same content decode to the same, whatever kind of array holds the vectors.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ResolvedVectorField } from "./collection-config.js";
import { decodePoints, type DecodedPoint } from "./decode-points.js";

const field: ResolvedVectorField = { name: "", dimension: 3, metric: "dot" };
const component = fc.float({ noNaN: true, noDefaultInfinity: true });
const point = fc.record({
  id: fc.nat(),
  vector: fc.tuple(component, component, component),
  metadata: fc.record({ n: fc.nat() }),
});

function decode(points: unknown, fields: readonly ResolvedVectorField[] = [field]): DecodedPoint[] {
  const work = decodePoints(points, fields);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

test("rows and columns, arrays and typed arrays decode alike", () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 200 }), (points) => {
      const expected = points.map(({ id, vector, metadata }) => ({
        id,
        metadata: JSON.stringify(metadata),
        vectors: [Float32Array.from(vector)],
      }));
      const ids = points.map(({ id }) => id);
      const metadata = points.map((given) => given.metadata);
      const flat = points.flatMap(({ vector }) => vector);
      const shared = new Float32Array(new SharedArrayBuffer(flat.length * 4));
      shared.set(flat);
      const forms: unknown[] = [
        points,
        points.map((given) => ({ ...given, vector: Float32Array.from(given.vector) })),
        points.map((given) => ({ ...given, vector: Object.assign({ length: 3 }, given.vector) })),
        { ids, metadata, vectors: flat },
        { ids, metadata, vectors: Float32Array.from(flat) },
        { ids, metadata, vectors: Float64Array.from(flat) },
        { ids, metadata, vectors: shared },
      ];
      for (const form of forms) assert.deepEqual(decode(form), expected);
    }),
  );
});

test("vectors over shared memory are copied, others in columns are not", () => {
  const shared = new Float32Array(new SharedArrayBuffer(12));
  const plain = new Float32Array(3);
  assert.notEqual(decode({ ids: [1], vectors: shared })[0]!.vectors[0]!.buffer, shared.buffer);
  assert.equal(decode({ ids: [1], vectors: plain })[0]!.vectors[0]!.buffer, plain.buffer);
  assert.notEqual(decode([{ id: 1, vector: plain }])[0]!.vectors[0]!.buffer, plain.buffer);
});

test("work pauses every 64 points", () => {
  const points = Array.from({ length: 1000 }, (_, id) => ({ id, vector: [1, 2, 3] }));
  const work = decodePoints(points, [field]);
  let pauses = 0;
  while (work.next().done !== true) pauses++;
  assert.equal(pauses, 15);
});

test("fields named like members of a prototype are absent where they are not given", () => {
  const fields = ["constructor", "toString", "__proto__"].map((name) => ({ ...field, name }));
  assert.deepEqual(decode([{ id: 1, vectors: {} }], fields)[0]!.vectors, [undefined, undefined, undefined]);
});
