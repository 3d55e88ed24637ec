// A memory and an instance of the kernels for tests: what src/vector does around them, in a few lines. Tests run
// over each build; a build that this engine cannot compile fails loudly, for then half of the tests would be missing.

import "./webassembly.js";
import { assert } from "../base/assert.js";
import { blockRows, headerWord, type KernelSettings } from "./kernel-settings.js";
import { instantiateKernel, type KernelExports } from "./kernel.js";
import { encodeScalar, type ScalarRow } from "./scalar.js";
import type { Precision } from "./scalar-distance.js";
import { compileKernel, type KernelBuild, type KernelModule } from "./wasm-module.js";

const pageBytes = 65536;
const headerBytes = 256;
/** One bit a row, for the rows that a test has at most. */
const bitSetBytes = 8192;
export const noRow = 0xffffffff;

/** Both builds. Every engine that CI runs has relaxed SIMD, on Node 20 behind a flag: its absence is a failure. */
export const builds: readonly KernelModule[] = (["baseline", "relaxed"] as const).map((build) => {
  const compiled = compileKernel(build);
  assert(compiled !== undefined, `this engine compiles the ${build} build of the kernels`);
  return compiled;
});

export const defaultSettings: KernelSettings = {
  dimension: 16,
  metric: "cosine",
  fullPrecision: false,
  originalsInMemory: false,
  maxDegree: 16,
  efConstruction: 48,
  threads: 1,
};

// One memory a build is configured anew for each case: address space for thousands of them would run out.
const memories = new Map<KernelBuild, WebAssembly.Memory>();

function memoryFor(build: KernelBuild): WebAssembly.Memory {
  const known = memories.get(build);
  if (known !== undefined) return known;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: pageBytes, shared: true });
  memories.set(build, memory);
  return memory;
}

/** An empty index. Two of one build share their memory: use one at a time, or give one `memory` of its own. */
export class TestIndex {
  readonly build: KernelBuild;
  readonly module: KernelModule;
  readonly memory: WebAssembly.Memory;
  readonly settings: KernelSettings;
  readonly kernel: KernelExports;
  rowEnd = 0;

  constructor(
    module: KernelModule,
    settings: Partial<KernelSettings>,
    memory: WebAssembly.Memory = memoryFor(module.build),
  ) {
    this.build = module.build;
    this.module = module;
    this.memory = memory;
    this.settings = { ...defaultSettings, ...settings };
    this.kernel = this.instance(0);
    this.#reserve(this.kernel.scratchEnd());
    // Of the scratch memory only bit sets must begin as zeros; clearing all of it would take most of a case's time.
    assert(
      this.settings.threads === 1 || memory !== memories.get(module.build),
      "threads have a memory of their own",
    );
    const header = this.kernel.headerAddress();
    this.words(header, (headerBytes + 4 * bitSetBytes) / 4).fill(0);
    this.setHeader("entry", noRow);
  }

  /** Another instance over the same memory, as a thread has it. */
  instance(thread: number): KernelExports {
    return instantiateKernel(this.module.module, this.memory, this.settings, thread);
  }

