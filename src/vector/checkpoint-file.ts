// The checkpoint of one index: the used blocks of its memory, without originals. docs/internals/vector-index.md has
// the format. A file that is damaged, of other settings or of another version is no checkpoint: the index is rebuilt.
//
//   [header 256 B][XXH32 of each block, u32][blocks]       all little-endian
//   header: "OMENIDX1", version, header sum, settings, block bytes, block count, row end, entry, norm, sequence,
//           what walks found

import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { xxHash32, xxHash32OfBytes } from "../base/checksum.js";
import { blockRows, metricNumber } from "../kernel/kernel-settings.js";
import type { IndexMemory } from "./index-memory.js";
import { trialWalks, type Calibration } from "./search-plan.js";

export const magic = "OMENIDX1";
export const formatVersion = 3;
export const headerBytes = 256;
/** Where the calibration lies in the header: linked rows, then recall and distances of each walk tried. */
const calibrationAt = 72;
const outcomesAt = 128;
/** Bytes copied, summed and written in one turn of the event loop: some 2 ms. */
const sliceBytes = 2 * 1024 * 1024;

/** What a checkpoint stands for beside the rows. */
export interface CheckpointState {
  /** Number of the last operation it holds. */
  readonly sequence: number;
  readonly calibration: Calibration | undefined;
}

/** What a checkpoint says beside the blocks. */
interface CheckpointHeader extends CheckpointState {
  readonly blockBytes: number;
  readonly blockCount: number;
  readonly rowEnd: number;
  readonly entry: number;
  readonly normMax: number;
}

/** Writes a checkpoint: beside, synced, renamed, directory synced. Nothing links meanwhile; rows may come and go. */
export async function writeCheckpoint(
  path: string,
  memory: IndexMemory,
  state: CheckpointState,
): Promise<void> {
  const beside = besideOf(path);
  const file = await open(beside, "w");
  try {
    await writeBlocks(file, memory, state);
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(beside, { force: true });
    throw error;
  }
  await file.close();
  await rename(beside, path);
  await syncDirectory(dirname(path));
}

function besideOf(path: string): string {
  return `${path}.tmp`;
}

async function writeBlocks(file: FileHandle, memory: IndexMemory, state: CheckpointState): Promise<void> {
  const { kernel, blockCount, rowEnd } = memory;
  const blockBytes = kernel.checkpointBytes();
  const sums = Buffer.alloc(blockCount * 4);
  const perSlice = Math.max(1, Math.floor(sliceBytes / blockBytes));
  const slice = Buffer.alloc(perSlice * blockBytes);
  const words = wordsOf(slice);
  let position = headerBytes + sums.length;
  for (let from = 0; from < blockCount; from += perSlice) {
    const count = Math.min(perSlice, blockCount - from);
    // Copied in one go: rows change only between turns of the event loop.
    const bytes = memory.bytes();
    for (let i = 0; i < count; i++) {
      const address = kernel.blockAddress(from + i) >>> 0;
      slice.set(bytes.subarray(address, address + blockBytes), i * blockBytes);
      sums.writeUInt32LE(xxHash32(words, (i * blockBytes) / 4, blockBytes, from + i), (from + i) * 4);
    }
    await file.write(slice, 0, count * blockBytes, position);
    position += count * blockBytes;
  }
  const header = encodeHeader(memory, {
    blockBytes,
    blockCount,
    rowEnd,
    entry: memory.header("entry"),
    normMax: memory.header("normMax"),
    ...state,
  });
  header.writeUInt32LE(headerSum(header, sums), 12);
  await file.write(Buffer.concat([header, sums]), 0, headerBytes + sums.length, 0);
}

/** The header with zero in place of its sum. */
function encodeHeader({ settings }: IndexMemory, header: CheckpointHeader): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(magic, 0, "latin1");
  bytes.writeUInt32LE(formatVersion, 8);
  bytes.writeUInt32LE(settings.dimension, 16);
  bytes.writeUInt32LE(metricNumber[settings.metric], 20);
  bytes.writeUInt32LE(Number(settings.fullPrecision), 24);
  bytes.writeUInt32LE(settings.maxDegree, 28);
  bytes.writeUInt32LE(settings.efConstruction, 32);
  bytes.writeUInt32LE(blockRows, 36);
  bytes.writeUInt32LE(header.blockBytes, 40);
  bytes.writeUInt32LE(header.blockCount, 44);
  bytes.writeUInt32LE(header.rowEnd, 48);
  bytes.writeUInt32LE(header.entry, 52);
  bytes.writeUInt32LE(header.normMax, 56);
  bytes.writeBigUInt64LE(BigInt(header.sequence), 64);
  bytes.writeUInt32LE(header.calibration?.linkedRows ?? 0, calibrationAt);
  for (const [i, { recall, distances }] of (header.calibration?.outcomes ?? []).entries()) {
    bytes.writeFloatLE(recall, outcomesAt + i * 8);
    bytes.writeFloatLE(distances, outcomesAt + i * 8 + 4);
  }
  return bytes;
}

