// The two meta pages of a file of LMDB, looked at by those who do not trust it: whether they follow one another, and a copy
// that can be opened although one of them is damaged.

import { open } from "node:fs/promises";
import { decodeMetaPage, metaPageBytes } from "./lmdb-meta-page.js";

/**
 * What is wrong with the numbers of the two meta pages, of a file into which nobody writes in this moment; `undefined` if
 * nothing is. LMDB writes them in turn, so that each has transactions of its own parity, and they are one apart. If the number
 * of one is damaged, LMDB may open the state before the last transaction as if it were the newest.
 */
export async function metaPagesFault(path: string): Promise<string | undefined> {
  const file = await open(path, "r");
  try {
    const pages = Buffer.alloc(pageBytes + metaPageBytes);
    const { bytesRead } = await file.read(pages, 0, pages.length, 0);
    if (bytesRead < pages.length) return "The file has no two meta pages.";
    const transactions = [0, pageBytes].map((start) => pages.readBigUInt64LE(start + 152));
    const [first = 0n, second = 0n] = transactions;
    // A file into which nothing was written yet, or a compacting copy, which has one meta.
    if (first === 0n && (second === 0n || second % 2n === 1n)) return undefined;
    // After a power cut in mode `interval` the flushed one is put into both places.
    const isPutBack =
      first === second &&
      pages.subarray(16, metaPageBytes).equals(pages.subarray(pageBytes + 16, pageBytes + metaPageBytes));
    const isInTurn = first % 2n === 0n && second % 2n === 1n && (first - second) ** 2n === 1n;
    return isInTurn || isPutBack
      ? undefined
      : `The meta pages of the file stand for transactions ${first} and ${second}, which do not follow one another.`;
  } finally {
    await file.close();
  }
}

/** Size of the pages of our files. */
const pageBytes = 16_384;

/**
 * Makes a copy of a file that LMDB must not open into one that it can: a meta page that is none is replaced by the other,
 * and a file that was cut short gets back its length, with zeros for what is gone. What is not there is found by reading.
 * False if neither meta page is whole.
 */
export async function mendCopy(path: string): Promise<boolean> {
  const file = await open(path, "r+");
  try {
    const pages = [0, pageBytes].map(() => Buffer.alloc(pageBytes));
    for (const [i, page] of pages.entries()) await file.read(page, 0, pageBytes, i * pageBytes);
    const metas = pages.map(decodeMetaPage).map((meta) => (meta?.pageBytes === pageBytes ? meta : undefined));
    const source = metas.findIndex((meta) => meta !== undefined);
    if (source === -1) return false;
    const other = 1 - source;
    if (metas[other] === undefined) await file.write(pages[source]!, 0, pageBytes, other * pageBytes);
    const lastPage = metas.reduce(
      (last, meta) => (meta !== undefined && meta.lastPage > last ? meta.lastPage : last),
      0n,
    );
    const { size } = await file.stat();
    // A damaged number must not make a file that no disk holds: one that was cut short had some of its pages.
    if (lastPage > lastPageMax) return false;
    const bytes = Number(lastPage + 1n) * pageBytes;
    if (size < bytes) await file.truncate(bytes);
    return true;
  } finally {
    await file.close();
  }
}

/** Pages of the address space that an environment is given. */
const lastPageMax = 2n ** 36n / 16_384n;
