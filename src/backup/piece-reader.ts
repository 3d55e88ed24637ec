// Reads the files of a backup out of the packs of its chain. Nothing comes out whose sums do not match.

import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { backupDamaged } from "./backup-error.js";
import { sliceBytes, type BackupChain } from "./backup-chain.js";
import type { ManifestFile } from "./manifest.js";
import { pieceBytes, pieceCount, placeBytes, readPlace, sumOf, type PiecePlace } from "./piece-index.js";

const piecesPerSlice = sliceBytes / pieceBytes;

/** A file of a backup, and the number of its first piece in the index. */
export interface PlacedFile {
  readonly file: ManifestFile;
  readonly firstPiece: number;
}

/** The files of each collection of a backup, in the order of the manifest, with their places. */
export function placedFiles({ newest }: BackupChain): PlacedFile[][] {
  let firstPiece = 0;
  return newest.manifest.collections.map(({ files }) =>
    files.map((file) => {
      const placed = { file, firstPiece };
      firstPiece += pieceCount(file.bytes);
      return placed;
    }),
  );
}

/**
 * The content of a file, in slices of which each is only good until the next is asked for. Throws `backup_damaged` at
 * a piece that does not match, and at the end if the whole does not.
 */
export async function* readFile(
  chain: BackupChain,
  { file, firstPiece }: PlacedFile,
): AsyncGenerator<Buffer> {
  const slice = Buffer.alloc(Math.min(sliceBytes, file.bytes));
  const sum: Hash = createHash("sha256");
  for (let position = 0; position < file.bytes; position += sliceBytes) {
    const part = slice.subarray(0, Math.min(sliceBytes, file.bytes - position));
    const places = await readPlaces(chain, firstPiece + position / pieceBytes, pieceCount(part.length));
    await readRuns(chain, places, part);
    places.forEach((place, i) => {
      const piece = part.subarray(i * pieceBytes, (i + 1) * pieceBytes);
      if (sumOf(piece) !== place.sum) throw pieceDamaged(chain, place);
    });
    sum.update(part);
    yield part;
  }
  if (sum.digest("hex") !== file.sha256)
    throw backupDamaged(chain.newest.path, `${file.name} in it does not match its checksum`);
}

/** All places in the index of a backup, for a later one that looks for what it need not write. */
export async function* readAllPlaces(chain: BackupChain): AsyncGenerator<readonly PiecePlace[]> {
  const count = chain.newest.manifest.index.bytes / placeBytes;
  for (let from = 0; from < count; from += piecesPerSlice)
    yield await readPlaces(chain, from, Math.min(piecesPerSlice, count - from));
}

async function readPlaces(chain: BackupChain, from: number, count: number): Promise<PiecePlace[]> {
  const bytes = Buffer.alloc(count * placeBytes);
  await fill(chain.newest.index, bytes, from * placeBytes, chain.newest.path);
  return Array.from({ length: count }, (_, i) => readPlace(bytes, i * placeBytes));
}

/** Fills `target`; pieces that lie behind each other are read in one go. */
async function readRuns(chain: BackupChain, places: readonly PiecePlace[], target: Buffer): Promise<void> {
  for (let from = 0; from < places.length;) {
    const { generation, offset } = places[from]!;
    const backup = chain.backups[generation];
    if (backup === undefined) throw pieceDamaged(chain, places[from]!);
    let to = from + 1;
    while (
      to < places.length &&
      follows(places[to]!, { generation, offset: offset + (to - from) * pieceBytes })
    )
      to++;
    const run = target.subarray(from * pieceBytes, Math.min(to * pieceBytes, target.length));
    if (offset + run.length > backup.manifest.packBytes) throw pieceDamaged(chain, places[from]!);
    await fill(backup.pack, run, offset, backup.path);
    from = to;
  }
}

function follows(place: PiecePlace, expected: Omit<PiecePlace, "sum">): boolean {
  return place.generation === expected.generation && place.offset === expected.offset;
}

async function fill(file: FileHandle, target: Buffer, position: number, path: string): Promise<void> {
  for (let read = 0; read < target.length;) {
    const { bytesRead } = await file.read(target, read, target.length - read, position + read);
    if (bytesRead === 0) throw backupDamaged(path, "one of its files was cut short");
    read += bytesRead;
  }
}

function pieceDamaged(chain: BackupChain, { generation, offset }: PiecePlace): Error {
  const path = chain.backups[generation]?.path ?? chain.newest.path;
  return backupDamaged(path, `what lies at ${offset} of its pack does not match its checksum`);
}
