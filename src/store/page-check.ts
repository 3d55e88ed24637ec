// Reads the pages of an LMDB file without LMDB, which checks none of them: that each page of a tree is the one it says, that
// no page is reached twice, and that none is in the list of free pages, from which the next write would take it. So a page
// that damage exchanged for an older one is found, which has every checksum right. Nothing that a page says is trusted.
//
// The data format is that of the fork inside `lmdb` 3.5 (0.9.90) on 64-bit little-endian machines. Offsets in a page:
//
//   0  u64  number of the page     20  u16  bytes of places, or u32 pages of an overflow
//  18  u16  flags                  24  u16  places of the nodes, each from here on
//
// A node: u16 low, u16 high, u16 flags, u16 bytes of the key · key · data. In a branch the first three are the number of a page,
// in a leaf low and high are the bytes of the data. A tree: u64 entries at 32, u64 root at 40. Free pages: u64 count, then
// numbers; 0 is none, and -n says that n pages begin at the number that follows.

import { readSync } from "node:fs";

const pageBytes = 16_384;
const headerBytes = 24;
const branchFlag = 0x01;
const leafFlag = 0x02;
const overflowFlag = 0x04;
const bigDataFlag = 0x01;
const subTreeFlag = 0x02;
const treeBytes = 48;
const noRoot = 0xffff_ffff_ffff_ffffn;
const depthMax = 32;
const pagesAWord = 1024;

/** Where the trees of one state of a file begin: its newest meta page, read while nobody wrote. */
export interface PageRoots {
  readonly lastPage: number;
  readonly free: Buffer;
  readonly main: Buffer;
}

/** Reads the newer meta page; `undefined` if it says what cannot be. */
export function readPageRoots(file: number, fileBytes: number): PageRoots | undefined {
  const metas = [0, pageBytes].map((position) => {
    const meta = Buffer.alloc(160);
    readSync(file, meta, 0, meta.length, position);
    return meta;
  });
  const [first, second] = metas;
  const newest = first!.readBigUInt64LE(152) > second!.readBigUInt64LE(152) ? first! : second!;
  const lastPage = newest.readBigUInt64LE(144);
  if ((lastPage + 1n) * BigInt(pageBytes) > BigInt(fileBytes)) return undefined;
  return { lastPage: Number(lastPage), free: newest.subarray(48, 96), main: newest.subarray(96, 144) };
}

/** Walks over all trees. `tell` is called with each fault, `done` now and then with the pages read; returns their number. */
export function checkPages(
  file: number,
  roots: PageRoots,
  { tell, done }: { readonly tell: (fault: string) => void; readonly done: (pages: number) => void },
): number {
  const walk = new PageWalk(file, roots.lastPage, { tell, done });
  walk.walkTree(roots.free, "free pages");
  walk.walkTree(roots.main, "tables");
  walk.checkFree();
  return walk.pages;
}

interface Listener {
  readonly tell: (fault: string) => void;
  readonly done: (pages: number) => void;
}

interface PlacedTree {
  readonly name: string;
  entries: number;
}

class PageWalk {
  readonly #file: number;
  readonly #lastPage: number;
  readonly #listener: Listener;
  /** A one for each page that was reached. */
  readonly #reached: Uint8Array;
  readonly #free: bigint[] = [];
  pages = 0;

  constructor(file: number, lastPage: number, listener: Listener) {
    this.#file = file;
    this.#lastPage = lastPage;
    this.#listener = listener;
    this.#reached = new Uint8Array(lastPage + 1);
    // The meta pages.
    this.#reached.fill(1, 0, 2);
  }

  walkTree(tree: Buffer, name: string): void {
    const root = tree.readBigUInt64LE(40);
    const placed: PlacedTree = { name, entries: 0 };
    if (root !== noRoot) this.#walkPage(root, placed, 0);
    const expected = tree.readBigUInt64LE(32);
    if (BigInt(placed.entries) !== expected)
      this.#listener.tell(`The tree ${name} has ${placed.entries} entries and counts ${expected}.`);
  }