  header(word: keyof typeof headerWord): number {
    return Atomics.load(this.#words(), headerWord[word] / 4);
  }

  setHeader(word: keyof typeof headerWord, value: number): void {
    Atomics.store(this.#words(), headerWord[word] / 4, value);
  }

  #words(): Uint32Array {
    return new Uint32Array(this.memory.buffer, this.kernel.headerAddress(), 64);
  }

  #reserve(byteCount: number): void {
    const missing = byteCount - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / pageBytes));
  }

  /** Makes room for rows. The bit sets of new blocks are cleared, since another case may have used the memory. */
  grow(rowCount: number): void {
    const rowEnd = Math.ceil(rowCount / blockRows) * blockRows;
    if (rowEnd <= this.rowEnd) return;
    this.#reserve(this.kernel.bytesFor(rowEnd));
    for (let block = this.rowEnd / blockRows; block < rowEnd / blockRows; block++) {
      this.words(this.kernel.blockAddress(block), blockRows / 8).fill(0);
    }
    this.rowEnd = rowEnd;
    this.kernel.setRowEnd(rowEnd);
  }

  /** Puts a vector where the kernels read their input, padded with zeros. */
  input(vector: Float32Array): void {
    const input = this.floats(this.kernel.inputAddress(), this.kernel.originalStrideBytes() / 4);
    input.fill(0);
    input.set(vector);
  }

  encode(row: number, vector: Float32Array): void {
    this.grow(row + 1);
    this.input(vector);
    this.kernel.encode(row);
  }

  /** Encodes and publishes vectors in the rows from `from` on. */
  add(vectors: readonly Float32Array[], from = 0): void {
    this.grow(from + vectors.length);
    vectors.forEach((vector, i) => {
      this.encode(from + i, vector);
      this.kernel.publish(from + i);
    });
  }

  /** What the kernels hold of a row, in the form of the specification. */
  row(row: number): ScalarRow {
    const { dimension, fullPrecision } = this.settings;
    const padded = Math.ceil(dimension / 32) * 32;
    const address = this.kernel.probeCode(row);
    const tail = new DataView(this.memory.buffer, address + (fullPrecision ? padded * 4 : padded / 2), 16);
    const fine = new DataView(
      this.memory.buffer,
      this.kernel.probeFine(row) + (fullPrecision ? 0 : padded / 2),
    );
    return {
      components: fullPrecision ? Float32Array.from(this.floats(address, padded)) : new Float32Array(0),
      integers: fullPrecision ? undefined : this.#integers(row, padded),
      dimension,
      scale: tail.getFloat32(0, true),
      base: tail.getFloat32(4, true),
      norm: tail.getFloat32(8, true),
      total: tail.getFloat32(12, true),
      residual: fullPrecision ? 0 : fine.getFloat32(0, true),
      sum: fullPrecision ? 0 : fine.getInt32(4, true),
    };
  }

  /** A byte of each part of a code holds one component in its low half and the one 16 places behind in its high half. */
  #integers(row: number, padded: number): Uint8Array {
    const [coarse, fine] = [this.kernel.probeCode(row), this.kernel.probeFine(row)].map(
      (address) => new Uint8Array(this.memory.buffer, address, padded / 2),
    );
    const half = (bytes: Uint8Array | undefined, i: number): number => {
      const byte = bytes?.[(i >> 5) * 16 + (i & 15)] ?? 0;
      return (i & 16) === 0 ? byte & 15 : byte >> 4;
    };
    return Uint8Array.from({ length: padded }, (_, i) => 16 * half(coarse, i) + half(fine, i) - 8);
  }

  /** What the specification holds of a vector under these settings. */
  specified(vector: Float32Array): ScalarRow {
    return encodeScalar(vector, this.settings);
  }

  /** Distances of the prepared query to rows. */
  distances(rows: readonly number[], precision: Precision = "fine"): number[] {
    this.words(this.kernel.gatherAddress(), rows.length).set(rows);
    const probe = precision === "fine" ? this.kernel.probeDistances : this.kernel.probeCoarse;
    return Array.from(this.floats(probe(rows.length), rows.length));
  }

  /** Rows that may be among the `k` nearest; undefined if the kernels gave up. */
  exact(query: Float32Array, k: number): number[] | undefined {
    this.input(query);
    this.kernel.beginExact(k);
    this.kernel.exactLive(0, this.rowEnd);
    return this.#endExact();
  }

  /** The same among the rows given. */
  exactOf(query: Float32Array, k: number, rows: readonly number[]): number[] | undefined {
    this.input(query);
    this.kernel.beginExact(k);
    const limit = this.kernel.gatherLimit();
    for (let from = 0; from < rows.length; from += limit) {
      const part = rows.slice(from, from + limit);
      this.words(this.kernel.gatherAddress(), part.length).set(part);
      this.kernel.exactGathered(part.length);
    }
    return this.#endExact();
  }

  #endExact(): number[] | undefined {
    const count = this.kernel.endExact();
    return count < 0 ? undefined : Array.from(this.words(this.kernel.exactAddress(), count));
  }

  /** Approximate search; with `depth` as limit too, nothing is left out for being far. */
  search(query: Float32Array, ef: number, depth: number): number[] {
    this.input(query);
    const count = this.kernel.search(ef, depth, depth, -1, 0);
    return Array.from(this.words(this.kernel.hostRowsAddress(), count));
  }

  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count);
  }

  words(address: number, count: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, count);
  }
}
