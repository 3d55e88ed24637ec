// Metadata is exactly what JSON can hold, and comes back as it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { metadataError, parseMetadata, readMetadata } from "./decode-metadata.js";

const badValues: readonly unknown[] = [
  undefined,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  1n,
  Symbol("s"),
  () => 1,
  new Date(0),
  new Map(),
];

test("every JSON object comes back as it was", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 })), (metadata) => {
      const text = readMetadata(metadata);
      assert.ok(text !== undefined);
      // Through text once, because JSON has no -0.
      assert.deepEqual(parseMetadata(text), JSON.parse(JSON.stringify(metadata)));
    }),
  );
});

test("a value that JSON cannot hold is refused wherever it is, and named by its path", () => {
  const path = fc.array(fc.oneof(fc.constantFrom("a", "__proto__", "constructor"), fc.nat(2)), {
    maxLength: 10,
  });
  fc.assert(
    fc.property(path, fc.constantFrom(...badValues), (steps, bad) => {
      const build = (value: unknown, step: string | number): unknown =>
        typeof step === "number"
          ? [...Array<number>(step).fill(0), value]
          : Object.fromEntries([
              ["x", 0],
              [step, value],
            ]);
      const metadata = build(steps.reduceRight(build, bad), "top");
      assert.equal(readMetadata(metadata), undefined);
      const error = metadataError(metadata, "metadata");
      assert.equal(error.code, "metadata_value");
      const told = steps.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
      assert.equal(error.field, `metadata.top${told}`);
    }),
  );
});

test("objects of another realm and without prototype are plain, instances are not", () => {
  class Instance {
    readonly a = 1;
  }
  assert.equal(readMetadata(Object.assign(Object.create(null) as object, { a: 1 })), '{"a":1}');
  assert.equal(readMetadata(new Instance()), undefined);
  assert.equal(readMetadata({ a: new Instance() }), undefined);
  assert.equal(readMetadata(Object.create({ inherited: 1 })), undefined);
});

test("1 MiB of text is the most, counted in bytes", () => {
  const room = 1024 * 1024 - '{"a":""}'.length;
  assert.ok(readMetadata({ a: "x".repeat(room) }) !== undefined);
  assert.equal(readMetadata({ a: "x".repeat(room + 1) }), undefined);
  assert.ok(readMetadata({ a: "é".repeat(room / 2) }) !== undefined);
  assert.equal(readMetadata({ a: "é".repeat(room / 2 + 1) }), undefined);
});
