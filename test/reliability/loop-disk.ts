// A disk that can be cut off: an ext4 in an image file, mounted by loop, on an XFS that copies files by reference. A
// reflink copy of the image at any moment is what the disk held then, whatever of the writes was only in memory.
//
//   <folder>/xfs.img ── loop ──▶ <folder>/xfs/   disk.img, cut-0.img, …
//                                 disk.img  ── loop ──▶ <folder>/disk/
//                                 cut-<n>.img ─ loop ──▶ <folder>/cut/

import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeAtExit } from "./at-exit.js";

const run = promisify(execFile);

/** Bytes of the images; their files have holes. */
const xfsSize = "4G";
const diskSize = "512M";

/** The disk, mounted. Its owner calls `remove`; a process that ends otherwise unmounts on its way, unless it is killed. */
export class LoopDisk {
  readonly #folder: string;
  /** What is mounted, in order. */
  readonly #mounted: string[] = [];
  #cutCount = 0;

  readonly #forget: () => void;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#forget = removeAtExit(() => this.remove());
  }

  static async create(): Promise<LoopDisk> {
    const disk = new LoopDisk(mkdtempSync(join(tmpdir(), "omendb-disk-")));
    try {
      await disk.#make();
    } catch (error) {
      disk.remove();
      throw error;
    }
    return disk;
  }

  /** Where the disk is mounted. */
  get path(): string {
    return join(this.#folder, "disk");
  }

  async #make(): Promise<void> {
    const image = join(this.#folder, "xfs.img");
    await run("truncate", ["-s", xfsSize, image]);
    await run("mkfs.xfs", ["-q", "-m", "reflink=1", image]);
    for (const name of ["xfs", "disk", "cut"]) mkdirSync(join(this.#folder, name));
    await this.#mount(image, "xfs");
    const disk = this.#image("disk");
    await run("truncate", ["-s", diskSize, disk]);
    await run("mkfs.ext4", ["-q", "-F", disk]);
    await this.#mount(disk, "disk");
  }

  /** Takes down what the disk holds now, as if the power were cut; returns the number of the cut. */
  async cut(): Promise<number> {
    const number = this.#cutCount++;
    await run("cp", ["--reflink=always", this.#image("disk"), this.#image(`cut-${number}`)]);
    return number;
  }

  /** A copy of a cut that was not looked at. */
  async copyOf(cut: number): Promise<number> {
    const number = this.#cutCount++;
    await run("cp", ["--reflink=always", this.#image(`cut-${cut}`), this.#image(`cut-${number}`)]);
    return number;
  }

  /** Mounts a cut, which replays the journal, and unmounts it when `look` is done with it. */
  async withCut<T>(cut: number, look: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#folder, "cut");
    await this.#mount(this.#image(`cut-${cut}`), "cut");
    try {
      return await look(path);
    } finally {
      this.#unmount(path);
    }
  }

  async discard(cut: number): Promise<void> {
    await rm(this.#image(`cut-${cut}`));
  }

  /** The power is back: the disk goes on from a cut. Nothing may be open on it. */
  async continueFrom(cut: number): Promise<void> {
    this.#unmount(this.path);
    await rename(this.#image(`cut-${cut}`), this.#image("disk"));
    await this.#mount(this.#image("disk"), "disk");
  }

  /** Saves a cut for those who look for what was wrong; returns where. */
  async keep(cut: number): Promise<string> {
    const kept = `${this.#folder}-cut-${cut}.img`;
    await run("cp", ["--sparse=always", this.#image(`cut-${cut}`), kept]);
    return kept;
  }

  remove(): void {
    for (const path of [...this.#mounted].reverse()) this.#unmount(path);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#forget();
  }

  #unmount(path: string): void {
    // A child that is on its way out may hold it for a moment; then it is let go of when that one is gone.
    const isDone = spawnSync("umount", [path], { stdio: "ignore" }).status === 0;
    if (!isDone) spawnSync("umount", ["--lazy", path], { stdio: "inherit" });
    this.#mounted.splice(this.#mounted.lastIndexOf(path), 1);
  }

  async #mount(image: string, name: string): Promise<void> {
    const path = join(this.#folder, name);
    // The loop device is let go of when it is unmounted.
    await run("mount", ["-o", "loop,nodev,nosuid", image, path]);
    this.#mounted.push(path);
  }

  #image(name: string): string {
    return join(this.#folder, "xfs", `${name}.img`);
  }
}

let found: { readonly reason: string | undefined } | undefined;

/** Why this machine lets nobody mount such a disk; `undefined` where it does. */
export function loopDiskMissing(): string | undefined {
  found ??= { reason: missing() };
  return found.reason;
}

function missing(): string | undefined {
  if (process.platform !== "linux") return "loop devices are for Linux alone";
  if (process.getuid?.() !== 0) return "only root may mount";
  for (const program of ["mkfs.xfs", "mkfs.ext4"]) {
    if (spawnSync(program, ["-V"]).error !== undefined) {
      return `${program} is missing (Debian: apt-get install xfsprogs e2fsprogs)`;
    }
  }
  if (spawnSync("losetup", ["--find"]).status !== 0) return "there are no loop devices";
  return mayMount() ? undefined : "mounting is not allowed here, as in a container without the right to";
}

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "omendb-mount-"));
  try {
    if (spawnSync("mount", ["-t", "tmpfs", "tmpfs", folder]).status !== 0) return false;
    return spawnSync("umount", [folder]).status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
