// Writes the pack and the index of a backup: each piece that is not in the base or in the pack already, once.

import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { readAllPlaces } from "./piece-reader.js";
import { sliceBytes, type BackupChain } from "./backup-chain.js";
import { indexName, packName, type Manifest, type ManifestFile } from "./manifest.js";
import { pieceBytes, pieceCount, placeBytes, sumOf, writePlace, type PiecePlace } from "./piece-index.js";

/** A file to be backed up, which does not change. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: number;
  read(target: Buffer, position: number): Promise<void>;
}

export class PackWriter {
  readonly #pack: FileHandle;
  readonly #index: FileHandle;
  /** By their sums: the pieces of the base, as seen from here, and those written. */
  readonly #known: Map<string, PiecePlace>;
  readonly #indexSum = createHash("sha256");
  #packBytes = 0;
  #indexBytes = 0;

  private constructor(pack: FileHandle, index: FileHandle, known: Map<string, PiecePlace>) {
    this.#pack = pack;
    this.#index = index;
    this.#known = known;
  }

  /** Makes both files in a folder that has none. */
  static async create(folder: string, base: BackupChain | undefined): Promise<PackWriter> {
    const known = base === undefined ? new Map<string, PiecePlace>() : await placesOf(base);
    const pack = await open(join(folder, packName), "wx");
    try {
      return new PackWriter(pack, await open(join(folder, indexName), "wx"), known);
    } catch (error) {
      await pack.close();
      throw error;
    }
  }

  /** Writes what is new of a file. `copied` is told the bytes of each slice. */
  async add(source: SourceFile, copied: (bytes: number) => void): Promise<ManifestFile> {
    const sum = createHash("sha256");
    const slice = Buffer.alloc(Math.min(sliceBytes, source.bytes));
    for (let position = 0; position < source.bytes; position += sliceBytes) {
      const part = slice.subarray(0, Math.min(sliceBytes, source.bytes - position));
      await source.read(part, position);
      sum.update(part);
      await this.#addSlice(part);
      copied(part.length);
    }
    return { name: source.name, bytes: source.bytes, sha256: sum.digest("hex") };
  }

  async #addSlice(slice: Buffer): Promise<void> {
    const places = Buffer.alloc(pieceCount(slice.length) * placeBytes);
    const fresh: Buffer[] = [];
    const start = this.#packBytes;
    for (let i = 0; i * pieceBytes < slice.length; i++) {
      const piece = slice.subarray(i * pieceBytes, (i + 1) * pieceBytes);
      const sum = sumOf(piece);
      let place = this.#known.get(sum);
      if (place === undefined) {
        place = { sum, generation: 0, offset: this.#packBytes };
        this.#known.set(sum, place);
        this.#packBytes += piece.length;
        fresh.push(piece);
      }
      writePlace(place, places, i * placeBytes);
    }
    if (fresh.length > 0) await writeAll(this.#pack, Buffer.concat(fresh), start);
    this.#indexSum.update(places);
    await writeAll(this.#index, places, this.#indexBytes);
    this.#indexBytes += places.length;
  }

  /** Flushes both files and says what the manifest needs to know of them. */
  async finish(): Promise<Pick<Manifest, "packBytes" | "index">> {
    await this.#pack.sync();
    await this.#index.sync();
    const sha256 = this.#indexSum.digest("hex");
    return { packBytes: this.#packBytes, index: { bytes: this.#indexBytes, sha256 } };
  }

  async close(): Promise<void> {
    await this.#pack.close();
    await this.#index.close();
  }
}

async function placesOf(base: BackupChain): Promise<Map<string, PiecePlace>> {
  const known = new Map<string, PiecePlace>();
  for await (const places of readAllPlaces(base)) {
    // Its pack is the first behind ours.
    for (const place of places) known.set(place.sum, { ...place, generation: place.generation + 1 });
  }
  return known;
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
