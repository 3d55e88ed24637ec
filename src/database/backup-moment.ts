// The moment of a backup: all writers of a database are held until each has no commit in flight, the files of all
// collections are held as they are then, and the writers go on. So a backup shows all collections as of one moment.

import { open, type FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { assert } from "../base/assert.js";
import type { BackupSource } from "../backup/write-backup.js";
import type { SourceFile } from "../backup/pack-writer.js";
import type { EmbeddedCollection } from "../collection/collection.js";
import { checkpointPath } from "../collection/open-indexes.js";
import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import type { StoreState } from "../store/point-store.js";
import type { OpenedStore } from "./backing.js";
import { encodeCollectionConfig } from "./collection-record.js";

/** A collection that is to be backed up. */
export interface MomentPart extends OpenedStore {
  readonly name: string;
  readonly config: ResolvedCollectionConfig;
  /** `undefined` where only its store is open, so that nobody writes. */
  readonly collection: EmbeddedCollection | undefined;
}

/** Files as they were at one moment, until they are released. */
export interface Moment {
  readonly sources: readonly BackupSource[];
  release(): Promise<void>;
}

/** Takes the moment. Writes wait for the slowest commit that is in flight, and for some system calls a collection. */
export async function takeMoment(
  parts: readonly MomentPart[],
  checkpoints: "with checkpoints" | "without checkpoints",
): Promise<Moment> {
  const held = await Promise.allSettled(parts.map(async ({ collection }) => collection?.holdWrites()));
  const goOn = (): void => {
    for (const hold of held) if (hold.status === "fulfilled") hold.value?.();
  };
  try {
    const failed = held.find((hold) => hold.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return await holdFiles(parts, checkpoints);
  } finally {
    goOn();
  }
}

/** A file that is held, of a collection. */
interface HeldSource extends SourceFile {
  release(): Promise<void>;
}

async function holdFiles(
  parts: readonly MomentPart[],
  checkpoints: "with checkpoints" | "without checkpoints",
): Promise<Moment> {
  const held: HeldSource[] = [];
  const release = async (): Promise<void> => {
    for (const file of held.splice(0)) await file.release();
  };
  try {
    const sources: BackupSource[] = [];
    for (const part of parts) {
      const { state, source } = await holdStore(part);
      const files = [source];
      held.push(source);
      if (checkpoints === "with checkpoints") {
        const found = await holdCheckpoints(part);
        held.push(...found);
        files.push(...found);
      }
      const { sequence, pointCount, rowEnd } = state;
      const config = encodeCollectionConfig(part.config);
      sources.push({ name: part.name, config, sequence, points: pointCount, rowEnd, files });
    }
    return { sources, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function holdStore({
  store,
}: MomentPart): Promise<{ readonly state: StoreState; readonly source: HeldSource }> {
  assert(store.holdFile !== undefined, "only stores on a disk are backed up");
  const { state, ...held } = await store.holdFile();
  return { state, source: { name: "data.mdb", ...held } };
}

/** Checkpoints are replaced by others and never changed, so that an open one stays as it is. */
async function holdCheckpoints({ config, folder }: MomentPart): Promise<HeldSource[]> {
  assert(folder !== undefined, "only collections on a disk are backed up");
  const held: HeldSource[] = [];
  for (const field of config.fields.keys()) {
    const path = checkpointPath(folder, field);
    // None yet, or one that cannot be opened: either way the index is rebuilt.
    const file = await open(path, "r").catch(() => undefined);
    if (file === undefined) continue;
    const { size } = await file.stat();
    if (size === 0) await file.close();
    else held.push(checkpointSource(basename(path), size, file));
  }
  return held;
}

function checkpointSource(name: string, bytes: number, file: FileHandle): HeldSource {
  const read = async (target: Buffer, position: number): Promise<void> => {
    const { bytesRead } = await file.read(target, 0, target.length, position);
    assert(bytesRead === target.length, "a checkpoint keeps its length");
  };
  return { name, bytes, read, release: () => file.close() };
}
