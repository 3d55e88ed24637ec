// Chooses and compiles the build of the kernels that this engine runs best: relaxed SIMD where it is there.
// Why the flag below is set, and cleared again, is in docs/decisions/relaxed-simd-on-node-20.md.

import { setFlagsFromString } from "node:v8";
import "./webassembly.js";
import { baselineWasm } from "./wasm-baseline.generated.js";
import { relaxedWasm } from "./wasm-relaxed.generated.js";

/** Which build of the kernels a module is. */
export type KernelBuild = "baseline" | "relaxed";

/** A compiled build. The module can be sent to worker threads. */
export interface KernelModule {
  readonly build: KernelBuild;
  readonly module: WebAssembly.Module;
}

/** Compiles one build; undefined if this engine cannot. */
export function compileKernel(build: KernelBuild): KernelModule | undefined {
  const binary = Buffer.from(build === "relaxed" ? relaxedWasm : baselineWasm, "base64");
  if (WebAssembly.validate(binary)) return { build, module: new WebAssembly.Module(binary) };
  return build === "relaxed" && hidesRelaxedSimd() ? compileWithFlag(binary) : undefined;
}

/** V8 11.3 (Node 20) knows relaxed SIMD, finished later without a change to the instruction used, behind a flag. */
function hidesRelaxedSimd(): boolean {
  return process.versions.v8.startsWith("11.3.");
}

/** A module keeps the features it was compiled with, so the flag is cleared at once and nothing else sees it. */
function compileWithFlag(binary: Buffer): KernelModule | undefined {
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  try {
    return WebAssembly.validate(binary)
      ? { build: "relaxed", module: new WebAssembly.Module(binary) }
      : undefined;
  } finally {
    setFlagsFromString("--no-experimental-wasm-relaxed-simd");
  }
}

let chosen: KernelModule | undefined;

/** The best build, compiled once a process. Throws if the engine lacks WebAssembly SIMD or threads. */
export function kernelModule(): KernelModule {
  chosen ??= compileKernel("relaxed") ?? compileKernel("baseline");
  if (chosen === undefined)
    throw new Error("This JavaScript engine has no WebAssembly SIMD with shared memory.");
  return chosen;
}
