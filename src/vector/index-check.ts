// Whether an index says what the store does: which rows are live, their codes byte for byte, their links, and the way to
// each. It only reads, and its own reading of links takes none of them for right. The layout is that of
// kernels/assembly/layout.ts.

import { blockRows } from "../kernel/kernel-settings.js";
import { IndexMemory } from "./index-memory.js";

/** What is wrong with a row of an index. */
export interface RowFault {
  readonly kind: "row_missing" | "row_stray" | "code_wrong" | "link_wrong" | "row_unreachable";
  readonly row: number;
  readonly detail: string;
}

const bitSetsBytes = 512;
const noRow = 0xffff_ffff;
const rowsBetweenPauses = 64;

/** Reads the stored vector of a row into `target`; of one that is damaged nothing is known. */
export type VectorReader = (row: number, target: Float32Array) => "stored" | "absent" | "damaged";

/**
 * Compares which rows are live, and their codes, with the stored vectors. Each row is compared in one turn, as store and
 * index are in that moment; rows may be written between. Pauses now and then.
 */
export function* checkCodes(
  memory: IndexMemory,
  rowEnd: () => number,
  read: VectorReader,
  tell: (fault: RowFault) => void,
): Generator<number, number> {
  const encoder = new RowEncoder(memory);
  let checked = 0;
  for (let row = 0; row < Math.max(rowEnd(), memory.rowEnd); row++) {
    const fault = encoder.compare(row, read);
    if (fault !== undefined) tell(fault);
    checked++;
    if (row % rowsBetweenPauses === rowsBetweenPauses - 1) yield checked;
  }
  return checked;
}

/** Encodes vectors anew, into a memory of its own with the same settings, to compare the bytes. */
class RowEncoder {
  readonly #memory: IndexMemory;
  readonly #fresh: IndexMemory;
  readonly #vector: Float32Array;

  constructor(memory: IndexMemory) {
    this.#memory = memory;
    this.#fresh = new IndexMemory({ ...memory.settings, threads: 1 });
    this.#fresh.reserve(1);
    this.#vector = new Float32Array(memory.settings.dimension);
  }

