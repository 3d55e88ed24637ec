// The file of a store as of one moment, to be copied while commits go on. LMDB overwrites no page that a transaction
// being read can reach, so it is enough to keep such a transaction open, and to remember the two meta pages of that
// moment, which are the only ones written in place. Pages that were free then may change: nobody reads them.

import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../base/assert.js";
import { OmenError } from "../base/omen-error.js";
import type { LmdbEnvironment } from "./lmdb-environment.js";
import { readMetaExtent } from "./lmdb-meta-page.js";
import type { StoreState } from "./point-store.js";

/** While it is held, the file grows with every commit. */
export interface HeldFile {
  /** What the store in it says of itself. */
  readonly state: StoreState;
  readonly bytes: number;
  /** Fills `target` with what lies at `position`, where there must be as much. */
  read(target: Buffer, position: number): Promise<void>;
  /** Lets go of it. */
  release(): Promise<void>;
}

/** Holds the file of an environment. The caller makes sure that no commit is in flight, and `state` is of the last. */
export async function holdFile(environment: LmdbEnvironment, state: StoreState): Promise<HeldFile> {
  environment.assertSound();
  const path = join(environment.folder, "data.mdb");
  const snapshot = environment.snapshot.hold();
  try {
    // A handle of its own: the file stays readable when a compacted one takes its name, or when it is removed.
    const file = await open(path, "r");
    try {
      const { pageBytes, usedBytes } = readMetaExtent(path, file);
      const metaPages = Buffer.alloc(2 * pageBytes);
      await readFully(file, { target: metaPages, position: 0, path });
      return {
        state,
        bytes: usedBytes,
        read: (target, position) => readHeld({ file, metaPages, path }, target, position),
        release: async () => {
          snapshot.release();
          await file.close();
        },
      };
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    snapshot.release();
    throw error;
  }
}

interface HeldPages {
  readonly file: FileHandle;
  readonly metaPages: Buffer;
  readonly path: string;
}

async function readHeld(
  { file, metaPages, path }: HeldPages,
  target: Buffer,
  position: number,
): Promise<void> {
  await readFully(file, { target, position, path });
  if (position >= metaPages.length) return;
  metaPages.copy(target, 0, position, Math.min(metaPages.length, position + target.length));
}

async function readFully(
  file: FileHandle,
  { target, position, path }: { readonly target: Buffer; readonly position: number; readonly path: string },
): Promise<void> {
  assert(Number.isSafeInteger(position) && position >= 0, "a position in a file");
  for (let read = 0; read < target.length;) {
    const { bytesRead } = await file.read(target, read, target.length - read, position + read);
    if (bytesRead === 0) {
      const message = `${path} ends before the last page that it says it has: it was cut short. Restore it from a backup.`;
      throw new OmenError("corrupt", "file_truncated", message);
    }
    read += bytesRead;
  }
}