/** What walks found, or undefined if none had been tried. */
function decodeCalibration(bytes: Buffer): Calibration | undefined {
  const linkedRows = bytes.readUInt32LE(calibrationAt);
  if (linkedRows === 0) return undefined;
  const outcomes = trialWalks.map((_, i) => ({
    recall: bytes.readFloatLE(outcomesAt + i * 8),
    distances: bytes.readFloatLE(outcomesAt + i * 8 + 4),
  }));
  return { linkedRows, outcomes };
}

/** Reads a checkpoint into the empty memory of an index; undefined if it cannot be used. */
export async function readCheckpoint(
  path: string,
  memory: IndexMemory,
): Promise<CheckpointState | undefined> {
  // A crash may have left one half written; it holds nothing that is needed.
  await rm(besideOf(path), { force: true }).catch(() => {});
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch {
    return undefined;
  }
  try {
    return await readBlocks(file, memory);
  } catch {
    // Whatever is wrong with the file, the store has everything that is in it.
    return undefined;
  } finally {
    await file.close();
  }
}

async function readBlocks(file: FileHandle, memory: IndexMemory): Promise<CheckpointState | undefined> {
  const header = Buffer.alloc(headerBytes);
  if (!(await readFully(file, header, 0))) return undefined;
  const decoded = decodeHeader(header, memory);
  if (decoded === undefined) return undefined;
  const { blockBytes, blockCount } = decoded;
  const size = headerBytes + blockCount * (4 + blockBytes);
  if ((await file.stat()).size !== size) return undefined;
  const sums = Buffer.alloc(blockCount * 4);
  if (!(await readFully(file, sums, headerBytes))) return undefined;
  const sum = header.readUInt32LE(12);
  header.writeUInt32LE(0, 12);
  if (headerSum(header, sums) !== sum) return undefined;
  memory.reserve(decoded.rowEnd);
  const perSlice = Math.max(1, Math.floor(sliceBytes / blockBytes));
  const slice = Buffer.alloc(perSlice * blockBytes);
  for (let from = 0; from < blockCount; from += perSlice) {
    const count = Math.min(perSlice, blockCount - from);
    const part = slice.subarray(0, count * blockBytes);
    if (!(await readFully(file, part, headerBytes + sums.length + from * blockBytes))) return undefined;
    if (!copyBlocks({ memory, part, sums, from, blockBytes })) return undefined;
  }
  memory.setHeader("entry", decoded.entry);
  memory.setHeader("normMax", decoded.normMax);
  memory.kernel.resetAfterLoad();
  return decoded;
}

interface BlockSlice {
  readonly memory: IndexMemory;
  readonly part: Buffer;
  readonly sums: Buffer;
  readonly from: number;
  readonly blockBytes: number;
}

/** Copies checked blocks into memory; false if a sum is wrong. */
function copyBlocks({ memory, part, sums, from, blockBytes }: BlockSlice): boolean {
  const bytes = memory.bytes();
  const words = wordsOf(part);
  for (let i = 0; i * blockBytes < part.length; i++) {
    const block = part.subarray(i * blockBytes, (i + 1) * blockBytes);
    const sum = xxHash32(words, (i * blockBytes) / 4, blockBytes, from + i);
    if (sum !== sums.readUInt32LE((from + i) * 4)) return false;
    bytes.set(block, memory.kernel.blockAddress(from + i) >>> 0);
  }
  return true;
}

/** The sum of the header, with zero in place of it, and of the sums of the blocks. */
export function headerSum(header: Buffer, sums: Buffer): number {
  return xxHash32OfBytes(sums, xxHash32OfBytes(header, 0));
}

/** The words of a buffer that has its memory to itself. Blocks are whole words. */
export function wordsOf(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/** Undefined if the file is of another kind, version or index. */
function decodeHeader(bytes: Buffer, memory: IndexMemory): CheckpointHeader | undefined {
  const header: CheckpointHeader = {
    blockBytes: bytes.readUInt32LE(40),
    blockCount: bytes.readUInt32LE(44),
    rowEnd: bytes.readUInt32LE(48),
    entry: bytes.readUInt32LE(52),
    normMax: bytes.readUInt32LE(56),
    sequence: Number(bytes.readBigUInt64LE(64)),
    calibration: decodeCalibration(bytes),
  };
  const expected = encodeHeader(memory, header);
  bytes.copy(expected, 12, 12, 16);
  const fits =
    header.blockBytes === memory.kernel.checkpointBytes() &&
    header.blockCount === Math.ceil(header.rowEnd / blockRows) &&
    (header.entry < header.rowEnd || header.entry === 0xffff_ffff);
  return fits && expected.equals(bytes) ? header : undefined;
}

export async function readFully(file: FileHandle, into: Buffer, position: number): Promise<boolean> {
  const { bytesRead } = await file.read(into, 0, into.length, position);
  return bytesRead === into.length;
}

/** Makes a rename durable. Windows cannot sync a directory, and does not need to. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
