// Reads the meta pages of an LMDB file without LMDB, to refuse a file that is shorter than it says: LMDB would map
// it all the same, and the process would die of SIGBUS at the first read behind the end.
//
// The data format is that of the fork inside `lmdb` 3.5 (0.9.90), on 64-bit little-endian machines. Two meta pages
// open the file; the one with the greater transaction number counts. Offsets in a page:
//
//   24  u32  magic 0xBEEFC0DE       144  u64  last page in use
//   48  u32  page size              152  u64  transaction number

import { open } from "node:fs/promises";
import { OmenError } from "../base/omen-error.js";

const magic = 0xbeefc0de;
const metaBytes = 160;

/** Throws OmenError `corrupt` (`file_damaged`, `file_truncated`) where LMDB must not open the file. */
export async function checkMetaPages(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const first = await readMeta(
      path,
      async (target) => (await file.read(target, 0, metaBytes, 0)).bytesRead,
    );
    const { pageBytes } = first;
    if (pageBytes < 256 || pageBytes > 65536 || (pageBytes & (pageBytes - 1)) !== 0)
      throw damaged(path, "page size");
    const second = await readMeta(
      path,
      async (target) => (await file.read(target, 0, metaBytes, pageBytes)).bytesRead,
    );
    const newest = first.transaction > second.transaction ? first : second;
    checkSize(path, size, Number(newest.lastPage + 1n) * pageBytes);
  } finally {
    await file.close();
  }
}

interface Meta {
  readonly pageBytes: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

async function readMeta(path: string, read: (target: Buffer) => Promise<number>): Promise<Meta> {
  const page = Buffer.alloc(metaBytes);
  if ((await read(page)) < metaBytes) throw damaged(path, "length");
  if (page.readUInt32LE(24) !== magic) throw damaged(path, "magic number");
  return {
    pageBytes: page.readUInt32LE(48),
    lastPage: page.readBigUInt64LE(144),
    transaction: page.readBigUInt64LE(152),
  };
}

function checkSize(path: string, fileBytes: number, expectedBytes: number): void {
  if (fileBytes >= expectedBytes) return;
  const message = `${path} has ${fileBytes} bytes and should have ${expectedBytes}: it was cut short. Restore it from a backup.`;
  throw new OmenError("corrupt", "file_truncated", message, { received: `${fileBytes} bytes` });
}

function damaged(path: string, what: string): OmenError {
  return new OmenError(
    "corrupt",
    "file_damaged",
    `${path} is not a store or is damaged (${what}). Restore it from a backup.`,
  );
}
