// The checksum of exact vectors in the kernels against the one that the store writes, in both builds.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { xxHash32 } from "../base/checksum.js";
import { builds, TestIndex } from "./kernel-harness.suite.js";
import { rescoreRowsMax } from "./kernel-settings.js";
import { check, dimensions, extremeVectors, vectorsOf } from "./vectors.suite.js";
import type { KernelModule } from "./wasm-module.js";

/** Vectors to be rescored, with the checksums that a store would have of them. */
class RescoredVectors {
  readonly #index: TestIndex;
  readonly #dimension: number;
  readonly #count: number;
  readonly #at: number;

  constructor(
    module: KernelModule,
    vectors: readonly Float32Array[],
    rows: { readonly at: number; rowOf: (i: number) => number },
  ) {
    this.#dimension = vectors[0]!.length;
    this.#count = vectors.length;
    this.#at = rows.at;
    this.#index = new TestIndex(module, { dimension: this.#dimension });
    const { kernel } = this.#index;
    const hostRows = this.#index.words(kernel.hostRowsAddress(), rows.at + vectors.length);
    // Whatever lies before them is not looked at.
    hostRows.fill(77, 0, rows.at);
    const stride = kernel.originalStrideBytes();
    vectors.forEach((vector, i) => {
      const row = rows.rowOf(i);
      hostRows[rows.at + i] = row;
      const place = this.#index.floats(kernel.rescoreAddress() + i * stride, stride / 4);
      place.fill(0);
      place.set(vector);
      const words = new Int32Array(vector.buffer, vector.byteOffset, vector.length);
      this.#sums[i] = xxHash32(words, 0, vector.byteLength, row);
    });
  }

  get #sums(): Uint32Array {
    return this.#index.words(this.#index.kernel.rescoreSumsAddress(), this.#count);
  }

  firstDamaged(): number {
    return this.#index.kernel.firstDamaged(this.#at, this.#count);
  }

  /** Takes the vectors for those of other rows. */
  moveRows(by: number): void {
    const rows = this.#index.words(this.#index.kernel.hostRowsAddress(), this.#at + this.#count);
    rows.forEach((row, i) => (rows[i] = row + by));
  }

  /** Flips one bit of a vector, or of its checksum, which is taken as one more component. */
  flip(vector: number, component: number, bit: number): void {
    const words =
      component === this.#dimension
        ? this.#sums.subarray(vector, vector + 1)
        : this.#index.words(
            this.#index.kernel.rescoreAddress() + vector * this.#index.kernel.originalStrideBytes(),
            this.#dimension,
          );
    words[component === this.#dimension ? 0 : component]! ^= 1 << bit;
  }
}

for (const module of builds) {
  test(`${module.build}: checksums of extreme vectors are those of the store`, () => {
    for (const dimension of dimensions) {
      const vectors = extremeVectors(dimension).map(({ vector }) => vector);
      const rescored = new RescoredVectors(module, vectors, { at: 3, rowOf: (i) => 0xffff_fff0 + i });
      assert.equal(rescored.firstDamaged(), vectors.length);
    }
  });

  test(`${module.build}: checksums of any vectors in any rows are those of the store, and a flipped bit is found`, () => {
    check(
      fc.property(
        fc.integer({ min: 1, max: 11 }).chain(vectorsOf),
        fc.nat(0xffff_ffff),
        fc.nat(200),
        fc.array(fc.tuple(fc.nat(10), fc.nat(4096), fc.nat(31)), { maxLength: 3 }),
        (vectors, row, at, flips) => {
          const rescored = new RescoredVectors(module, vectors, { at, rowOf: (i) => (row + i * 31) >>> 0 });
          assert.equal(rescored.firstDamaged(), vectors.length);
          // Of bits in several vectors the first counts; one flipped twice would be whole again.
          const damaged = new Map(
            flips.map(([i, component, bit]) => {
              return [i % vectors.length, { component: component % (vectors[0]!.length + 1), bit }];
            }),
          );
          for (const [i, { component, bit }] of damaged) rescored.flip(i, component, bit);
          assert.equal(rescored.firstDamaged(), Math.min(vectors.length, ...damaged.keys()));
        },
      ),
      300,
    );
  });

  test(`${module.build}: a vector counts as damaged wherever it lies, and under another row`, () => {
    for (const count of [1, 2, 3, 4, 5, rescoreRowsMax]) {
      const vectors = Array.from({ length: count }, (_, i) => Float32Array.of(i, 1, 2, 3, 4));
      const whole = new RescoredVectors(module, vectors, { at: 0, rowOf: (i) => i });
      assert.equal(whole.firstDamaged(), count);
      for (let i = 0; i < count; i++) {
        const rescored = new RescoredVectors(module, vectors, { at: 0, rowOf: (place) => place });
        rescored.flip(i, 5, 0);
        assert.equal(rescored.firstDamaged(), i);
      }
      whole.moveRows(1);
      assert.equal(whole.firstDamaged(), 0);
    }
  });
}
