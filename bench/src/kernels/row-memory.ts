// One memory of rows, and an instance of each build of the kernels over it, as threads have them: so both builds read
// the very same bytes. What src/vector does around the kernels is not here: no store, no growth, no linking threads.
//
// The kernels are no part of what the package exports, and an entry point for a benchmark would make them public. So the
// benchmark imports what was built by its path; `tsc -b` checks it against the declarations of the referenced project.

import "../../../dist/kernel/webassembly.js";
import { blockRows, headerWord, type KernelSettings } from "../../../dist/kernel/kernel-settings.js";
import { instantiateKernel, type KernelExports } from "../../../dist/kernel/kernel.js";
import { compileKernel, type KernelBuild } from "../../../dist/kernel/wasm-module.js";

const pageBytes = 65_536;
const noRow = 0xffff_ffff;
/** The codes of a set, and what copies of it write, stay below this: one memory holds 4 GiB. */
const codeBytesMax = 2 ** 30;

/** The builds that this engine compiles, the baseline first. */
export const builds: readonly KernelBuild[] = (["baseline", "relaxed"] as const).filter(
  (build) => compileKernel(build) !== undefined,
);

/** An instance of one build over the memory. */
export interface BuiltKernel {
  readonly build: KernelBuild;
  readonly kernel: KernelExports;
}

/** Rows of one dimension and kind of code. None is live at first. */
export class RowMemory {
  readonly settings: KernelSettings;
  readonly built: readonly BuiltKernel[];
  /** Whole blocks; fewer than asked for where their codes would take more than 1 GiB. */
  readonly rowCount: number;
  /** Room behind the rows for as many bytes as their codes have. */
  readonly copyAddress: number;
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: pageBytes, shared: true });

  constructor(
    settings: Omit<KernelSettings, "threads">,
    rowCount: number,
    own: readonly KernelBuild[] = builds,
  ) {
    this.settings = { ...settings, threads: own.length };
    this.built = own.map((build, thread) => {
      const compiled = compileKernel(build);
      if (compiled === undefined) throw new Error(`This engine cannot compile the ${build} build.`);
      const kernel = instantiateKernel(compiled.module, this.#memory, this.settings, thread);
      return { build, kernel };
    });
    const blockCount = Math.ceil(rowCount / blockRows);
    const blockMax = Math.floor(codeBytesMax / (this.codeStride * blockRows));
    this.rowCount = Math.min(blockCount, blockMax) * blockRows;
    this.copyAddress = this.kernel.bytesFor(this.rowCount);
    const byteCount = this.copyAddress + this.rowCount * this.codeStride;
    this.#memory.grow(Math.ceil(byteCount / pageBytes) - 1);
    this.words(this.kernel.headerAddress() + headerWord.entry, 1)[0] = noRow;
  }

  /** The instance that does what is not measured. */
  get kernel(): KernelExports {
    return this.built[0]!.kernel;
  }

  /** Bytes of a row's codes: what a fine distance reads of it. */
  get codeStride(): number {
    return this.kernel.codeStrideBytes();
  }

  /** Bytes that a coarse distance reads of a row: its first code, or all of them with f32 codes. */
  get coarseStride(): number {
    return this.kernel.coarseStrideBytes();
  }

  /** Bytes of a vector, padded. */
  get vectorBytes(): number {
    return this.kernel.originalStrideBytes();
  }

  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, count);
  }

  words(address: number, count: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, address, count);
  }

  /** Puts a vector where an instance reads its input. */
  input(kernel: KernelExports, vector: Float32Array): void {
    this.floats(kernel.inputAddress(), this.settings.dimension).set(vector);
  }

  /** Encodes the vectors of all rows; `vectorOf` may give the same array each time. */
  encodeAll(vectorOf: (row: number) => Float32Array): void {
    const input = this.floats(this.kernel.inputAddress(), this.settings.dimension);
    for (let row = 0; row < this.rowCount; row++) {
      input.set(vectorOf(row));
      this.kernel.encode(row);
    }
  }

  /** Makes the rows below `rowEnd`, and no others, those of the index; those from `from` on become live. */
  publish(from: number, rowEnd: number): void {
    this.kernel.setRowEnd(rowEnd);
    for (let row = from; row < rowEnd; row++) this.kernel.publish(row);
  }
}
