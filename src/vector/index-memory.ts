// The shared memory of one vector index, the host's kernel instance over it, and the views the host needs.
// Growing a shared memory leaves older views of it valid, so views of the fixed part are made once.

import { OmenError } from "../base/omen-error.js";
import {
  blockRows,
  candidatesMax,
  headerWord,
  rescoreRowsMax,
  type KernelSettings,
} from "../kernel/kernel-settings.js";
import { instantiateKernel, type KernelExports } from "../kernel/kernel.js";
import { kernelModule, type KernelModule } from "../kernel/wasm-module.js";

const pageBytes = 65_536;
const pagesMax = 65_536;
/** Memory grows by this much at least: addresses only, pages become resident when they are written. */
const growthBytes = 4 * 1024 * 1024;

/** Memory, kernel and views of one index. */
export class IndexMemory {
  readonly settings: KernelSettings;
  readonly module: KernelModule;
  readonly memory: WebAssembly.Memory;
  readonly kernel: KernelExports;
  /** The vector handed to the kernel; its padding stays zero. */
  readonly input: Float32Array;
  readonly hostRows: Uint32Array;
  readonly hostScores: Float64Array;
  /** Rows handed to a scan. */
  readonly gather: Uint32Array;
  /** Exact vectors to rescore, each `originalStride` components behind the last. */
  readonly rescoreVectors: Float32Array;
  /** The checksums that the store has of them. */
  readonly rescoreSums: Uint32Array;
  readonly originalStride: number;
  /** One bit a row, 32 rows a word. */
  readonly #allowed: Uint32Array;
  readonly #header: Int32Array;
  readonly #headerAddress: number;
  #rowEnd = 0;

  constructor(settings: KernelSettings) {
    this.settings = settings;
    this.module = kernelModule();
    this.memory = newMemory();
    this.kernel = instantiateKernel(this.module.module, this.memory, settings, 0);
    this.#growTo(this.kernel.scratchEnd());
    const { kernel } = this;
    const { buffer } = this.memory;
    this.originalStride = kernel.originalStrideBytes() / 4;
    this.input = new Float32Array(buffer, kernel.inputAddress(), settings.dimension);
    this.hostRows = new Uint32Array(buffer, kernel.hostRowsAddress(), candidatesMax);
    this.hostScores = new Float64Array(buffer, kernel.hostScoresAddress(), candidatesMax);
    this.gather = new Uint32Array(buffer, kernel.gatherAddress(), kernel.gatherLimit());
    this.#allowed = new Uint32Array(buffer, kernel.allowedAddress(), Math.ceil(kernel.rowLimit() / 32));
    this.rescoreVectors = new Float32Array(
      buffer,
      kernel.rescoreAddress(),
      rescoreRowsMax * this.originalStride,
    );
    this.rescoreSums = new Uint32Array(buffer, kernel.rescoreSumsAddress(), rescoreRowsMax);
    this.#headerAddress = kernel.headerAddress();
    this.#header = new Int32Array(buffer, this.#headerAddress, 64);
    this.setHeader("entry", 0xffff_ffff);
  }

  /** Rows below this may be written. */
  get rowEnd(): number {
    return this.#rowEnd;
  }

  /** Blocks that exist for the rows below `rowEnd`. */
  get blockCount(): number {
    return Math.ceil(this.#rowEnd / blockRows);
  }

  /** Makes room for rows below `rowEnd`; nothing moves. */
  reserve(rowEnd: number): void {
    if (rowEnd <= this.#rowEnd) return;
    const limit = this.kernel.rowLimit();
    if (rowEnd > limit) throw indexFull(rowEnd, limit);
    this.#growTo(this.kernel.bytesFor(rowEnd));
    this.#rowEnd = rowEnd;
    this.kernel.setRowEnd(rowEnd);
  }

  /** Tells the kernel which rows a filter lets through. Rows that do not exist are left out. */
  setAllowed(rows: { readonly bits: Uint32Array | undefined; sorted(): Uint32Array }): void {
    const words = Math.ceil(this.#rowEnd / 32);
    const { bits } = rows;
    if (bits !== undefined) {
      const known = bits.length <= words ? bits : bits.subarray(0, words);
      this.#allowed.set(known);
      this.#allowed.fill(0, known.length, words);
      return;
    }
    this.#allowed.fill(0, 0, words);
    for (const row of rows.sorted()) if (row < this.#rowEnd) this.#allowed[row >>> 5]! |= 1 << (row & 31);
  }

  header(word: keyof typeof headerWord): number {
    return Atomics.load(this.#header, headerWord[word] / 4) >>> 0;
  }

  setHeader(word: keyof typeof headerWord, value: number): void {
    Atomics.store(this.#header, headerWord[word] / 4, value | 0);
    Atomics.notify(this.#header, headerWord[word] / 4);
  }

  /** The addressable bytes as of now. */
  bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  #growTo(bytes: number): void {
    const missing = bytes - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    const room = pagesMax - this.memory.buffer.byteLength / pageBytes;
    const pages = Math.min(room, Math.ceil(Math.max(missing, growthBytes, bytes / 8) / pageBytes));
    if (this.#grow(pages) === undefined) return;
    // Where memory is short there may be enough for what is needed now.
    const cause = this.#grow(Math.ceil(missing / pageBytes));
    if (cause === undefined) return;
    const text = `The index needs ${missing} more bytes, which the machine does not give.`;
    throw new OmenError("unavailable", "out_of_memory", `${text} Free memory or use a smaller collection.`, {
      cause,
    });
  }

  /** Returns what is thrown where the machine gives no memory. */
  #grow(pages: number): unknown {
    try {
      this.memory.grow(pages);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

function newMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: pagesMax, shared: true });
  } catch (cause) {
    const text = "No address space is left for another index. Drop or close collections that are not used.";
    throw new OmenError("unavailable", "out_of_memory", text, { cause });
  }
}

function indexFull(rowEnd: number, limit: number): OmenError {
  const text = `The index of a collection holds at most ${limit} rows of this size, and ${rowEnd} are needed.`;
  return new OmenError("unavailable", "index_full", `${text} Split the points over several collections.`);
}
