// The kernels' encoding of rows and queries against the specification, bit for bit, in both builds.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { builds, TestIndex } from "./kernel-harness.suite.js";
import type { KernelModule } from "./wasm-module.js";
import type { Metric } from "./kernel-settings.js";
import { prepareScalar } from "./scalar-query.js";
import { check, dimensions, extremeVectors, metrics, vectorsOf } from "./vectors.suite.js";

interface Case {
  readonly module: KernelModule;
  readonly metric: Metric;
  readonly fullPrecision: boolean;
  readonly vector: Float32Array;
}

function checkRow({ module, metric, fullPrecision, vector }: Case): void {
  const index = new TestIndex(module, { dimension: vector.length, metric, fullPrecision });
  index.encode(0, vector);
  const { components, ...specified } = index.specified(vector);
  const { components: held, ...stored } = index.row(0);
  assert.deepEqual(stored, specified);
  if (fullPrecision) assert.deepEqual(held, components);
}

function checkQuery({ module, metric, fullPrecision, vector }: Case): void {
  const index = new TestIndex(module, { dimension: vector.length, metric, fullPrecision });
  index.input(vector);
  const address = index.kernel.probePrepare();
  const specified = prepareScalar(vector, { metric, fullPrecision, build: module.build });
  const [scale, sum, norm, residual] = new Float64Array(
    index.memory.buffer,
    index.kernel.hostScoresAddress(),
    4,
  );
  assert.deepEqual(
    { scale, sum, norm, residual },
    { scale: specified.scale, sum: specified.sum, norm: specified.norm, residual: specified.residual },
  );
  assert.deepEqual(prepared(index, address, specified.integers.length), Array.from(specified.integers));
}

function prepared({ settings, build, memory }: TestIndex, address: number, count: number): number[] {
  if (settings.fullPrecision) return Array.from(new Float32Array(memory.buffer, address, count));
  if (build === "relaxed") return Array.from(new Int8Array(memory.buffer, address, count));
  return Array.from(new Int16Array(memory.buffer, address, count));
}

for (const module of builds) {
  test(`${module.build}: rows and queries of extreme vectors are as specified`, () => {
    for (const dimension of dimensions) {
      for (const { vector } of extremeVectors(dimension)) {
        for (const metric of metrics) {
          for (const fullPrecision of [false, true]) {
            checkRow({ module, metric, fullPrecision, vector });
            checkQuery({ module, metric, fullPrecision, vector });
          }
        }
      }
    }
  });

  test(`${module.build}: rows and queries of any vectors are as specified`, () => {
    check(
      fc.property(
        vectorsOf(1),
        fc.constantFrom(...metrics),
        fc.boolean(),
        ([vector], metric, fullPrecision) => {
          assert.ok(vector !== undefined);
          checkRow({ module, metric, fullPrecision, vector });
          checkQuery({ module, metric, fullPrecision, vector });
        },
      ),
      800,
    );
  });
}

test("a cosine row keeps its direction at every magnitude", () => {
  for (const module of builds) {
    for (const exponent of [-140, -100, -61, -51, -49, 0, 49, 51, 53, 56, 60, 61, 100, 121]) {
      const vector = Float32Array.from(
        { length: 256 },
        (_, i) => (i % 2 === 0 ? 1 : 0.5) * 2 ** exponent * 2 ** 5,
      );
      const index = new TestIndex(module, { dimension: 256 });
      index.encode(0, vector);
      const { scale, base, integers, residual } = index.row(0);
      const length = Math.hypot(...Array.from(integers ?? [], (integer) => base + integer * scale));
      assert.ok(Math.abs(length - 1) < 0.01, `2^${exponent}: length ${length}`);
      assert.ok(residual < 0.01 && residual >= 0, `2^${exponent}: residual ${residual}`);
    }
  }
});

test("originals kept in memory are the vectors given", () => {
  for (const module of builds) {
    const index = new TestIndex(module, { dimension: 33, originalsInMemory: true });
    const [vector] = extremeVectors(33).map((one) => one.vector);
    assert.ok(vector !== undefined);
    index.add([vector]);
    index.input(vector);
    index.words(index.kernel.hostRowsAddress(), 1)[0] = 0;
    index.kernel.rescoreRows(0, 1);
    const [score = 0] = new Float64Array(index.memory.buffer, index.kernel.hostScoresAddress(), 1);
    assert.ok(Math.abs(score - 1) < 1e-15);
  }
});
