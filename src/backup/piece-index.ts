// The index of a backup, `pieces.index`: of each piece of each file, in the order of the manifest, its SHA-256 and the
// place where it lies. docs/decisions/backup-format.md says why pieces are as large as pages.
//
//   32 B SHA-256 · u32 generation: 0 for the pack beside, 1 for that of the base, … · u64 offset in that pack

import { hash } from "node:crypto";

/** Bytes of a piece; the last one of a file may be shorter. The page size of the stores, so that unchanged pages are found. */
export const pieceBytes = 16384;
export const placeBytes = 44;

/** A piece as the index has it. */
export interface PiecePlace {
  /** SHA-256, as a text of 32 characters of one byte each. */
  readonly sum: string;
  readonly generation: number;
  readonly offset: number;
}

export function pieceCount(fileBytes: number): number {
  return Math.ceil(fileBytes / pieceBytes);
}

/** The sum by which a piece is known. */
export function sumOf(piece: Uint8Array): string {
  return hash("sha256", piece, "binary");
}

export function writePlace({ sum, generation, offset }: PiecePlace, target: Buffer, at: number): void {
  target.write(sum, at, "latin1");
  target.writeUInt32LE(generation, at + 32);
  target.writeBigUInt64LE(BigInt(offset), at + 36);
}

export function readPlace(source: Buffer, at: number): PiecePlace {
  return {
    sum: source.toString("latin1", at, at + 32),
    generation: source.readUInt32LE(at + 32),
    // Beyond 2^53 it is behind the end of any pack, and refused as that.
    offset: Number(source.readBigUInt64LE(at + 36)),
  };
}