  /** Free pages are in no tree, and none is free twice. */
  checkFree(): void {
    for (let i = 0; i < this.#free.length; i++) {
      const entry = this.#free[i]!;
      if (entry === 0n) continue;
      const count = entry < 0n ? -entry : 1n;
      const start = entry < 0n ? (this.#free[++i] ?? -1n) : entry;
      if (start < 2n || start + count - 1n > BigInt(this.#lastPage)) {
        this.#listener.tell(`The list of free pages has page ${start}, which is none.`);
        continue;
      }
      for (let page = Number(start); page < Number(start + count); page++) {
        if (this.#reached[page] === 1)
          this.#listener.tell(`Page ${page} is in use and in the list of free pages.`);
        this.#reached[page] = 1;
      }
    }
  }

  /** Marks a page as reached; false if it is none, or was reached before. */
  #reach(page: bigint, name: string): boolean {
    if (page < 2n || page > BigInt(this.#lastPage)) {
      this.#listener.tell(`The tree ${name} leads to page ${page}, which is none.`);
      return false;
    }
    if (this.#reached[Number(page)] === 1) {
      this.#listener.tell(`The tree ${name} leads to page ${page}, which is in use elsewhere.`);
      return false;
    }
    this.#reached[Number(page)] = 1;
    return true;
  }

  #walkPage(number: bigint, tree: PlacedTree, depth: number): void {
    if (!this.#reach(number, tree.name)) return;
    const page = Buffer.alloc(pageBytes);
    readSync(this.#file, page, 0, pageBytes, Number(number) * pageBytes);
    if (++this.pages % pagesAWord === 0) this.#listener.done(this.pages);
    const fault = pageFault(page, number, depth);
    if (fault !== undefined) {
      this.#listener.tell(`Page ${number} of the tree ${tree.name} ${fault}.`);
      return;
    }
    const isBranch = (page.readUInt16LE(18) & branchFlag) !== 0;
    for (let i = 0; i < page.readUInt16LE(20) >> 1; i++) {
      const at = headerBytes + page.readUInt16LE(headerBytes + 2 * i);
      if (at + 8 > pageBytes)
        this.#listener.tell(`Node ${i} of page ${number} of the tree ${tree.name} is outside of it.`);
      else if (isBranch) this.#walkPage(childOf(page, at), tree, depth + 1);
      else this.#takeLeaf(page, at, tree);
    }
  }

  #takeLeaf(page: Buffer, at: number, tree: PlacedTree): void {
    tree.entries++;
    const bytes = page.readUInt16LE(at) + page.readUInt16LE(at + 2) * 65_536;
    const flags = page.readUInt16LE(at + 4);
    const keyEnd = at + 8 + page.readUInt16LE(at + 6);
    const isBig = (flags & bigDataFlag) !== 0;
    if (keyEnd + (isBig ? 8 : bytes) > pageBytes) {
      this.#listener.tell(`A record of the tree ${tree.name} reaches over the end of its page.`);
      return;
    }
    const data = isBig
      ? this.#readOverflow(page.readBigUInt64LE(keyEnd), bytes, tree)
      : page.subarray(keyEnd, keyEnd + bytes);
    if (data === undefined) return;
    if ((flags & subTreeFlag) !== 0) {
      const name = page.toString("latin1", at + 8, keyEnd);
      if (data.length === treeBytes) this.walkTree(data, name);
      else this.#listener.tell(`The tree ${name} is described by ${data.length} bytes.`);
    } else if (tree.name === "free pages") this.#takeFree(data);
  }

  #takeFree(list: Buffer): void {
    const count = list.length < 8 ? -1n : list.readBigUInt64LE(0);
    if (count < 0n || count > BigInt((list.length >> 3) - 1)) {
      this.#listener.tell(`A list of free pages of ${list.length} bytes says that it has ${count}.`);
      return;
    }
    for (let i = 1; i <= Number(count); i++) this.#free.push(list.readBigInt64LE(i * 8));
  }

  /** The data of a record that has pages of its own; read only where it is a list of free pages. */
  #readOverflow(first: bigint, bytes: number, tree: PlacedTree): Buffer | undefined {
    if (!this.#reach(first, tree.name)) return undefined;
    const header = Buffer.alloc(headerBytes);
    readSync(this.#file, header, 0, headerBytes, Number(first) * pageBytes);
    const pageCount = header.readUInt32LE(20);
    const isRight =
      header.readBigUInt64LE(0) === first &&
      (header.readUInt16LE(18) & overflowFlag) !== 0 &&
      pageCount === Math.ceil((headerBytes + bytes) / pageBytes);
    if (!isRight) {
      this.#listener.tell(
        `Page ${first} of the tree ${tree.name} does not begin a record of ${bytes} bytes.`,
      );
      return undefined;
    }
    for (let i = 1n; i < BigInt(pageCount); i++) if (!this.#reach(first + i, tree.name)) return undefined;
    if (tree.name !== "free pages") return Buffer.alloc(0);
    const data = Buffer.alloc(bytes);
    readSync(this.#file, data, 0, bytes, Number(first) * pageBytes + headerBytes);
    return data;
  }
}

function childOf(page: Buffer, at: number): bigint {
  return BigInt(page.readUInt32LE(at)) + BigInt(page.readUInt16LE(at + 4)) * 2n ** 32n;
}

/** What is wrong with the header of a page of a tree. */
function pageFault(page: Buffer, number: bigint, depth: number): string | undefined {
  if (page.readBigUInt64LE(0) !== number) return `says that it is page ${page.readBigUInt64LE(0)}`;
  const kind = page.readUInt16LE(18) & (branchFlag | leafFlag | overflowFlag);
  if (kind !== branchFlag && kind !== leafFlag) return "is neither a branch nor a leaf";
  const lower = page.readUInt16LE(20);
  if (lower % 2 !== 0 || headerBytes + lower > pageBytes) return `has ${lower} bytes of places`;
  if (lower > page.readUInt16LE(22)) return "has places among its records";
  return depth > depthMax ? "is too deep" : undefined;
}
