// The file flushed.omen beside data.mdb: which transaction of LMDB was flushed last, while later ones may not be. It
// exists only while there may be such ones. It has two slots of 4 KiB, written in turns, so that one that is torn by a
// power cut leaves the other. docs/internals/formats.md. Little-endian; a slot:
//
//    0  u32 XXH32 of bytes 4 to 191, seed 0     16  u64 number of the transaction
//    4  "OMENFLSH"                              24  the first 168 bytes of its meta page
//   12  u32 format version                     192  place of data.mdb as UTF-8, then zeros, to 384; not in the checksum

import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { xxHash32OfBytes } from "../base/checksum.js";
import { OmenError } from "../base/omen-error.js";
import { filePlace } from "./file-place.js";
import { decodeMetaPage, metaPageBytes, type MetaPage } from "./lmdb-meta-page.js";
import { syncFolder } from "./sync-path.js";

const magic = "OMENFLSH";
const formatVersion = 1;
const slotBytes = 4096;
const slotCount = 2;
const metaAt = 24;
const placeAt = 192;
const placeEnd = 384;

/** What the file says of the last flush. */
export interface FlushedState {
  readonly meta: MetaPage;
  /** False where what was written later may be lost, so that the file must go back to the flushed transaction. */
  readonly isPlaceSame: boolean;
}

export function flushRecordPath(folder: string): string {
  return join(folder, "flushed.omen");
}

/** The record while it is being kept. */
export class FlushRecord {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #place: string;
  #newest: MetaPage;
  #nextSlot = 1;

  private constructor(path: string, file: FileHandle, { meta, place }: Slot) {
    this.#path = path;
    this.#file = file;
    this.#newest = meta;
    this.#place = place;
  }

  /** Begins the record of the store in `folder`, whose transaction of `meta` is flushed. Durable when it resolves. */
  static async begin(folder: string, meta: MetaPage): Promise<FlushRecord> {
    const path = flushRecordPath(folder);
    const beside = `${path}.tmp`;
    const place = await filePlace(join(folder, "data.mdb"));
    const file = await open(beside, "w+");
    try {
      await file.write(encodeSlot(meta, place), 0, slotBytes, 0);
      // Room for both, so that no flush meets a full disk.
      await file.write(Buffer.alloc(slotBytes), 0, slotBytes, slotBytes);
      await file.sync();
      await rename(beside, path);
      await syncFolder(folder);
    } catch (error) {
      await file.close();
      await rm(beside, { force: true });
      await rm(path, { force: true });
      throw error;
    }
    return new FlushRecord(path, file, { meta, place });
  }

  /** Says that the transaction of `meta` is flushed; durable when it resolves. The state before stays in the other slot. */
  async advance(meta: MetaPage): Promise<void> {
    await this.#file.write(encodeSlot(meta, this.#place), 0, slotBytes, this.#nextSlot * slotBytes);
    await this.#file.datasync();
    this.#nextSlot = (this.#nextSlot + 1) % slotCount;
    this.#newest = meta;
  }

  /** Says the same again, so that nothing needs the state before any more. */
  repeat(): Promise<void> {
    return this.advance(this.#newest);
  }

  /** Demands that the next opening goes back to the last flush, because the disk may lack what the page cache has. */
  async demandReturn(): Promise<void> {
    for (let slot = 0; slot < slotCount; slot++)
      await this.#file.write(
        Buffer.alloc(placeEnd - placeAt),
        0,
        placeEnd - placeAt,
        slot * slotBytes + placeAt,
      );
    await this.#file.datasync();
  }

  /** Ends the record durably, because everything is flushed. */
  async remove(): Promise<void> {
    await this.#file.close();
    await removeFlushRecord(dirname(this.#path));
  }

  /** Lets go of the file, which stays for the next opening. */
  async leave(): Promise<void> {
    await this.#file.close();
  }
}

/** Removes the record durably. */
export async function removeFlushRecord(folder: string): Promise<void> {
  await rm(flushRecordPath(folder), { force: true });
  await syncFolder(folder);
}

/**
 * What was left of the record when the store was not closed; `undefined` if it was. Throws OmenError `corrupt`
 * (`file_damaged`) or `unsupported` (`format_version`).
 */
export async function readFlushRecord(folder: string): Promise<FlushedState | undefined> {
  const path = flushRecordPath(folder);
  await rm(`${path}.tmp`, { force: true });
  const bytes = await readSlots(path);
  if (bytes === undefined) return undefined;
  const slots = [bytes.subarray(0, slotBytes), bytes.subarray(slotBytes)].flatMap((slot) => {
    const decoded = decodeSlot(slot, path);
    return decoded === undefined ? [] : [decoded];
  });
  const newest = slots.reduce<Slot | undefined>(
    (best, slot) => (best === undefined || slot.meta.transaction > best.meta.transaction ? slot : best),
    undefined,
  );
  if (newest === undefined) throw recordDamaged(path);
  const place = await filePlace(join(folder, "data.mdb"));
  return { meta: newest.meta, isPlaceSame: place !== "" && place === newest.place };
}

interface Slot {
  readonly meta: MetaPage;
  readonly place: string;
}

async function readSlots(path: string): Promise<Buffer | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const bytes = Buffer.alloc(slotBytes * slotCount);
    await file.read(bytes, 0, bytes.length, 0);
    return bytes;
  } finally {
    await file.close();
  }
}

function encodeSlot(meta: MetaPage, place: string): Buffer {
  const bytes = Buffer.alloc(slotBytes);
  bytes.write(magic, 4, "latin1");
  bytes.writeUInt32LE(formatVersion, 12);
  bytes.writeBigUInt64LE(meta.transaction, 16);
  meta.bytes.copy(bytes, metaAt, 0, metaPageBytes);
  bytes.write(place, placeAt, placeEnd - placeAt, "utf8");
  bytes.writeUInt32LE(xxHash32OfBytes(bytes.subarray(4, placeAt), 0), 0);
  return bytes;
}

function decodeSlot(bytes: Buffer, path: string): Slot | undefined {
  if (bytes.toString("latin1", 4, 12) !== magic) return undefined;
  if (bytes.readUInt32LE(0) !== xxHash32OfBytes(bytes.subarray(4, placeAt), 0)) return undefined;
  const version = bytes.readUInt32LE(12);
  if (version !== formatVersion) throw versionUnknown(path, version);
  const meta = decodeMetaPage(Buffer.from(bytes.subarray(metaAt, metaAt + metaPageBytes)));
  if (meta === undefined) return undefined;
  const place = bytes.toString("utf8", placeAt, placeEnd);
  return { meta, place: place.slice(0, place.indexOf("\0")) };
}

function recordDamaged(path: string): OmenError {
  const message = `${path}, which says what of the store was flushed, is damaged. Restore the store from a backup.`;
  return new OmenError("corrupt", "file_damaged", message);
}

function versionUnknown(path: string, version: number): OmenError {
  const message = `${path} has format version ${version}; this build of OmenDB reads version ${formatVersion}. Open it with the version of OmenDB that wrote it.`;
  return new OmenError("unsupported", "format_version", message, { received: String(version) });
}
