// Files of sections, each with a checksum of all that is in it, written beside, synced and renamed. Little-endian:
//
//   "OMENMETA" · u32 version · u32 0 · sections
//   section: u32 kind · u32 bytes · u32 its place, 0 for the first · u32 XXH32 of the bytes, seeded with that of the twelve
//   before it · bytes, in whole words

import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { xxHash32, xxHash32OfBytes } from "../base/checksum.js";
import { type ImageSection, type SectionKind, sectionKinds } from "../metadata/image-section.js";
import { syncFolder } from "../store/sync-path.js";

const formatVersion = 1;
const headBytes = 16;

/** Writes a file in the place of the one that is there. Sections are asked for one by one, while other work goes on. */
export async function writeSections(path: string, sections: Iterable<ImageSection>): Promise<void> {
  const beside = `${path}.tmp`;
  const file = await open(beside, "w");
  try {
    await file.write(fileHead());
    let place = 0;
    for (const section of sections) {
      const parts = [sectionHead(section, place++), section.bytes];
      const { bytesWritten } = await file.writev(parts);
      if (bytesWritten !== headBytes + section.bytes.length)
        throw new Error("A section was not written whole.");
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(beside, { force: true });
    throw error;
  }
  await file.close();
  await rename(beside, path);
  await syncFolder(dirname(path));
}

function fileHead(): Buffer {
  const head = Buffer.alloc(headBytes);
  head.write("OMENMETA", 0, "latin1");
  head.writeUInt32LE(formatVersion, 8);
  return head;
}

function sectionHead({ kind, bytes }: ImageSection, place: number): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(sectionKinds[kind], 0);
  head.writeUInt32LE(bytes.length, 4);
  head.writeUInt32LE(place, 8);
  head.writeUInt32LE(sumOf(head, bytes), 12);
  return head;
}

function sumOf(head: Uint8Array, { buffer, byteOffset, length }: Uint8Array): number {
  const seed = xxHash32OfBytes(head.subarray(0, 12), 0);
  return xxHash32(new Int32Array(buffer, byteOffset, length >> 2), 0, length, seed);
}

const kindOf = new Map(
  Object.entries(sectionKinds).map(([kind, number]) => [number as number, kind as SectionKind]),
);

/** The sections of a file in their order. One that is damaged, or of another version, throws. */
export async function* readSections(path: string): AsyncGenerator<ImageSection, void, undefined> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const head = await bytesAt(file, 0, 2 * headBytes);
    if (!head.subarray(0, headBytes).equals(fileHead())) throw new Error("It has another version.");
    let next = head.subarray(headBytes);
    let position = 2 * headBytes;
    for (let place = 0; ; place++) {
      const length = next.readUInt32LE(4);
      const isLast = position + length === size;
      if (length % 4 !== 0 || (!isLast && position + length + headBytes > size))
        throw new Error("It was cut.");
      // The next head comes with the section, which saves a call for each.
      const read = await bytesAt(file, position, length + (isLast ? 0 : headBytes));
      const bytes = read.subarray(0, length);
      const kind = kindOf.get(next.readUInt32LE(0));
      const isWhole = next.readUInt32LE(8) === place && next.readUInt32LE(12) === sumOf(next, bytes);
      if (!isWhole || kind === undefined) throw new Error(`Section ${place} is damaged.`);
      yield { kind, bytes };
      if (isLast) return;
      next = read.subarray(length);
      position += length + headBytes;
    }
  } finally {
    await file.close();
  }
}

/** Bytes in a memory of their own, where numbers of any size may begin. */
async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new Error("It was cut.");
  return bytes;
}
