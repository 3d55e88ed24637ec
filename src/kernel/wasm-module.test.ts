// Choosing and compiling a build of the kernels: what docs/decisions/relaxed-simd-on-node-20.md relies on.

import "./webassembly.js";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { builds, TestIndex } from "./kernel-harness.suite.js";
import { compileKernel, kernelModule } from "./wasm-module.js";
import { relaxedWasm } from "./wasm-relaxed.generated.js";

test("relaxed SIMD is chosen, and compiled once", () => {
  assert.equal(kernelModule().build, "relaxed");
  assert.equal(kernelModule(), kernelModule());
});

test("the flag that V8 11.3 needs is cleared again", () => {
  const binary = Buffer.from(relaxedWasm, "base64");
  const before = WebAssembly.validate(binary);
  assert.ok(compileKernel("relaxed") !== undefined);
  assert.equal(WebAssembly.validate(binary), before);
  if (process.versions.v8.startsWith("11.3.")) assert.equal(before, false);
});

test("a kernel compiled under the flag stays right while its functions are optimised", () => {
  for (const module of builds) {
    const index = new TestIndex(module, { dimension: 100 });
    const vector = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
    index.add([vector, vector.map((x) => -x), vector.map((_, i) => Math.cos(i)), vector]);
    index.input(vector);
    index.kernel.probePrepare();
    const cold = index.distances([0, 1, 2, 3]);
    assert.ok(Math.abs((cold[0] ?? 0) + 1) < 0.02);
    for (let i = 0; i < 100_000; i++) index.kernel.probeDistances(4);
    assert.deepEqual(index.distances([0, 1, 2, 3]), cold);
  }
});

// V8 compiles a function twice: quickly when it is first called, well when it turns out to be hot. The quick compiler
// of V8 11.3 gets one relaxed instruction wrong, which no test notices that runs hot.
for (const flag of ["--liftoff-only", "--no-liftoff", "--no-wasm-lazy-compilation"]) {
  test(`distances are as specified under ${flag}`, () => {
    const file = fileURLToPath(new URL("./distance.test.js", import.meta.url));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const pattern = "--test-name-pattern=greatest integers|never far below";
    const { status, stdout } = spawnSync(process.execPath, [flag, pattern, file], { env, encoding: "utf8" });
    assert.match(stdout, /pass [1-9]/);
    assert.equal(status, 0, stdout);
  });
}
