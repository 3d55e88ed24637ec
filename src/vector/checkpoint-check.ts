// Whether a checkpoint file is whole, without loading it into an index: header, size and the sum of every block are read.
// The format is that of checkpoint-file.ts.

import { open, type FileHandle } from "node:fs/promises";
import { xxHash32 } from "../base/checksum.js";
import { blockRows, metricNumber } from "../kernel/kernel-settings.js";
import type { Metric } from "../model/collection-config.js";
import { formatVersion, headerBytes, headerSum, magic, readFully, wordsOf } from "./checkpoint-file.js";

/** The settings that a checkpoint must have been made with. */
export interface CheckpointSettings {
  readonly dimension: number;
  readonly metric: Metric;
  readonly fullPrecision: boolean;
  readonly maxDegree: number;
  readonly efConstruction: number;
}

/** What a file is. */
export type CheckpointFinding =
  | { readonly state: "none" }
  | { readonly state: "whole" | "other settings"; readonly bytes: number; readonly sequence: number }
  | { readonly state: "damaged"; readonly bytes: number; readonly detail: string };

/** Reads the whole file, in slices between which other work gets its turn. */
export async function checkCheckpoint(
  path: string,
  settings: CheckpointSettings,
): Promise<CheckpointFinding> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { state: "none" };
    return { state: "damaged", bytes: 0, detail: `It cannot be read: ${String(error)}` };
  }
  try {
    return await checkFile(file, settings);
  } catch (error) {
    return { state: "damaged", bytes: 0, detail: `It cannot be read: ${String(error)}` };
  } finally {
    await file.close();
  }
}

async function checkFile(file: FileHandle, settings: CheckpointSettings): Promise<CheckpointFinding> {
  const bytes = (await file.stat()).size;
  const damaged = (detail: string): CheckpointFinding => ({ state: "damaged", bytes, detail });
  const header = Buffer.alloc(headerBytes);
  if (!(await readFully(file, header, 0))) return damaged("It is shorter than its header.");
  if (header.toString("latin1", 0, magic.length) !== magic) return damaged("It is no checkpoint.");
  const blockBytes = header.readUInt32LE(40);
  const blockCount = header.readUInt32LE(44);
  const sumsBytes = blockCount * 4;
  // Compared before anything of that size is taken from memory.
  if (headerBytes + blockCount * (4 + blockBytes) !== bytes)
    return damaged("Its size is not what its header says.");
  if (blockBytes % 4 !== 0) return damaged("Its blocks are no whole words.");
  const sums = Buffer.alloc(sumsBytes);
  if (!(await readFully(file, sums, headerBytes))) return damaged("It was cut short.");
  const sum = header.readUInt32LE(12);
  header.writeUInt32LE(0, 12);
  if (headerSum(header, sums) !== sum) return damaged("The checksum of its header differs.");
  const block = Buffer.alloc(blockBytes);
  const words = wordsOf(block);
  for (let number = 0; number < blockCount; number++) {
    const position = headerBytes + sumsBytes + number * blockBytes;
    if (!(await readFully(file, block, position))) return damaged("It was cut short.");
    if (xxHash32(words, 0, blockBytes, number) !== sums.readUInt32LE(number * 4))
      return damaged(`The checksum of block ${number}, of ${blockCount}, differs.`);
  }
  const state = fits(header, settings) ? "whole" : "other settings";
  return { state, bytes, sequence: Number(header.readBigUInt64LE(64)) };
}

function fits(header: Buffer, settings: CheckpointSettings): boolean {
  const expected = [
    formatVersion,
    0,
    settings.dimension,
    metricNumber[settings.metric],
    Number(settings.fullPrecision),
    settings.maxDegree,
    settings.efConstruction,
    blockRows,
  ];
  return expected.every((value, i) => header.readUInt32LE(8 + i * 4) === value);
}