  compare(row: number, read: VectorReader): RowFault | undefined {
    const { kernel } = this.#memory;
    const stored = read(row, this.#vector);
    if (stored === "damaged") return undefined;
    const isStored = stored === "stored";
    const isLive = row < this.#memory.rowEnd && kernel.isLive(row) !== 0;
    if (isStored !== isLive) {
      const detail = isStored
        ? `Row ${row} has a vector that no search finds.`
        : `Searches find row ${row}, which has no vector.`;
      return { kind: isStored ? "row_missing" : "row_stray", row, detail };
    }
    if (!isStored) return undefined;
    this.#fresh.input.set(this.#vector);
    this.#fresh.kernel.encode(0);
    const differs = comparedParts.find((part) => !sameBytes(part(this.#memory, row), part(this.#fresh, 0)));
    if (differs === undefined) return undefined;
    return {
      kind: "code_wrong",
      row,
      detail: `What is searched of row ${row} is not the code of its vector.`,
    };
  }
}

/** Everything of a row but its links. */
const comparedParts = [codeOf, fineOf, originalOf];

function codeOf({ memory, kernel }: IndexMemory, row: number): Uint8Array {
  return new Uint8Array(memory.buffer, kernel.probeCode(row) >>> 0, kernel.coarseStrideBytes());
}

function fineOf({ memory, kernel }: IndexMemory, row: number): Uint8Array {
  const length = kernel.codeStrideBytes() - kernel.coarseStrideBytes();
  return new Uint8Array(memory.buffer, kernel.probeFine(row) >>> 0, length);
}

function originalOf({ memory, kernel }: IndexMemory, row: number): Uint8Array {
  return new Uint8Array(memory.buffer, kernel.originalAddress(row) >>> 0, kernel.ownOriginalBytes());
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** What is counted of a graph. */
export interface GraphCount {
  readonly linkedRows: number;
  readonly unreachableRows: number;
}

/**
 * Checks the links of every linked row and follows them from the entry row. No thread may link meanwhile; rows may be
 * written and removed. Pauses now and then.
 */
export function* checkLinks(
  memory: IndexMemory,
  tell: (fault: RowFault) => void,
): Generator<number, GraphCount> {
  // Rows written meanwhile are not linked, so that what is linked now stays all there is.
  const { rowEnd } = memory;
  const graph = new GraphReader(memory, rowEnd);
  let linkedRows = 0;
  for (let row = 0; row < rowEnd; row++) {
    if (row % rowsBetweenPauses === 0) yield row;
    if (!graph.isLinked(row)) continue;
    linkedRows++;
    const detail = graph.faultOf(row);
    if (detail !== undefined) tell({ kind: "link_wrong", row, detail });
  }
  if (linkedRows !== memory.header("linkedCount")) {
    const detail = `${linkedRows} rows are linked, and ${memory.header("linkedCount")} are counted.`;
    tell({ kind: "link_wrong", row: memory.header("entry"), detail });
  }
  const reached = yield* graph.reach();
  let unreachableRows = 0;
  for (let row = 0; row < rowEnd; row++) {
    if (!graph.isLinked(row) || memory.kernel.isLive(row) === 0 || reached[row] === 1) continue;
    unreachableRows++;
    tell({ kind: "row_unreachable", row, detail: `No way in the graph leads to row ${row}.` });
  }
  return { linkedRows, unreachableRows };
}

/** Reads links out of the memory of an index. */
class GraphReader {
  readonly #memory: IndexMemory;
  readonly #rowEnd: number;
  readonly #linkWords: number;

  constructor(memory: IndexMemory, rowEnd: number) {
    this.#memory = memory;
    this.#rowEnd = rowEnd;
    this.#linkWords = memory.kernel.linkStrideBytes() / 4;
  }

  isLinked(row: number): boolean {
    return row < this.#rowEnd && this.#memory.kernel.isLinked(row) !== 0;
  }

  #linksOf(row: number): Uint32Array {
    const { memory, kernel } = this.#memory;
    const block = kernel.blockAddress(Math.floor(row / blockRows)) >>> 0;
    const address = block + bitSetsBytes + (row % blockRows) * this.#linkWords * 4;
    return new Uint32Array(memory.buffer, address, this.#linkWords);
  }

  #neighborsOf(links: Uint32Array): Uint32Array {
    return links.subarray(2, 2 + Math.min(links[0]! & 0xff, this.#memory.settings.maxDegree));
  }

  /** What is wrong with the links of a row, if anything. */
  faultOf(row: number): string | undefined {
    const links = this.#linksOf(row);
    const head = links[0]!;
    const degree = head & 0xff;
    if (degree > this.#memory.settings.maxDegree) return `Row ${row} has ${degree} neighbors.`;
    if (head >>> 24 !== 0) return `The links of row ${row} are locked, and nobody writes them.`;
    const neighbors = this.#neighborsOf(links);
    if (new Set(neighbors).size !== degree) return `A neighbor of row ${row} occurs twice.`;
    const wrong = neighbors.find((neighbor) => neighbor === row || !this.isLinked(neighbor));
    if (wrong !== undefined) return `Row ${row} has the neighbor ${wrong}, which is not linked.`;
    const pinned = (head >>> 8) & 0xff;
    const children = neighbors.filter((neighbor) => this.#linksOf(neighbor)[1] === row).length;
    if (pinned !== children) return `Row ${row} counts ${pinned} children, and has ${children}.`;
    if (((head >>> 16) & 0xff) > degree) return `Row ${row} has compared more neighbors than it has.`;
    return this.#parentFault(row, links[1]!);
  }

  #parentFault(row: number, parent: number): string | undefined {
    if (row === this.#memory.header("entry"))
      return parent === noRow ? undefined : "The entry row has a parent.";
    if (this.isLinked(parent) && this.#neighborsOf(this.#linksOf(parent)).includes(row)) return undefined;
    return `The parent ${parent} of row ${row} does not lead to it.`;
  }

  /** A one for each row to which a way leads from the entry row. */
  *reach(): Generator<number, Uint8Array> {
    const reached = new Uint8Array(this.#rowEnd);
    const queue = new Uint32Array(this.#rowEnd);
    let end = 0;
    const entry = this.#memory.header("entry");
    if (this.isLinked(entry)) {
      reached[entry] = 1;
      queue[end++] = entry;
    }
    for (let at = 0; at < end; at++) {
      for (const neighbor of this.#neighborsOf(this.#linksOf(queue[at]!))) {
        if (!this.isLinked(neighbor) || reached[neighbor] === 1) continue;
        reached[neighbor] = 1;
        queue[end++] = neighbor;
      }
      if (at % rowsBetweenPauses === 0) yield at;
    }
    return reached;
  }
}
