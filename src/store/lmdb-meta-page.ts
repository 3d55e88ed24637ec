// The meta pages of an LMDB file, read and written without LMDB: to refuse a file that is shorter than it says, which
// LMDB would map all the same, so that the process dies of SIGBUS at the first read behind the end; and to put back
// the meta of an earlier transaction.
//
// The data format is that of the fork inside `lmdb` 3.5 (0.9.90), on 64-bit little-endian machines. Two meta pages
// open the file; the one with the greater transaction number counts. Offsets in a page:
//
//    0  header, with the number of the page      144  u64  last page in use
//   24  u32  magic 0xBEEFC0DE                    152  u64  transaction number
//   48  u32  page size                           160  u64  boot of the machine; the meta ends at 168

import { readSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { OmenError } from "../base/omen-error.js";

const magic = 0xbeefc0de;
const metaStart = 24;
/** Bytes from the start of a page to the end of its meta. */
export const metaPageBytes = 168;

/** What is read of a meta page. */
export interface MetaPage {
  readonly pageBytes: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
  /** The page up to the end of its meta. */
  readonly bytes: Buffer;
}

/** Throws OmenError `corrupt` (`file_damaged`, `file_truncated`) where LMDB must not open the file. */
export async function checkMetaPages(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const first = readMetaPage(file.fd, 0) ?? damaged(path, "first meta page");
    const second = readMetaPage(file.fd, first.pageBytes) ?? damaged(path, "second meta page");
    const newest = newerOf(first, second);
    checkSize(path, size, newest);
  } finally {
    await file.close();
  }
}

/** How large a page is, and up to where the file holds pages of the newest transaction. Throws `file_damaged`. */
export function readMetaExtent(
  path: string,
  file: FileHandle,
): { readonly pageBytes: number; readonly usedBytes: number } {
  const { pageBytes, lastPage } = readNewestMeta(file, path);
  return { pageBytes, usedBytes: Number(lastPage + 1n) * pageBytes };
}

/** The newest meta of a file that is open. In the turn of the call: LMDB must not commit meanwhile. */
export function readNewestMeta(file: FileHandle, path: string): MetaPage {
  const first = readMetaPage(file.fd, 0) ?? damaged(path, "first meta page");
  const second = readMetaPage(file.fd, first.pageBytes) ?? damaged(path, "second meta page");
  return newerOf(first, second);
}

function newerOf(a: MetaPage, b: MetaPage): MetaPage {
  return a.transaction > b.transaction ? a : b;
}

function readMetaPage(file: number, position: number): MetaPage | undefined {
  const page = Buffer.alloc(metaPageBytes);
  return readSync(file, page, 0, metaPageBytes, position) < metaPageBytes ? undefined : decodeMetaPage(page);
}

/** Decodes a page up to the end of its meta; `undefined` if it is none. */
export function decodeMetaPage(bytes: Buffer): MetaPage | undefined {
  const pageBytes = bytes.readUInt32LE(48);
  const isSize = pageBytes >= 256 && pageBytes <= 65536 && (pageBytes & (pageBytes - 1)) === 0;
  if (bytes.readUInt32LE(metaStart) !== magic || !isSize) return undefined;
  return { pageBytes, lastPage: bytes.readBigUInt64LE(144), transaction: bytes.readBigUInt64LE(152), bytes };
}

/**
 * Makes an earlier transaction the last one, which it is where none of its pages was used again, and flushes the file.
 * Throws OmenError `corrupt` (`file_damaged`, `file_truncated`) where this cannot be a meta of the file.
 */
export async function putMetaBack(path: string, meta: MetaPage): Promise<void> {
  const file = await open(path, "r+");
  try {
    checkSize(path, (await file.stat()).size, meta);
    const found = [0, meta.pageBytes].map((position) => readMetaPage(file.fd, position)?.transaction ?? 0n);
    // A flushed meta is overwritten by later ones only, so a file of none but earlier ones is another file.
    if (found.every((transaction) => transaction < meta.transaction))
      damaged(path, "an older file than flushed");
    for (const page of [0, meta.pageBytes])
      await file.write(meta.bytes, metaStart, metaPageBytes - metaStart, page + metaStart);
    await file.sync();
  } finally {
    await file.close();
  }
}

function checkSize(path: string, fileBytes: number, { lastPage, pageBytes }: MetaPage): void {
  const expectedBytes = Number(lastPage + 1n) * pageBytes;
  if (fileBytes >= expectedBytes) return;
  const message = `${path} has ${fileBytes} bytes and should have ${expectedBytes}: it was cut short. Restore it from a backup.`;
  throw new OmenError("corrupt", "file_truncated", message, { received: `${fileBytes} bytes` });
}

function damaged(path: string, what: string): never {
  throw new OmenError(
    "corrupt",
    "file_damaged",
    `${path} is not a store or is damaged (${what}). Restore it from a backup.`,
  );
}
