// The index over metadata in a file beside the checkpoints of vector indexes: docs/internals/metadata-index.md has the format.
// It is derived from the store: a file that is damaged, of other settings or of another version is no file.

import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import { MetadataIndex } from "../metadata/metadata-index.js";
import type { WantedFields } from "../metadata/metadata-fields.js";
import { readSections, writeSections } from "./section-file.js";

/** Where the index of a collection is kept. */
export function metadataPath(folder: string): string {
  return join(folder, "index-metadata.omen");
}

/** Keeps the index as it is after the operation of this number, and parts of it perhaps as they are later. */
export async function saveMetadataIndex(path: string, index: MetadataIndex, sequence: number): Promise<void> {
  const changes = index.unsavedChanges;
  await writeSections(path, index.image(sequence));
  index.unsavedChanges -= changes;
}

/** An index that was kept, and the number of the last operation that is wholly in it. */
export interface KeptMetadataIndex {
  readonly index: MetadataIndex;
  readonly sequence: number;
}

/** Reads the index, which is still to be filled with what came later; `undefined` if there is none, or no longer wanted. */
export async function loadMetadataIndex(
  path: string,
  wanted: WantedFields,
  isAwaited: () => boolean,
): Promise<KeptMetadataIndex | undefined> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  try {
    const index = new MetadataIndex(wanted, "filling");
    const sequence = await restored(index, path, isAwaited);
    if (sequence !== undefined) return { index, sequence };
  } catch {
    // Whatever is wrong with the file, the store has everything that is in it.
  }
  if (isAwaited()) await forgetMetadataIndex(path);
  return undefined;
}

/** Removes a file that cannot be used: it must not pass for good when the store has caught up with its number. */
export async function forgetMetadataIndex(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** Between two sections other work gets its turn, because each is read from the file. */
async function restored(
  index: MetadataIndex,
  path: string,
  isAwaited: () => boolean,
): Promise<number | undefined> {
  const reading = index.restore();
  let step = reading.next();
  for await (const section of readSections(path)) {
    // What is behind the end is damage too.
    if (step.done === true) return undefined;
    step = reading.next(section);
    if (!isAwaited() || (step.done === true && step.value === undefined)) return undefined;
  }
  return step.done === true ? step.value : undefined;
}
