// The lock that lets one opener at a time write a folder. LMDB has none: two processes may write one environment, and
// what is derived from it in memory would differ. A holder that was killed does not hold on.
//
//   lock.<generation>   who took the lock as the generation-th, as JSON; the greatest counts, and lower ones are left over
//   lock.new.<random>   about to become one: written whole, then linked, which fails if the name is taken
//
// The greatest file is never removed, only made to say `released`: if it could vanish, one who read the folder before
// could take a generation that was given already. Who took a generation looks again, and has it only if it is the
// greatest, because a slow one may take a number below that of the present holder.

import {
  constants,
  copyFile,
  link,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { join } from "node:path";
import { OmenError } from "../base/omen-error.js";
import { isRunning, isSameProcess, ownIdentity, type ProcessIdentity } from "./process-identity.js";

/** A lock that is held. */
export interface FolderLock {
  /** Lets go of the folder. Calling it again does nothing. */
  release(): Promise<void>;
}

/** A holder touches its file this often, for those who cannot see its process: other hosts and containers. */
const heartbeatMs = 5000;
/** Without a touch for this long such a holder counts as gone. */
const heartbeatMaxMs = 15_000;
/** Files of takers that were killed before they linked them are removed after this time. */
const unlinkedMaxMs = 60_000;

/**
 * Takes the lock of a folder, which must exist. Throws OmenError `conflict` (`folder_locked`) while another opener has
 * it, in this process (under whichever path, in whichever thread) or another; the message says which. Throws
 * `unavailable` (`lock_failed`) if the lock file cannot be written.
 *
 * A holder on this machine that was killed is passed over at once, even where its number was given to another process.
 * One on another host or in another container is passed over 15 seconds after its last sign of life.
 */
export async function acquireFolderLock(folder: string): Promise<FolderLock> {
  const own = await ownIdentity();
  try {
    for (;;) {
      const newest = await newestLock(folder);
      if (newest !== undefined) await checkFree(folder, newest, own);
      const generation = (newest?.generation ?? 0) + 1;
      const content = contentOf(own);
      try {
        // Either way another opener got ahead, so this ends: look again at what it did.
        if (!(await claim(folder, generation, content))) continue;
        const isGreatest = (await newestLock(folder))?.generation === generation;
        if (isGreatest) return await hold(folder, generation, content);
        await rm(lockPath(folder, generation), { force: true });
      } catch (error) {
        letGo.add(content.id);
        throw error;
      }
    }
  } catch (error) {
    throw lockFailed(folder, error);
  }
}

/** The names of files that locks of a folder leave in it. */
export function isLockFileName(name: string): boolean {
  return /^lock\.(\d+|new\..*)$/.test(name);
}

interface LockFile {
  readonly generation: number;
  readonly path: string;
}

/** What a lock file says; `released` if nobody holds it any more. */
interface LockContent {
  /** Random: no other lock has it. */
  readonly id: string;
  readonly holder: ProcessIdentity;
  readonly since: string;
  readonly released: boolean;
}

function lockPath(folder: string, generation: number): string {
  return join(folder, `lock.${generation}`);
}

async function newestLock(folder: string): Promise<LockFile | undefined> {
  let generation = 0;
  for (const name of await readdir(folder)) {
    const found = /^lock\.(\d{1,15})$/.exec(name);
    if (found !== null) generation = Math.max(generation, Number(found[1]));
  }
  return generation === 0 ? undefined : { generation, path: lockPath(folder, generation) };
}

/** Throws `folder_locked` if someone holds the lock that this file stands for. */
async function checkFree(folder: string, { path }: LockFile, own: ProcessIdentity): Promise<void> {
  const found = await readLock(path);
  // Gone: there is a greater one by now.
  if (found === undefined) return;
  const { content, ageMs } = found;
  if (content !== undefined && letGo.has(content.id)) return;
  const isYoung = ageMs < heartbeatMaxMs;
  // Not whole: being written where links are not supported, or left by a power cut.
  if (content === undefined) {
    if (isYoung) throw locked({ folder, path, who: "another opener" });
    return;
  }
  if (content.released || !((await isRunning(content.holder, own)) ?? isYoung)) return;
  const { holder, since } = content;
  const who = isSameProcess(holder, own) ? "this process" : `process ${holder.pid} on host ${holder.host}`;
  throw locked({ folder, path, who: `${who} since ${since}` });
}

async function readLock(
  path: string,
): Promise<{ content: LockContent | undefined; ageMs: number } | undefined> {
  try {
    const { mtimeMs } = await stat(path);
    return { content: parseLock(await readFile(path, "utf8")), ageMs: Date.now() - mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The content, or `undefined` if it is not whole. */
function parseLock(text: string): LockContent | undefined {
  try {
    const content = JSON.parse(text) as LockContent | null;
    const isWhole = typeof content?.holder?.pid === "number" && typeof content.holder.host === "string";
    return isWhole ? content : undefined;
  } catch {
    return undefined;
  }
}

function contentOf(holder: ProcessIdentity): LockContent {
  return { id: crypto.randomUUID(), holder, since: new Date().toISOString(), released: false };
}

/** Makes the file of a generation; false if there is one already. */
async function claim(folder: string, generation: number, content: LockContent): Promise<boolean> {
  const written = await writeNew(folder, content);
  try {
    await linkOrCopy(written, lockPath(folder, generation));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(written, { force: true });
  }
}

async function writeNew(folder: string, content: LockContent): Promise<string> {
  const path = join(folder, `lock.new.${crypto.randomUUID()}`);
  const file = await open(path, "wx");
  try {
    await file.writeFile(`${JSON.stringify(content)}\n`);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return path;
}

/** Gives a whole file a second name, or, where the file system has no links (FAT), makes a copy that others may see half. */
export async function linkOrCopy(from: string, to: string, makeLink: typeof link = link): Promise<void> {
  try {
    await makeLink(from, to);
  } catch (error) {
    if (!["EPERM", "EACCES", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(error) ?? "")) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

/** The ids of locks that this thread let go of without their file saying so. */
const letGo = new Set<string>();

/** A disk that fails does not keep this process from opening the folder again. */
async function letGoOf(folder: string, path: string, id: string): Promise<void> {
  try {
    await markReleased(folder, path);
  } catch (error) {
    letGo.add(id);
    const told = error instanceof Error ? error.message : String(error);
    const message = `The lock of ${folder} could not be taken back: ${told}. Other processes can open it when this one has ended.`;
    throw new OmenError("unavailable", "lock_failed", message, { received: folder, cause: error });
  }
}

async function hold(folder: string, generation: number, { id }: LockContent): Promise<FolderLock> {
  await removeOlder(folder, generation);
  const path = lockPath(folder, generation);
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A touch that fails is not the end: on this machine the process speaks for itself.
    utimes(path, now, now).catch(() => {});
  }, heartbeatMs).unref();
  let released: Promise<void> | undefined;
  return {
    release: () => {
      clearInterval(heartbeat);
      released ??= letGoOf(folder, path, id);
      return released;
    },
  };
}

async function removeOlder(folder: string, generation: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const found = /^lock\.(\d{1,15})$/.exec(name);
    const isOlder = found !== null && Number(found[1]) < generation;
    // One that stays, because Windows has it open, does no harm and goes next time.
    if (isOlder || (await isForgotten(folder, name)))
      await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

async function isForgotten(folder: string, name: string): Promise<boolean> {
  if (!name.startsWith("lock.new.")) return false;
  const found = await stat(join(folder, name)).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > unlinkedMaxMs;
}

async function markReleased(folder: string, path: string): Promise<void> {
  const found = await readLock(path);
  // Taken over, because this process gave no sign of life to another host.
  if (found?.content === undefined) return;
  try {
    const written = await writeNew(folder, { ...found.content, released: true });
    await rename(written, path);
  } catch {
    await markInPlace(path);
  }
}

/** Without a new file, for which a full disk has no room. */
async function markInPlace(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const text = await file.readFile("utf8");
    const at = text.lastIndexOf(heldMark);
    if (at >= 0) await file.write(releasedMark, Buffer.byteLength(text.slice(0, at)));
  } finally {
    await file.close();
  }
}

/** How the two states are written; of one length, so that one can be written over the other. */
const heldMark = '"released":false';
const releasedMark = '"released":true ';

interface Locked {
  readonly folder: string;
  readonly path: string;
  readonly who: string;
}

function locked({ folder, path, who }: Locked): OmenError {
  const message = `The folder ${folder} is open in ${who}. Close it there first; if that is certainly not running, delete ${path}.`;
  return new OmenError("conflict", "folder_locked", message, { received: folder });
}

function lockFailed(folder: string, error: unknown): unknown {
  if (error instanceof OmenError || !(error instanceof Error) || codeOf(error) === undefined) return error;
  const message = `The folder ${folder} could not be locked: ${error.message}. Check that it exists, can be written, and that its disk is not full.`;
  return new OmenError("unavailable", "lock_failed", message, { received: folder, cause: error });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
