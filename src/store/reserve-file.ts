// A file of random bytes in the folder of a store, given up when the disk is full: removing points needs pages in LMDB,
// which never changes one in place. Random, so that no file system compresses it away. It holds nothing.

import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { seededRandom } from "../base/seeded-random.js";

/** Enough for the pages that removing a point touches: a path of each tree, up to 16 vector fields, in pages of 16 KiB. */
export const reserveBytes = 2 ** 20;
/** Free bytes from which on it is taken again, so that it is not what fills the disk. */
const takenFromBytes = 16 * reserveBytes;

export class ReserveFile {
  readonly #folder: () => string;
  readonly #freeBytes: () => Promise<number>;
  #isThere = false;
  #taking: Promise<void> | undefined;

  /** `folder` is asked for each time, because a compacting copy moves. */
  constructor(folder: () => string, freeBytes: () => Promise<number>) {
    this.#folder = folder;
    this.#freeBytes = freeBytes;
  }

  get #path(): string {
    return reservePath(this.#folder());
  }

  /** Makes sure that it is there if the disk has room; in the background, and never fails. */
  ensure(): void {
    if (this.#isThere) return;
    this.#taking ??= this.#take()
      .catch(() => rm(this.#path, { force: true }).catch(() => {}))
      .finally(() => {
        this.#taking = undefined;
      });
  }

  /** Gives its space back to the disk. */
  async give(): Promise<void> {
    await this.#taking;
    this.#isThere = false;
    await giveReserve(this.#folder());
  }

  /** Waits for what is done in the background. */
  async settle(): Promise<void> {
    await this.#taking;
  }

  async #take(): Promise<void> {
    const bytes = await stat(this.#path).then(
      (found) => found.size,
      () => 0,
    );
    if (bytes < reserveBytes) {
      if ((await this.#freeBytes()) < takenFromBytes) return;
      await this.#write();
    }
    this.#isThere = true;
  }

  async #write(): Promise<void> {
    const file = await open(this.#path, "w");
    try {
      await file.write(randomBytes());
      // Some file systems find the room only now.
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

function reservePath(folder: string): string {
  return join(folder, "reserve.omen");
}

/** Gives back the space of the reserve of a folder whose store is not open. */
export async function giveReserve(folder: string): Promise<void> {
  await rm(reservePath(folder), { force: true });
}

function randomBytes(): Uint8Array {
  const random = seededRandom(1);
  const words = Uint32Array.from({ length: reserveBytes / 4 }, () => random.below(2 ** 32));
  return new Uint8Array(words.buffer);
}
